"""``python -m scripts.build.check.install``: fetch the pinned tools into ``.tools/bin``.

Exit codes: 0 all tools are there; 1 one is not, and nothing unchecked was kept.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import os
import sys
import tarfile
import urllib.error
import urllib.request
import zipfile
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.build.check.checks import TOOLS_FOLDER
from scripts.build.check.pinned import TOOLS, Tool
from scripts.build.terraform.places import Places, terraform_platform
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_TIMEOUT = 60  # seconds without a byte


@click.command()
def install() -> None:
    """Install tflint, trivy and terraform-docs for `make check`, in pinned versions (Linux)."""
    platform = terraform_platform(Places())
    for tool in TOOLS:
        if platform is None or platform not in tool.sha256:
            raise OperatorError(
                f"no pinned {tool.name} for this platform; install it on your PATH, where `make"
                " check` finds it"
            )
        click.echo(str(fetch(tool, platform, TOOLS_FOLDER)))


def fetch(tool: Tool, platform: str, folder: Path) -> Path:
    """Put the tool's program into the folder, whole or not at all, and return its path.

    One that is there already is kept if its version's hash lies beside it.
    """
    target, stamp = folder / tool.name, folder / f".{tool.name}-{tool.sha256[platform]}"
    if target.is_file() and stamp.is_file():
        return target
    url = tool.source(platform)
    archive = _download(url)
    if (digest := hashlib.sha256(archive).hexdigest()) != tool.sha256[platform]:
        raise OperatorError(
            f"{url} has the SHA-256 {digest} instead of {tool.sha256[platform]}and was deleted"
        )
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{tool.name}.draft"
    draft.write_bytes(_program(archive, tool.name, url))
    draft.chmod(0o755)
    os.replace(draft, target)  # noqa: PTH105  the name says atomic
    stamp.touch()
    return target


def _download(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT) as answer:  # noqa: S310  pinned, hashed
            content: bytes = answer.read()
            return content
    except urllib.error.HTTPError as error:
        error.close()
        reason = f"HTTP {error.code}"
    except (OSError, http.client.HTTPException) as error:
        reason = str(getattr(error, "reason", None) or error or type(error).__name__)
    raise OperatorError(f"{url} could not be downloaded ({reason}); run the same command again")


def _program(archive: bytes, name: str, url: str) -> bytes:
    try:
        if url.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(archive)) as content:
                return content.read(name)
        with tarfile.open(fileobj=io.BytesIO(archive)) as content:
            if member := content.extractfile(name):
                return member.read()
    except (KeyError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise OperatorError(f"{url} does not contain {name}") from error
    raise OperatorError(f"{url} does not contain {name}")


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(install, args)


if __name__ == "__main__":
    sys.exit(main())
