"""``python -m scripts.secrets list | seed | read``: the operator's side of the secrets."""

from __future__ import annotations

import functools
import json
import os
import sys
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.errors import OperatorError
from scripts.secrets import entry, table, value
from scripts.secrets.scope import Choice, resolve
from scripts.secrets.store import SecretStore, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scripts.secrets.scope import Scope

_SCOPE_OPTIONS = [
    click.option("--env", help="A folder of environments/: its project, environment and region."),
    click.option("--project", help="With --env: the project, instead of the environment's own."),
    click.option("--prefix", help="Secrets below this name; SECRET_PREFIX does the same."),
    click.option("--region", help="AWS region."),
    click.option("--profile", help="Profile of the AWS configuration."),
]


def _scoped(command: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(command)
    def with_scope(
        *,
        env: str | None,
        project: str | None,
        prefix: str | None,
        region: str | None,
        profile: str | None,
        **options: object,
    ) -> None:
        scope = resolve(Choice(env, project, prefix, region, profile), os.environ)
        command(scope, SecretStore(connect(scope), scope), **options)

    for option in reversed(_SCOPE_OPTIONS):
        with_scope = option(with_scope)
    return with_scope


@click.group()
def secrets() -> None:
    """List, seed and read the secrets of an environment."""


@secrets.command("list")
@_scoped
def list_(scope: Scope, store: SecretStore) -> None:
    """Show each secret: whether it has a value, and when it last changed."""
    found = store.all()
    table.show(found)
    empty = [secret.name for secret in found if table.state(secret) == "empty"]
    if not found:
        click.echo(
            f"no secrets below {scope.prefix}; declare them in the environment's variable secrets",
            err=True,
        )
    elif empty:
        click.echo(
            f"{len(empty)} of {len(found)} without a value;"
            f" next: {scope.command('seed', empty[0])}",
            err=True,
        )


# click's own complaint about a word too many repeats it, and it may be the value.
@secrets.command(context_settings={"ignore_unknown_options": True})
@_scoped
@click.argument("name")
@click.argument("surplus", nargs=-1, metavar="")
@click.option(
    "--from-file", metavar="PATH", help="Take the value from a file; - is standard input."
)
@click.option("--json", "must_be_json", is_flag=True, help="Refuse a value that is not JSON.")
@click.option("--text", "any_text", is_flag=True, help="Store text that only looks like JSON.")
@click.option("--yes", is_flag=True, help="Replace a value without asking.")
def seed(  # noqa: PLR0913  one parameter for each option
    scope: Scope,
    store: SecretStore,
    name: str,
    surplus: tuple[str, ...],
    *,
    from_file: str | None,
    must_be_json: bool,
    any_text: bool,
    yes: bool,
) -> None:
    """Give a secret its value: typed without echo, from a file, or from a pipe.

    One newline at the end of a file or a pipe is not part of the value.
    """
    if surplus:
        raise click.UsageError(
            "seed takes one NAME and the options below --help; a value does not go on a command"
            " line, where others can see it: leave it out to be asked for it, or pipe it in"
        )
    if must_be_json and any_text:
        raise click.UsageError("--json and --text exclude each other: pass one of them")
    secret = store.find(scope.full_name(name))
    if secret.seeded and not yes:
        _confirm(secret.name)
    given = value.check(
        entry.take(secret.name, from_file), must_be_json=must_be_json, any_text=any_text
    )
    store.put(secret.name, given)
    click.echo(
        f"{'replaced' if secret.seeded else 'seeded'} {secret.name} ({value.describe(given)})"
    )
    click.echo(f"next: {scope.command('read', name)}")


@secrets.command()
@_scoped
@click.argument("name")
@click.option("--key", help="Only this key of a JSON object.")
@click.option("--reveal", is_flag=True, help="Show the value itself.")
def read(scope: Scope, store: SecretStore, name: str, *, key: str | None, reveal: bool) -> None:
    """Say what kind of value a secret has, or show it with --reveal."""
    whole = scope.full_name(name)
    content = store.value(whole)
    part = content if key is None else value.pick(content, key, whole)
    if reveal:
        click.echo(part if isinstance(part, str) else json.dumps(part, ensure_ascii=False))
        return
    click.echo(value.describe(content) if key is None else value.describe_part(part))
    words = (name, "--reveal") if key is None else (name, "--key", key, "--reveal")
    click.echo(f"to see it: {scope.command('read', *words)}", err=True)


def _confirm(name: str) -> None:
    if not entry.interactive():
        raise OperatorError(f"{name} already has a value; pass --yes to replace it")
    if not click.confirm(f"{name} already has a value. Replace it?", err=True):
        raise OperatorError(f"{name} was left as it is")


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(secrets, args)


if __name__ == "__main__":
    sys.exit(main())
