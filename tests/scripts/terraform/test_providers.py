"""Where providers come from: every branch, and what none of them may touch."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts.errors import OperatorError
from scripts.terraform.providers import provider_environment
from tests.scripts.web import Page, Web

if TYPE_CHECKING:
    from scripts.terraform.places import Places

DISCOVERY = json.dumps({"providers.v1": "/v1/providers/"}).encode()
PROVIDER = Path("registry.terraform.io/hashicorp/aws")


def packed(directory: Path, platform: str = "linux_amd64") -> Path:
    """A mirror in packed layout."""
    home = directory / PROVIDER
    home.mkdir(parents=True)
    (home / f"terraform-provider-aws_5.100.0_{platform}.zip").touch()
    return directory


def unpacked(directory: Path, platform: str = "linux_amd64") -> Path:
    """A mirror in unpacked layout."""
    (directory / PROVIDER / "5.100.0" / platform).mkdir(parents=True)
    return directory


def snapshot(environ: dict[str, str]) -> dict[str, str]:
    """Everything in the user's home."""
    files = sorted(Path(environ["HOME"]).rglob("*"))
    return {str(path): path.read_text() if path.is_file() else "" for path in files}


def config_text(child: dict[str, str]) -> str:
    """The CLI configuration that a child is given."""
    return Path(child["TF_CLI_CONFIG_FILE"]).read_text()


@pytest.fixture
def online(places: Places, web: Web) -> Places:
    """Surroundings with a registry that answers."""
    web.pages["/terraform.json"] = Page(DISCOVERY)
    return replace(places, registry=f"{web.url}/terraform.json")


@pytest.mark.parametrize("name", ["empty", "missing"])
def test_a_mirror_that_is_none_is_refused(
    name: str, environ: dict[str, str], online: Places, tmp_path: Path
) -> None:
    """TF_PROVIDER_MIRROR must hold providers, even where the registry could be reached."""
    (tmp_path / "empty").mkdir()
    environ["TF_PROVIDER_MIRROR"] = str(tmp_path / name)
    with pytest.raises(OperatorError, match=r"holds no registry\.terraform\.io") as caught:
        provider_environment(environ, places=online)
    assert "terraform providers mirror" in str(caught.value)


def test_without_any_source_one_line_says_what_to_do(
    environ: dict[str, str], places: Places
) -> None:
    """Offline and without a mirror there is nothing to install from."""
    with pytest.raises(OperatorError) as caught:
        provider_environment(environ, places=places)
    assert "\n" not in str(caught.value)
    assert "TF_PROVIDER_MIRROR" in str(caught.value)
    assert not places.tools.exists()


@pytest.mark.parametrize(
    "page",
    [Page(b"<html>Welcome to our hotel"), Page(b"[]"), Page(b"{}"), Page(DISCOVERY, status=503)],
    ids=["log-in page", "list", "other document", "error"],
)
def test_a_page_that_is_not_the_registry_does_not_count(
    page: Page, environ: dict[str, str], online: Places, web: Web
) -> None:
    """Networks with a log-in page answer everything with it."""
    web.pages["/terraform.json"] = page
    with pytest.raises(OperatorError):
        provider_environment(environ, places=online)


def test_a_mirror_for_another_platform_does_not_count(
    environ: dict[str, str], places: Places
) -> None:
    """A mirror that cannot serve this machine is passed over."""
    packed(places.optional_software / "a", platform="darwin_arm64")
    unpacked(places.optional_software / "b", platform="darwin_arm64")
    with pytest.raises(OperatorError):
        provider_environment(environ, places=places)


def test_an_explicit_mirror_wins(
    environ: dict[str, str], online: Places, web: Web, tmp_path: Path
) -> None:
    """With TF_PROVIDER_MIRROR nothing else is asked, and only our own folder is written to."""
    environ["TF_PROVIDER_MIRROR"] = str(packed(tmp_path / 'mi"rror'))
    before = snapshot(environ)
    child = provider_environment(environ, places=online)
    assert Path(child["TF_CLI_CONFIG_FILE"]).is_relative_to(online.tools)
    assert f"path = {json.dumps(environ['TF_PROVIDER_MIRROR'])}" in config_text(child)
    assert web.asked == []
    assert snapshot(environ) == before


def test_a_relative_mirror_is_found_from_any_directory(
    environ: dict[str, str], places: Places
) -> None:
    """Terraform runs in other directories than the user: the path is made absolute."""
    packed(Path("mirror"))
    child = provider_environment({**environ, "TF_PROVIDER_MIRROR": "mirror"}, places=places)
    assert json.dumps(str(Path("mirror").absolute())) in config_text(child)


@pytest.mark.parametrize("value", ["", "/no/such/file"])
def test_a_missing_config_file_is_ignored_silently(
    value: str, environ: dict[str, str], online: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    """A TF_CLI_CONFIG_FILE that names no file does not reach Terraform, which would warn."""
    child = provider_environment({**environ, "TF_CLI_CONFIG_FILE": value}, places=online)
    assert "TF_CLI_CONFIG_FILE" not in child
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "path", [".terraformrc", ".terraform.d/work.tfrc", ".terraform.d/work.tfrc.json"]
)
def test_the_users_own_configuration_decides(
    path: str, environ: dict[str, str], online: Places, web: Web
) -> None:
    """Whoever configured Terraform is left alone: no probe, no cache, no file."""
    file = Path(environ["HOME"]) / path
    file.parent.mkdir(exist_ok=True)
    file.write_text("{}")
    assert provider_environment(environ, places=online) == environ
    assert web.asked == []
    assert not online.tools.exists()


