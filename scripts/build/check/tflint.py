"""Run tflint in every folder: ``python -m scripts.build.check.tflint TFLINT FOLDER...``.

Not ``tflint --recursive``, which would take the roots of tests and what tools have unpacked, too.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import click

from scripts import cli

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.argument("program")
@click.argument("folders", nargs=-1, required=True)
def lint(program: str, folders: tuple[str, ...]) -> int:
    """Run tflint in each folder; exit code 1 if it reports a problem."""
    options = ["--minimum-failure-severity=warning", "--format=compact"]
    codes = [
        subprocess.run([program, f"--chdir={folder}", *options], check=False).returncode
        for folder in folders
    ]
    return 1 if any(codes) else 0


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(lint, args)


if __name__ == "__main__":
    sys.exit(main())
