"""``python -m scripts.dlq show | inspect | redrive | purge | export | import``.

Exit codes: 0 done; 1 an error, or not everything that was meant; 2 wrong usage; 130 or 143
interrupted by Ctrl-C or SIGTERM, and then everything is in a queue.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.dlq import export_import
from scripts.dlq import redrive as redriving
from scripts.dlq import show as showing
from scripts.dlq.deployed import resolve
from scripts.dlq.options import (
    CODE,
    ID,
    LIMIT,
    OLDER,
    OWNER,
    RATE,
    TYPE,
    YOUNGER,
    RememberingGroup,
    filtered,
    with_session,
)
from scripts.dlq.session import print_note
from scripts.errors import OperatorError
from scripts.target.options import QUEUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.dlq.filter import Filter
    from scripts.dlq.session import Session

_with_session = with_session(
    "dlq",
    lambda **named: resolve(**named),  # noqa: PLW0108 - looked up late
    QUEUE,
)
_filtered = filtered(TYPE, CODE, OLDER, YOUNGER, OWNER, ID)


@click.group(cls=RememberingGroup)
def dlq() -> None:
    """Show, redrive, export, import and purge dead-letter messages."""


@dlq.command()
@_with_session
@_filtered
@click.option(
    "--limit",
    type=LIMIT,
    default=showing.SAMPLE,
    show_default=True,
    metavar="N",
    help="Maximum number of messages to read.",
)
@click.option("--all", "everything", is_flag=True, help="Read all messages.")
def show(session: Session, wanted: Filter, limit: int, *, everything: bool) -> int:
    """Count messages by type, error and the commands' status."""
    session.run(lambda: showing.show(session, wanted, None if everything else limit))
    return 0


@dlq.command()
@_with_session
@click.argument("command_id", metavar="ID")
@click.option("--body", is_flag=True, help="Include the message body that the client sent.")
@click.option(
    "--limit",
    type=LIMIT,
    default=1000,
    show_default=True,
    metavar="N",
    help="Maximum number of messages to search.",
)
def inspect(session: Session, command_id: str, *, body: bool, limit: int) -> int:
    """Print one command, its failed attempts and its messages as JSON."""
    return session.run(lambda: showing.inspect(session, command_id, limit, body=body))


@dlq.command()
@_with_session
@_filtered
@click.option("--apply", is_flag=True, help="Apply the changes; without it, dry run.")
@RATE
def redrive(session: Session, wanted: Filter, *, apply: bool, rate: int | None) -> int:
    """Move messages back to their queue, all or those that match."""
    return session.run(lambda: redriving.redrive(session, wanted, apply=apply, rate=rate))


@dlq.command()
@_with_session
@click.option(
    "--yes-really", "confirmed", metavar="QUEUE", help="Name of the queue; skips the confirmation."
)
def purge(session: Session, confirmed: str | None) -> int:
    """Delete all messages permanently, after confirmation. Command records are kept."""
    name, about = session.dlq.name, session.count()
    if confirmed is None:
        print_note(f"to keep a copy, cancel and run: {session.target.command('export', 'FILE')}")
        if not sys.stdin.isatty():
            raise OperatorError(f"no terminal for the confirmation; pass --yes-really {name}")
        confirmed = click.prompt(
            f"This deletes about {about} dead-letter messages permanently. Type {name} to confirm",
            default="",
            show_default=False,
            err=True,
        )
    if confirmed != name:
        raise OperatorError(f"the queue's name is {name}; nothing was deleted")
    session.so_far = f"SQS may purge {name}"
    session.run(session.dlq.purge)
    print_note(f"purged {name}: about {about} dead-letter messages; SQS may take a minute")
    return 0


@dlq.command()
@_with_session
@click.argument("path", metavar="FILE")
def export(session: Session, path: str) -> int:
    """Copy all messages into a new JSON lines file. The queue keeps them."""
    return export_import.export(session, path)


@dlq.command("import")
@_with_session
@click.argument("path", metavar="FILE|-")
@RATE
def import_(session: Session, path: str, *, rate: int | None) -> int:
    """Put exported messages back into the dead-letter queue."""
    return export_import.import_(session, path, rate)


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(dlq, args)


if __name__ == "__main__":
    sys.exit(main())
