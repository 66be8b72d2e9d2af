"""``python -m scripts.build.check.install``: fetch the pinned tools into ``.tools/bin``.

Exit codes: 0 all tools are there; 1 one is not, and nothing unchecked was kept.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.build.check.checks import TOOLS_FOLDER
from scripts.build.check.pinned import TOOLS, Tool
from scripts.build.terraform.download import install_program
from scripts.build.terraform.places import Places, terraform_platform
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@click.command()
def install() -> None:
    """Install tflint, trivy and terraform-docs for `make check`, in pinned versions (Linux)."""
    platform = terraform_platform(Places())
    for tool in TOOLS:
        if platform is None or platform not in tool.sha256:
            raise OperatorError(
                f"there is no pinned {tool.name} for this machine; install it yourself, and"
                " `make check` finds it on your PATH"
            )
        click.echo(str(fetch(tool, platform, TOOLS_FOLDER)))


def fetch(tool: Tool, platform: str, folder: Path) -> Path:
    """Put the tool's program into the folder, whole or not at all, and return its path.

    One that is there already is kept if its version's hash lies beside it.
    """
    target, stamp = folder / tool.name, folder / f".{tool.name}-{tool.sha256[platform]}"
    if target.is_file() and stamp.is_file():
        return target
    install_program(tool.source(platform), tool.sha256[platform], target)
    stamp.touch()
    return target


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(install, args)


if __name__ == "__main__":
    sys.exit(main())
