"""`python -m scripts.build.docs.site` builds the documentation as a site, strictly and offline."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts.cli import run
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[3]


@click.command()
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=ROOT / "mkdocs.yml",
    help="MkDocs configuration; default: mkdocs.yml.",
)
def site(*, config: Path) -> None:
    """Build the documentation site in build/site; broken links are errors."""
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", config],
        # Not --quiet: it would hide the warnings that --strict counts.
        # The theme advertises its successor on every build.
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise OperatorError(f"the documentation site failed to build:\n{done.stdout.strip()}")
    click.echo("open build/site/index.html")


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    return run(site, args)


if __name__ == "__main__":
    sys.exit(main())
