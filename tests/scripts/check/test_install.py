"""`make check-tools`: pinned programs, or none."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from scripts.build.check import install
from scripts.build.check.pinned import TOOLS, Tool
from scripts.build.check.tflint import main as tflint
from scripts.errors import OperatorError
from tests.scripts.web import Page, Web

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = b"#!/bin/sh\necho acme 1.0\n"


def zipped(name: str) -> bytes:
    """A zip with one program."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, SCRIPT)
    return target.getvalue()


def tarred(name: str) -> bytes:
    """A tar.gz with one program."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(SCRIPT)
        archive.addfile(entry, io.BytesIO(SCRIPT))
    return target.getvalue()


def tool(web: Web, ending: str, archive: bytes) -> Tool:
    """A tool whose archive is on this machine."""
    web.pages[f"/acme_linux{ending}"] = Page(archive)
    digest = hashlib.sha256(archive).hexdigest()
    url = f"{web.url}/acme_{{platform}}{ending}"
    return Tool("acme", url, {"linux_amd64": digest}, {"linux_amd64": "linux"})


@pytest.mark.parametrize(("ending", "pack"), [(".zip", zipped), (".tar.gz", tarred)])
def test_the_pinned_program_is_installed_once(
    ending: str, pack: object, web: Web, tmp_path: Path
) -> None:
    """It runs, and the second time nothing is asked for."""
    one = tool(web, ending, pack("acme"))  # type: ignore[operator]
    target = install.fetch(one, "linux_amd64", tmp_path / "bin")
    assert target.read_bytes() == SCRIPT
    assert os.access(target, os.X_OK)
    install.fetch(one, "linux_amd64", tmp_path / "bin")
    assert len(web.asked) == 1


@pytest.mark.parametrize(
    ("archive", "page", "words"),
    [
        (zipped("acme"), Page(zipped("acme") + b"!"), "; the download was deleted"),
        (zipped("other"), Page(zipped("other")), "does not contain acme"),
        (b"no zip", Page(b"no zip"), "does not contain acme"),
        (zipped("acme"), Page(status=404), "could not be downloaded (HTTP 404)"),
    ],
)
def test_what_is_not_the_release_is_not_kept(
    archive: bytes, page: Page, words: str, web: Web, tmp_path: Path
) -> None:
    """Another hash, no such program in it, or nothing there."""
    one = tool(web, ".zip", archive)
    web.pages["/acme_linux.zip"] = page
    with pytest.raises(OperatorError) as caught:
        install.fetch(one, "linux_amd64", tmp_path / "bin")
    assert words in str(caught.value)
    assert not (tmp_path / "bin/acme").exists()


def test_every_pin_is_whole() -> None:
    """A release's address, and a hash for each platform."""
    assert {it.name for it in TOOLS} == {"tflint", "trivy", "terraform-docs"}
    for it in TOOLS:
        assert it.sha256.keys() == it.platforms.keys() == {"linux_amd64", "linux_arm64"}
        assert {len(bytes.fromhex(digest)) for digest in it.sha256.values()} == {32}
        assert it.source("linux_amd64").startswith("https://github.com/")


def test_tflint_goes_through_all_folders(tmp_path: Path) -> None:
    """One folder with a finding fails, and the others are still looked at."""
    log, program = tmp_path / "log", tmp_path / "tflint"
    program.write_text(f'#!/bin/sh\necho "$1" >>{log}\ntest "$1" != --chdir=bad\n')
    program.chmod(0o755)
    assert tflint([str(program), "good", "bad", "fine"]) == 1
    assert log.read_text().split() == ["--chdir=good", "--chdir=bad", "--chdir=fine"]
    assert tflint([str(program), "good"]) == 0
