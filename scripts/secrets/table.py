"""Show secrets: a table to people, tab-separated lines to programs."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.secrets.store import Secret
    from scripts.secrets.versions import Version

_STYLES = {"seeded": "green", "empty": "yellow", "deleted": "red"}


def state(secret: Secret) -> str:
    """Return ``seeded``, ``empty`` or ``deleted``."""
    if secret.deleted:
        return "deleted"
    return "seeded" if secret.seeded else "empty"


def show(secrets: Sequence[Secret]) -> None:
    """Print name, state and last change (UTC, ISO 8601, ``-`` if unknown) of each secret."""
    if not sys.stdout.isatty():
        for secret in secrets:
            click.echo(f"{secret.name}\t{state(secret)}\t{_time(secret.changed)}")
        return
    table = Table("secret", "state", "last change (UTC)")
    for secret in secrets:
        now = state(secret)
        table.add_row(secret.name, f"[{_STYLES[now]}]{now}[/]", _time(secret.changed))
    Console().print(table)


def show_versions(versions: Sequence[Version]) -> None:
    """Print id, labels, when made and the day of the last use of each version, newest first."""
    rows = [
        (one.id, ",".join(one.labels), _time(one.created), _time(one.read)[:10]) for one in versions
    ]
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(row))
        return
    table = Table("version", "labels", "made (UTC)", "last read on")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _time(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else "-"
