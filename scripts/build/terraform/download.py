"""Fetch the pinned Terraform release, checked against a SHA-256 that the project carries."""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import sys
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
_TIMEOUT = 30  # seconds without a byte
_CHUNK = 1 << 20


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
        raise OperatorError(f"no pinned Terraform download for {machine}; {INSTALL}")
    name = f"terraform_{release.version}_{platform}.zip"
    url = f"{base_url.rstrip('/')}/{release.version}/{name}"
    target.parent.mkdir(parents=True, exist_ok=True)
    # On the same file system as the target, so that the last step is one atomic rename.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".download-") as scratch:
        archive, binary = Path(scratch, name), Path(scratch, "terraform")
        _check(archive, _fetch(url, archive), release.sha256[platform], url)
        _extract(archive, binary, url)
        binary.chmod(0o755)
        os.replace(binary, target)  # noqa: PTH105  the name says atomic


def _fetch(url: str, archive: Path) -> int:
    try:
        # The system's default TLS context; http is for local mirrors, the checksum guards both.
        with urllib.request.urlopen(url, timeout=_TIMEOUT) as answer, archive.open("wb") as out:  # noqa: S310
            sys.stderr.write(f"Fetching {url}\n")
            shutil.copyfileobj(answer, out, _CHUNK)
            return int(answer.headers.get("Content-Length") or out.tell())
    except urllib.error.HTTPError as error:
        error.close()
        reason = f"HTTP {error.code}"
    except urllib.error.URLError as error:
        reason = str(error.reason)
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = str(error) or type(error).__name__
    raise OperatorError(
        f"Terraform was not found, and {url} could not be downloaded ({reason}); {INSTALL}"
    )


def _check(archive: Path, expected_size: int, sha256: str, url: str) -> None:
    size = archive.stat().st_size
    if size < expected_size:
        raise OperatorError(
            f"the download of {url} stopped after {size} of {expected_size} bytes; run the same"
            " command again"
        )
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != sha256:
        raise OperatorError(
            f"{url} has the SHA-256 {digest} instead of {sha256}and was deleted; {INSTALL}"
        )


def _extract(archive: Path, binary: Path, url: str) -> None:
    try:
        with zipfile.ZipFile(archive) as content:
            binary.write_bytes(content.read("terraform"))
    except (zipfile.BadZipFile, KeyError) as error:
        raise OperatorError(f"{url} does not contain terraform; {INSTALL}") from error
