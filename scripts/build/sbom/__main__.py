"""``python -m scripts.build.sbom``: write the bill of materials beside the Lambda zip."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.build.package.build import OUTPUT, SOURCE, WITH_THE_RUNTIME, build
from scripts.build.sbom.bom import bill_of_materials
from scripts.build.sbom.pinned import read_pinned

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.option(
    "--package",
    type=click.Path(path_type=Path, dir_okay=False),
    default=OUTPUT,
    help="Lambda zip, built if missing; default: build/lambda.zip.",
)
def sbom(package: Path) -> None:
    """Write the SBOM of the Lambda zip as CycloneDX JSON (lambda.cdx.json)."""
    path = build(package.absolute())
    inside = [
        one
        for one in read_pinned(SOURCE / "requirements.txt", sys.path)
        if one.name not in WITH_THE_RUNTIME
    ]
    target = path.with_suffix(".cdx.json")
    target.write_text(bill_of_materials(path, inside), encoding="utf-8")
    shown = target.relative_to(Path.cwd()) if target.is_relative_to(Path.cwd()) else target
    click.echo(f"{shown}  {len(inside)} packages")
    for one in inside:
        click.echo(f"  {one.name} {one.version}  {one.license or 'licence unknown'}")


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(sbom, args)


if __name__ == "__main__":
    sys.exit(main())
