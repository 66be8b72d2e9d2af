"""Terraform found on PATH, or fetched from a server on this machine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts.build.terraform.binary import terraform_binary
from tests.scripts.terraform.releases import GOOD, RELEASE, ZIP, script
from tests.scripts.web import Page, Web

if TYPE_CHECKING:
    from scripts.build.terraform.places import Places


@pytest.fixture
def environ(environ: dict[str, str], web: Web) -> dict[str, str]:
    """The user's environment, with the releases on the test's server."""
    return {**environ, "TERRAFORM_RELEASES_URL": web.url}


def on_path(environ: dict[str, str], content: bytes) -> Path:
    """Put a terraform on the user's PATH."""
    program = Path(environ["PATH"]) / "terraform"
    program.write_bytes(content)
    program.chmod(0o755)
    return program


def test_a_good_release_is_installed_and_runs(
    environ: dict[str, str], places: Places, web: Web
) -> None:
    """What comes out is a program; the second time nothing is downloaded."""
    web.pages[ZIP] = Page(GOOD)
    binary = terraform_binary(environ, places=places, release=RELEASE)
    answer = subprocess.run([binary, "version", "-json"], capture_output=True, check=True)
    assert json.loads(answer.stdout) == {"terraform_version": "1.11.4"}
    assert binary.is_relative_to(places.tools)
    assert [path.name for path in places.tools.rglob("*") if path.is_file()] == ["terraform"]
    assert terraform_binary(environ, places=places, release=RELEASE) == binary
    assert web.asked == [ZIP]


def test_a_broken_copy_in_tools_is_replaced(
    environ: dict[str, str], places: Places, web: Web
) -> None:
    """A file that does not run is fetched again."""
    web.pages[ZIP] = Page(GOOD)
    broken = places.tools / "terraform" / "1.11.4" / "terraform"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"")
    assert terraform_binary(environ, places=places, release=RELEASE) == broken
    assert broken.read_bytes() == script("1.11.4")


@pytest.mark.parametrize(
    "content",
    [
        script("1.10.5"),
        script("0.15.0"),
        script("nonsense"),
        b"#!/bin/sh\necho 'no version chosen' >&2\nexit 126\n",
        b"#!/bin/sh\necho '[]'\n",
    ],
    ids=["1.10.5", "0.15.0", "nonsense", "shim", "list"],
)
def test_a_terraform_on_path_that_will_not_do_is_passed_over(
    content: bytes, environ: dict[str, str], places: Places, web: Web
) -> None:
    """Too old, or a version manager's shim without a version: the pinned one is fetched."""
    on_path(environ, content)
    web.pages[ZIP] = Page(GOOD)
    binary = terraform_binary(environ, places=places, release=RELEASE)
    assert binary.is_relative_to(places.tools)


@pytest.mark.parametrize("version", ["1.11.0", "1.11.4", "1.13.0-beta1", "2.0.0"])
def test_a_terraform_on_path_that_is_new_enough_is_used(
    version: str, environ: dict[str, str], places: Places, web: Web
) -> None:
    """The user's own Terraform comes first, and nothing is downloaded."""
    program = on_path(environ, script(version))
    assert terraform_binary(environ, places=places, release=RELEASE) == program
    assert web.asked == []
    assert not places.tools.exists()
