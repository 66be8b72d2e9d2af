"""``python -m scripts.secrets list | seed | read | rotate | promote | versions``."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from scripts import cli
from scripts.errors import OperatorError
from scripts.secrets import entry, listing, rotation, value
from scripts.secrets.scope import Choice, resolve
from scripts.secrets.store import SecretStore, connect
from scripts.target.options import target_options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scripts.secrets.scope import Scope

_SCOPE_OPTIONS = [
    target_options,
    click.option("--project", help="With --env: project name; default: the environment's project."),
    click.option(
        "--prefix", help="Prefix of the secret names; environment variable: SECRET_PREFIX."
    ),
    click.option("--region", help="AWS region."),
    click.option("--profile", help="AWS profile."),
]


def _scoped(command: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(command)
    def with_scope(**options: Any) -> None:  # noqa: ANN401 - each of its own type, checked by click
        choice = Choice(**{one.name: options.pop(one.name) for one in dataclasses.fields(Choice)})
        scope = resolve(choice, os.environ)
        command(scope, SecretStore(connect(scope), scope), **options)

    for option in reversed(_SCOPE_OPTIONS):
        with_scope = option(with_scope)
    return with_scope


@click.group()
def secrets() -> None:
    """List, set, read and rotate the secrets of an environment."""


@secrets.command("list")
@_scoped
def list_(scope: Scope, store: SecretStore) -> None:
    """List secrets with state and last change."""
    found = store.all()
    listing.show(found)
    empty = [secret.name for secret in found if listing.state(secret) == "empty"]
    if not found:
        click.echo(
            f"no secrets below {scope.prefix}; declare them in the environment's variable"
            " secrets and apply",
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
@entry.given
@click.option("--yes", is_flag=True, help="Replace an existing value without confirmation.")
def seed(
    scope: Scope, store: SecretStore, name: str, *, take: Callable[[str], str], yes: bool
) -> None:
    """Set the value of a secret.

    It is typed without echo, read from a file, or from a pipe. One newline at the end of a file or
    a pipe is not part of the value. Other characters left by copying (quotes, spaces, byte order
    marks) are reported; --strip removes them.
    """
    secret = store.find(scope.full_name(name))
    if secret.seeded and not yes:
        _confirm(secret.name, "already has a value", "Replace it?")
    given = take(secret.name)
    store.put(secret.name, given)
    click.echo(
        f"{'replaced' if secret.seeded else 'seeded'} {secret.name} ({value.describe(given)})"
    )
    click.echo(f"next: {scope.command('read', name)}")


@secrets.command()
@_scoped
@click.argument("name")
@click.option("--key", help="Read only this key of a JSON object.")
@click.option("--reveal", is_flag=True, help="Print the value.")
def read(scope: Scope, store: SecretStore, name: str, *, key: str | None, reveal: bool) -> None:
    """Describe the value of a secret; show it with --reveal."""
    whole = scope.full_name(name)
    content = store.value(whole)
    part = content if key is None else value.pick(content, key, whole)
    if reveal:
        click.echo(part if isinstance(part, str) else json.dumps(part, ensure_ascii=False))
        return
    click.echo(value.describe(content) if key is None else value.describe_part(part))
    words = (name, "--reveal") if key is None else (name, "--key", key, "--reveal")
    click.echo(f"to show the value: {scope.command('read', *words)}", err=True)


@secrets.command()
@_scoped
@click.argument("name")
def versions(scope: Scope, store: SecretStore, name: str) -> None:
    """List the versions of a secret: created, last read, stage."""
    listing.show_versions(store.versions(scope.full_name(name)).all())


@secrets.command(context_settings={"ignore_unknown_options": True})
@_scoped
@entry.given
@click.option("--pending", is_flag=True, help="Store the value as pending until it is promoted.")
@click.option("--yes", is_flag=True, help="Allow a second rotation within minutes.")
def rotate(
    scope: Scope,
    store: SecretStore,
    name: str,
    *,
    take: Callable[[str], str],
    pending: bool,
    yes: bool,
) -> None:
    """Replace the value of a secret. The previous one is kept; input as for seed."""
    rotating = rotation.Rotation(scope, store, scope.full_name(name))
    if rotating.recent() and not (pending or yes):
        _confirm(rotating.name, "was changed a few minutes ago", "Discard the value before that?")
    rotating.rotate(take, pending=pending)


@secrets.command()
@_scoped
@click.argument("name")
@click.option(
    "--version",
    metavar="ID",
    help="Id of the version, for example to roll back; a unique beginning is enough.",
)
def promote(scope: Scope, store: SecretStore, name: str, *, version: str | None) -> None:
    """Make the pending version of a secret (or any other) current."""
    rotation.Rotation(scope, store, scope.full_name(name)).promote(version)


def _confirm(name: str, state: str, question: str) -> None:
    if not entry.interactive():
        raise OperatorError(f"{name} {state}; pass --yes to replace it")
    if not click.confirm(f"{name} {state}. {question}", err=True):
        raise OperatorError(f"{name} was not changed")


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(secrets, args)


if __name__ == "__main__":
    sys.exit(main())
