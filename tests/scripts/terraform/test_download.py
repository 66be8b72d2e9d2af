"""Downloads of Terraform that come to nothing, against a server on this machine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scripts.build.terraform.binary import terraform_binary
from scripts.build.terraform.download import PINNED, Release
from scripts.build.terraform.places import terraform_platform
from scripts.errors import OperatorError
from tests.scripts.terraform.releases import GOOD, RELEASE, ZIP, release_of, zipped
from tests.scripts.web import Page, Web

if TYPE_CHECKING:
    from scripts.build.terraform.places import Places


@pytest.fixture
def environ(environ: dict[str, str], web: Web) -> dict[str, str]:
    """The user's environment, with the releases on the test's server."""
    return {**environ, "TERRAFORM_RELEASES_URL": web.url}


def refusal(environ: dict[str, str], places: Places, release: Release) -> str:
    """The one line of a search that fails; it leaves no file behind."""
    with pytest.raises(OperatorError) as caught:
        terraform_binary(environ, places=places, release=release)
    assert "\n" not in str(caught.value)
    assert [path for path in places.tools.rglob("*") if path.is_file()] == []
    return str(caught.value)


def test_a_wrong_checksum_is_refused(environ: dict[str, str], places: Places, web: Web) -> None:
    """A file that is not the release is thrown away, and the line says both checksums."""
    evil = zipped(b"#!/bin/sh\nevil\n")
    web.pages[ZIP] = Page(evil)
    line = refusal(environ, places, RELEASE)
    assert RELEASE.sha256["linux_amd64"] in line
    assert release_of(evil).sha256["linux_amd64"] in line


def test_an_interrupted_download_leaves_nothing(
    environ: dict[str, str], places: Places, web: Web
) -> None:
    """Half a zip is no Terraform: the line says how far it came."""
    web.pages[ZIP] = Page(GOOD[:100], promised=5000)
    assert "stopped after 100 of 5000 bytes" in refusal(environ, places, RELEASE)


@pytest.mark.parametrize("content", [b"<html>", zipped(b"", name="README")], ids=["html", "other"])
def test_a_file_without_terraform_is_refused(
    content: bytes, environ: dict[str, str], places: Places, web: Web
) -> None:
    """Not even a matching checksum makes a program of a file that holds none."""
    web.pages[ZIP] = Page(content)
    assert "holds no program terraform" in refusal(environ, places, release_of(content))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "not a url", "http://nowhere.invalid", "gopher://x"]
)
def test_offline_and_without_terraform_one_line_says_what_to_install(
    url: str, environ: dict[str, str], places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing on PATH and nothing to download from: the line names the version and where it is."""
    environ = {**environ, "TERRAFORM_RELEASES_URL": url}
    line = refusal(environ, places, RELEASE)
    assert "install Terraform 1.11 or newer: https://developer.hashicorp.com/terraform" in line
    assert capsys.readouterr().err == ""


def test_a_missing_release_says_the_status(environ: dict[str, str], places: Places) -> None:
    """A mirror without the release is recognised by its answer."""
    line = refusal(environ, places, RELEASE)
    assert "HTTP 404" in line
    assert ZIP in line


@pytest.mark.parametrize(
    ("system", "machine"), [("Windows", "AMD64"), ("Linux", "riscv64"), ("FreeBSD", "amd64")]
)
def test_an_unsupported_platform_gets_a_clear_line(
    system: str, machine: str, environ: dict[str, str], places: Places, web: Web
) -> None:
    """Where nothing is pinned nothing is downloaded, and the line says so."""
    places = replace(places, system=system, machine=machine)
    line = refusal(environ, places, PINNED)
    assert f"no pinned Terraform download for {system} on {machine}" in line
    assert web.asked == []


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [
        ("Linux", "x86_64", "linux_amd64"),
        ("Linux", "aarch64", "linux_arm64"),
        ("Darwin", "x86_64", "darwin_amd64"),
        ("Darwin", "arm64", "darwin_arm64"),
    ],
)
def test_every_supported_platform_has_a_checksum(
    system: str, machine: str, name: str, places: Places
) -> None:
    """Linux and macOS on x86-64 and arm64, by Terraform's names for them."""
    assert terraform_platform(replace(places, system=system, machine=machine)) == name
    assert len(bytes.fromhex(PINNED.sha256[name])) == 32
