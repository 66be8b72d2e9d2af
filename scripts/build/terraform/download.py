"""Fetch a pinned release, checked against a SHA-256 that the project carries: Terraform's first."""

from __future__ import annotations

import hashlib
import http.client
import io
import os
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.build.terraform.places import terraform_platform
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scripts.build.terraform.places import Places

INSTALL = "install Terraform 1.11 or newer: https://developer.hashicorp.com/terraform/install"
_TIMEOUT = 60  # seconds without a byte


@dataclass(frozen=True)
class Release:
    """One Terraform version and the SHA-256 of its zip for each platform."""

    version: str
    sha256: Mapping[str, str]


PINNED = Release(
    version="1.11.4",
    sha256={
        "linux_amd64": "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc",
        "linux_arm64": "a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633",
        "darwin_amd64": "a56d5002b9f7647291faccc3dd1a70350e60fb61e4c45037629508b8fdc2575b",
        "darwin_arm64": "867e0808fa971217043e25b7a792b10720c79b1546f8a68479b74f138be73e18",
    },
)


def install(release: Release, target: Path, *, base_url: str, places: Places) -> None:
    """Put the release's ``terraform`` at ``target``, whole or not at all.

    ``base_url`` is laid out like https://releases.hashicorp.com/terraform.
    Raises OperatorError for an unsupported platform, no network, or a file that is not the release.
    """
    platform = terraform_platform(places)
    if platform is None or platform not in release.sha256:
        machine = f"{places.system} on {places.machine}"
        raise OperatorError(f"there is no pinned Terraform download for {machine}; {INSTALL}")
    url = f"{base_url.rstrip('/')}/{release.version}/terraform_{release.version}_{platform}.zip"
    try:
        install_program(url, release.sha256[platform], target)
    except OperatorError as error:
        raise OperatorError(f"Terraform was not found, and {error}; {INSTALL}") from error


def install_program(url: str, sha256: str, target: Path) -> None:
    """Put the program that is called like ``target`` there, whole or not at all.

    ``url`` is a zip or a tar with it. Raises OperatorError for no network, or another file.
    """
    archive = _fetch(url)
    if (digest := hashlib.sha256(archive).hexdigest()) != sha256:
        raise OperatorError(
            f"{url} has the SHA-256 {digest} instead of {sha256}: it was thrown away"
        )
    program = _program(archive, target.name, url)
    target.parent.mkdir(parents=True, exist_ok=True)
    # On the same file system as the target, so that the last step is one atomic rename.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".download-") as scratch:
        draft = Path(scratch, target.name)
        draft.write_bytes(program)
        draft.chmod(0o755)
        os.replace(draft, target)  # noqa: PTH105  the name says atomic


def _fetch(url: str) -> bytes:
    try:
        # The system's default TLS context; http is for local mirrors, the checksum guards both.
        with urllib.request.urlopen(url, timeout=_TIMEOUT) as answer:  # noqa: S310
            sys.stderr.write(f"Fetching {url}\n")
            content: bytes = answer.read()
            return content
    except http.client.IncompleteRead as error:
        came = len(error.partial)
        reason = f"it stopped after {came} of {came + (error.expected or 0)} bytes"
    except urllib.error.HTTPError as error:
        error.close()
        reason = f"HTTP {error.code}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = str(getattr(error, "reason", None) or error or type(error).__name__)
    raise OperatorError(f"{url} could not be fetched ({reason}); run it again")


def _program(archive: bytes, name: str, url: str) -> bytes:
    try:
        if url.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(archive)) as content:
                return content.read(name)
        with tarfile.open(fileobj=io.BytesIO(archive)) as content:
            if member := content.extractfile(name):
                return member.read()
    except (KeyError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise OperatorError(f"{url} holds no program {name}") from error
    raise OperatorError(f"{url} holds no program {name}")
