"""`python -m scripts.build.docs` writes the tables, `--check` only compares."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts.build.docs.readme import documented, refreshed
from scripts.cli import run
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[3]


@click.command()
@click.option("--check", is_flag=True, help="Fail if a README is outdated; write nothing.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=ROOT,
    help="Root of the repository; default: this one.",
)
def docs(*, check: bool, root: Path) -> None:
    """Update the tables of inputs and outputs in every README."""
    stale = {path: text for path, text in refreshed(root).items() if path.read_text() != text}
    names = ", ".join(str(path.relative_to(root)) for path in stale)
    if check and stale:
        raise OperatorError(f"stale: {names}; run: python -m scripts.build.docs")
    for path, text in stale.items():
        path.write_text(text)
    count = len(documented(root))
    click.echo(f"updated {names}" if stale else f"the READMEs of {count} folders are up to date")


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    return run(docs, args)


if __name__ == "__main__":
    sys.exit(main())
