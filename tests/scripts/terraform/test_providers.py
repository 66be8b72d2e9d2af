"""Where providers come from: every branch, and what none of them may touch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts.build.terraform.providers import provider_environment
from scripts.errors import OperatorError
from tests.scripts.terraform.conftest import DISCOVERY
from tests.scripts.terraform.layouts import packed
from tests.scripts.web import Page, Web

if TYPE_CHECKING:
    from scripts.build.terraform.places import Places


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
