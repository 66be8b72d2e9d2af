"""``python -m scripts.build.backend ENV``: keep an environment's state where bootstrap says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.build.backend.state import made_by, named
from scripts.build.backend.text import backend_text, key_of_init
from scripts.errors import OperatorError
from scripts.settings import ENVIRONMENTS, read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.argument("env")
@click.option(
    "--bucket", metavar="NAME", help="Name of the state bucket; default: from bootstrap's outputs."
)
@click.option(
    "--region", help="With --bucket: region of the bucket; default: the environment's region."
)
@click.option(
    "--bootstrap",
    metavar="FOLDER",
    default="bootstrap",
    show_default=True,
    help="Bootstrap folder in environments/ of the environment's account.",
)
@click.option("--force", is_flag=True, help="Overwrite a different backend.tf.")
@click.option(
    "--environments",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=ENVIRONMENTS,
    hidden=True,
)
def backend(
    env: str,
    *,
    bucket: str | None,
    region: str | None,
    bootstrap: str,
    force: bool,
    environments: Path,
) -> None:
    """Write environments/ENV/backend.tf, from backend.tf.example and bootstrap's outputs."""
    if region is not None and bucket is None:
        raise click.UsageError("--region requires --bucket NAME")
    settings = read_settings(env, environments)
    example = environments / env / "backend.tf.example"
    if not example.is_file():
        raise OperatorError(
            f"environments/{env}/backend.tf.example is missing; copy the one of environments/dev"
        )
    if bucket is None:
        state = made_by(environments / bootstrap, settings)
    else:
        state = named(bucket, region, settings)
    said = example.read_text(encoding="utf-8")
    text = backend_text(said, state, env)
    target = example.with_suffix("")
    _write(target, text, env, force=force)
    click.echo(f"environments/{env}/backend.tf: bucket {state.bucket} in {state.region}")
    key = key_of_init(said, state)
    how = f'-reconfigure -backend-config="key={key}"' if key else "-migrate-state"
    click.echo(f"next: terraform -chdir=environments/{env} init {how}")


def _write(target: Path, text: str, env: str, *, force: bool) -> None:
    if target.is_file() and not force and target.read_text(encoding="utf-8") != text:
        raise OperatorError(
            f"environments/{env}/backend.tf already exists with different content; check it,"
            " then pass --force to overwrite it (existing state must be migrated separately)"
        )
    target.write_text(text, encoding="utf-8")


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(backend, args)


if __name__ == "__main__":
    sys.exit(main())
