"""Filesystem mirrors: found, refused, used."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts.build.terraform.providers import provider_environment
from scripts.errors import OperatorError
from tests.scripts.terraform.layouts import config_text, packed, snapshot, unpacked

if TYPE_CHECKING:
    from scripts.build.terraform.places import Places
    from tests.scripts.web import Web


@pytest.mark.parametrize("name", ["empty", "missing"])
def test_a_mirror_that_is_none_is_refused(
    name: str, environ: dict[str, str], online: Places, tmp_path: Path
) -> None:
    """TF_PROVIDER_MIRROR must hold providers, even where the registry could be reached."""
    (tmp_path / "empty").mkdir()
    environ["TF_PROVIDER_MIRROR"] = str(tmp_path / name)
    with pytest.raises(OperatorError, match=r"has no registry\.terraform\.io directory") as caught:
        provider_environment(environ, places=online)
    assert "terraform providers mirror" in str(caught.value)


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