def test_a_named_configuration_decides(
    environ: dict[str, str], online: Places, tmp_path: Path
) -> None:
    """The same for a TF_CLI_CONFIG_FILE that exists."""
    (tmp_path / "mine.tfrc").write_text("")
    environ["TF_CLI_CONFIG_FILE"] = str(tmp_path / "mine.tfrc")
    assert provider_environment(environ, places=online) == environ


def test_the_registry_is_used_where_it_answers(
    environ: dict[str, str], online: Places, web: Web
) -> None:
    """Asked once per process; downloads are kept in our own folder."""
    packed(online.optional_software)
    child = provider_environment(environ, places=online)
    assert child == {**environ, "TF_PLUGIN_CACHE_DIR": str(online.tools / "plugin-cache")}
    assert Path(child["TF_PLUGIN_CACHE_DIR"]).is_dir()
    provider_environment(environ, places=online)
    assert web.asked == ["/terraform.json"]


def test_a_cache_of_the_users_is_kept(environ: dict[str, str], online: Places) -> None:
    """Whoever has a plugin cache goes on using it."""
    environ["TF_PLUGIN_CACHE_DIR"] = "/var/cache/terraform"
    assert provider_environment(environ, places=online) == environ


@pytest.mark.parametrize("make", [packed, unpacked])
@pytest.mark.parametrize(
    "place",
    [
        "work/terraform.d/plugins",
        "home/.terraform.d/plugins",
        "home/.local/share/terraform/plugins",
        "share/terraform/plugins",
        "opt",
        "opt/mirror",
        "opt/company/terraform/mirror",
    ],
)
def test_a_mirror_is_found_where_mirrors_lie(
    place: str, make: object, environ: dict[str, str], places: Places, tmp_path: Path
) -> None:
    """Terraform's implied directories and the place of optional software, in both layouts."""
    assert callable(make)
    mirror = make(tmp_path / place)
    child = provider_environment(environ, places=places)
    assert json.dumps(str(mirror)) in config_text(child)


def test_macos_keeps_mirrors_in_its_library(environ: dict[str, str], places: Places) -> None:
    """Application Support is an implied directory on macOS only."""
    library = Path(environ["HOME"]) / "Library/Application Support/io.terraform/plugins"
    packed(library, platform="darwin_arm64")
    mac = replace(places, system="Darwin", machine="arm64")
    assert json.dumps(str(library)) in config_text(provider_environment(environ, places=mac))


def test_mirrors_do_not_share_a_configuration(
    environ: dict[str, str], places: Places, tmp_path: Path
) -> None:
    """Two runs with different mirrors at the same time do not disturb each other."""
    files = {
        provider_environment(
            {**environ, "TF_PROVIDER_MIRROR": str(packed(tmp_path / name))}, places=places
        )["TF_CLI_CONFIG_FILE"]
        for name in ("one", "two")
    }
    assert len(files) == 2


SIGN_INS = {
    "credentials": {"app.terraform.io": {"token": "t1"}, "tf.my-company.com": {"token": "t2"}}
}


def test_sign_ins_survive_a_generated_configuration(
    environ: dict[str, str], places: Places, tmp_path: Path
) -> None:
    """`terraform login` keeps working in our child processes, and no token is written to disk."""
    home = Path(environ["HOME"])
    (home / ".terraform.d").mkdir()
    (home / ".terraform.d/credentials.tfrc.json").write_text(json.dumps(SIGN_INS))
    packed(tmp_path / "opt")
    before = snapshot(environ)
    child = provider_environment({**environ, "TF_TOKEN_app_terraform_io": "mine"}, places=places)
    assert child["TF_TOKEN_tf_my__company_com"] == "t2"
    assert child["TF_TOKEN_app_terraform_io"] == "mine"
    assert "t2" not in config_text(child)
    assert snapshot(environ) == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('credentials "a.example.com" {\n  token = "t"\n}\n', {"TF_TOKEN_a_example_com": "t"}),
        ('# credentials "a.example.com" { token = "t" }', {}),
        (
            'provider_installation {\n  direct {}\n}\ncredentials "b.c" { token="u" }',
            {"TF_TOKEN_b_c": "u"},
        ),
    ],
)
def test_tokens_of_a_configuration_survive_an_explicit_mirror(
    text: str, expected: dict[str, str], environ: dict[str, str], places: Places, tmp_path: Path
) -> None:
    """The mirror replaces the user's configuration, not the user's sign-ins."""
    (Path(environ["HOME"]) / ".terraformrc").write_text(text)
    environ["TF_PROVIDER_MIRROR"] = str(packed(tmp_path / "mirror"))
    child = provider_environment(environ, places=places)
    assert {name: value for name, value in child.items() if "TOKEN" in name} == expected


@pytest.mark.parametrize("content", [b"\xff\xfe", b"nonsense", b"[]", b'{"credentials": {"a": 1}}'])
def test_damaged_sign_ins_do_no_harm(
    content: bytes, environ: dict[str, str], places: Places, tmp_path: Path
) -> None:
    """Whatever Terraform would say to such a file, it is not ours to fail on."""
    file = Path(environ["HOME"]) / ".terraform.d/credentials.tfrc.json"
    file.parent.mkdir()
    file.write_bytes(content)
    packed(tmp_path / "opt")
    assert "TF_CLI_CONFIG_FILE" in provider_environment(environ, places=places)
