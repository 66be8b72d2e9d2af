"""``python -m scripts.build.package``: build the Lambda zip.

Exit codes: 0 the zip is there; 1 it is not, and a zip from before is untouched; 2 wrong usage.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.build.package.build import OUTPUT, build, described

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=OUTPUT,
    help="Output file; default: build/lambda.zip.",
)
def package(output: Path) -> None:
    """Build the Lambda zip from src/ and its pinned, pure Python dependencies. Also writes
    handlers.json, from which Terraform reads the needs of the handlers.
    """
    for line in described(build(output.absolute())):
        click.echo(line)


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(package, args)


if __name__ == "__main__":
    sys.exit(main())
