"""``python -m scripts.package``: build the Lambda zip and say what came out."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.package.build import OUTPUT, build

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=OUTPUT,
    help="Where to write the zip; build/lambda.zip by default.",
)
def package(output: Path) -> None:
    """Build the Lambda zip from src/ and its pinned, pure Python dependencies."""
    path = build(output.absolute())
    content = path.read_bytes()
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    click.echo(f"{shown}  {len(content)} bytes")
    click.echo(f"sha256 {hashlib.sha256(content).hexdigest()}")


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(package, args)


if __name__ == "__main__":
    sys.exit(main())
