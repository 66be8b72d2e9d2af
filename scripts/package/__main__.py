"""``python -m scripts.package [promote]``: build the Lambda zip, or fetch the one that was tested.

Exit codes: 0 the zip is there; 1 it is not, and a zip from before is untouched; 2 wrong usage.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.package.build import OUTPUT, build, sha256

if TYPE_CHECKING:
    from collections.abc import Sequence

_OUTPUT = click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=OUTPUT,
    help="Where to write the zip; build/lambda.zip by default.",
)


@click.group(invoke_without_command=True)
@_OUTPUT
@click.pass_context
def package(context: click.Context, output: Path) -> None:
    """Build the Lambda zip from src/ and its pinned, pure Python dependencies.

    Beside it: handlers.json, by which Terraform knows what the handlers need.
    """
    if context.invoked_subcommand is None:
        _say(build(output.absolute()))


@package.command()
@click.option("--from", "env", metavar="NAME", help="A folder of environments/ that is applied.")
@click.option("--local", is_flag=True, help="The local stack: make up.")
@_OUTPUT
def promote(*, env: str | None, local: bool, output: Path) -> None:
    """Fetch the zip that an environment's worker runs, checked against what was deployed there."""
    from scripts.package.promote import fetch  # noqa: PLC0415  building needs no boto3
    from scripts.worker.place import resolve  # noqa: PLC0415

    if (env is None) != local:
        raise click.UsageError("say from where: --from NAME or --local, one of them")
    path = output.absolute()
    fetch(resolve(env=env, local=local), path)
    digest = _say(path)
    click.echo(f"next: terraform -chdir=environments/NAME apply -var package_sha256={digest}")


def _say(path: Path) -> str:
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    digest = sha256(path)
    click.echo(f"{shown}  {path.stat().st_size} bytes")
    click.echo(f"sha256 {digest}")
    return digest


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(package, args)


if __name__ == "__main__":
    sys.exit(main())
