"""`python -m scripts.build.clients`: build the clients of an environment's API."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts.build.clients.build import keep_for_pages, npm_package, wheel
from scripts.build.openapi.__main__ import describe
from scripts.build.openapi.choices import environ
from scripts.cli import ROOT, run
from scripts.settings import environment_folder

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.option("--env", "name", default="dev", help="Environment whose API is meant; default: dev.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=ROOT / "build" / "clients",
    help="Folder of the packages; default: build/clients.",
)
def clients(*, name: str, output: Path) -> None:
    """Build the TypeScript client as an npm package and the Python client as a wheel."""
    document = describe(environ(environment_folder(name)))
    folder = output.absolute()
    packages = (("npm", npm_package(folder, document)), ("pip", wheel(folder)))
    keep_for_pages(folder)
    for tool, path in packages:
        shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        click.echo(f"{shown}  ({tool} install ./{shown})")


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    return run(clients, args)


if __name__ == "__main__":
    sys.exit(main())
