"""``python -m scripts.dlq show | inspect | redrive | purge | export | import``.

Exit codes: 0 done; 1 an error, or not everything that was meant; 2 wrong usage; 130 or 143
interrupted by Ctrl-C or SIGTERM, and then everything is in a queue.
"""

from __future__ import annotations

import functools
import sys
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from scripts import cli
from scripts.dlq import export_import
from scripts.dlq import redrive as redriving
from scripts.dlq import show as showing
from scripts.dlq.deployed import resolve
from scripts.dlq.filter import Age, Filter
from scripts.dlq.session import Session, print_note
from scripts.errors import OperatorError
from scripts.interrupts import GracefulShutdown
from scripts.target.options import target_options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WORDS = "scripts.dlq.words"
# SQS's own limits: of a visibility timeout, and of a move task.
_HIDE = click.IntRange(5, 43200)
_RATE = click.option(
    "--rate",
    type=click.IntRange(1, 500),
    metavar="N",
    help="Limit the rate to N messages per second.",
)
_LIMIT = click.IntRange(1, 1_000_000)
_FILTERS = [
    click.option("--type", "types", multiple=True, help="Only commands of this type; repeatable."),
    click.option(
        "--code",
        "codes",
        multiple=True,
        help="Only commands whose last error has this code; repeatable.",
    ),
    click.option(
        "--older-than",
        type=Age(),
        metavar="AGE",
        help="Only messages older than this, for example 15m or 1d.",
    ),
    click.option(
        "--younger-than",
        type=Age(),
        metavar="AGE",
        help="Only messages younger than this, for example 15m or 1d.",
    ),
    click.option("--owner", help="Only commands of this owner."),
    click.option(
        "--id",
        "ids",
        multiple=True,
        metavar="ID",
        help="Only the command with this id; repeatable.",
    ),
]


def _with_session(command: Callable[..., int]) -> Callable[..., int]:
    @functools.wraps(command)
    def with_session(*, env: str | None, local: bool, hide: int | None, **options: object) -> int:
        code = 0
        with GracefulShutdown() as shutdown:
            try:
                target = resolve(env=env, local=local)
                code = command(Session(target, shutdown, hide), **options)
            except (KeyboardInterrupt, click.Abort):
                if not shutdown.requested:  # the end of the input, and not a signal
                    raise
            finally:
                if shutdown.requested:
                    words = click.get_current_context().meta[_WORDS]
                    again = cli.command_line("dlq", *words)
                    print_note(f"interrupted; no message is lost. To continue: {again}")
            return shutdown.exit_code or code

    hide = click.option(
        "--hide",
        type=_HIDE,
        metavar="SECONDS",
        help="Visibility timeout of messages being read, in seconds; default: depends on their"
        " number.",
    )
    return target_options(hide(with_session))


def _filtered(command: Callable[..., int]) -> Callable[..., int]:
    @functools.wraps(command)
    def with_filter(session: Session, **options: Any) -> int:  # noqa: ANN401 - of click
        wanted = Filter(**{one.name: options.pop(one.name) for one in fields(Filter)})
        return command(session, wanted, **options)

    for option in reversed(_FILTERS):
        with_filter = option(with_filter)
    return with_filter


class _Group(click.Group):
    """Remembers its command line, for the line that says what to run next."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_WORDS] = [*args]
        return super().parse_args(ctx, args)


@click.group(cls=_Group)
def dlq() -> None:
    """Show, redrive, export, import and purge dead-letter messages."""


@dlq.command()
@_with_session
@_filtered
@click.option(
    "--limit",
    type=_LIMIT,
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
    type=_LIMIT,
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
@_RATE
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
@_RATE
def import_(session: Session, path: str, *, rate: int | None) -> int:
    """Put exported messages back into the dead-letter queue."""
    return export_import.import_(session, path, rate)


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(dlq, args)


if __name__ == "__main__":
    sys.exit(main())
