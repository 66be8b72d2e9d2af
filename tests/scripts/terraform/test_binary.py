"""Terraform found on PATH or fetched: the whole mechanism, against a server on this machine."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts.errors import OperatorError
from scripts.terraform.binary import terraform_binary
from scripts.terraform.download import PINNED, Release
from scripts.terraform.places import terraform_platform
from tests.scripts.web import Page, Web

if TYPE_CHECKING:
    from scripts.terraform.places import Places

ZIP = "/1.11.4/terraform_1.11.4_linux_amd64.zip"


def script(version: str) -> bytes:
    """A program that answers ``version -json`` as Terraform does."""
    return f"#!/bin/sh\necho '{json.dumps({'terraform_version': version})}'\n".encode()


def zipped(content: bytes, name: str = "terraform") -> bytes:
    """A release's zip."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("LICENSE.txt", "...")
        archive.writestr(name, content)
    return target.getvalue()


def release_of(content: bytes) -> Release:
    """A release that has this zip."""
    return Release("1.11.4", {"linux_amd64": hashlib.sha256(content).hexdigest()})


GOOD = zipped(script("1.11.4"))
RELEASE = release_of(GOOD)


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
    assert "holds no terraform program" in refusal(environ, places, release_of(content))


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
