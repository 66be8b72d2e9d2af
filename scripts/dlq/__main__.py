"""``python -m scripts.dlq show | inspect | redrive | purge | export | import``: dead letters.

Exit codes: 0 done; 1 an error, or not everything that was meant; 2 wrong usage; 130 or 143
interrupted by Ctrl-C or SIGTERM, and then everything is in a queue.
"""

from __future__ import annotations

import functools
import shlex
import sys
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.dlq import copies, look, send_back
from scripts.dlq import purge as purging
from scripts.dlq.choice import Age, Choice
from scripts.dlq.desk import Desk, say
from scripts.dlq.place import resolve
from scripts.dlq.stop import stoppable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta

_WORDS = "scripts.dlq.words"
# SQS's own limits: of a visibility timeout, and of a move task.
_HIDE = click.IntRange(5, 43200)
_RATE = click.option(
    "--rate", type=click.IntRange(1, 500), metavar="N", help="At most N messages a second."
)
_LIMIT = click.IntRange(1, 1_000_000)
_FILTERS = [
    click.option("--type", "types", multiple=True, help="Commands of this type; repeatable."),
    click.option("--code", "codes", multiple=True, help="Whose last error is this; repeatable."),
    click.option("--older-than", type=Age(), metavar="AGE", help="Sent longer ago than 15m, 1d."),
    click.option("--younger-than", type=Age(), metavar="AGE", help="Sent within 15m, 1d."),
    click.option("--owner", help="Commands of this owner."),
    click.option("--id", "ids", multiple=True, metavar="ID", help="This command; repeatable."),
]


def _at_desk(command: Callable[..., int]) -> Callable[..., int]:
    @functools.wraps(command)
    def with_desk(*, env: str | None, local: bool, hide: int | None, **options: object) -> int:
        place = resolve(env=env, local=local)
        with stoppable() as stop:
            try:
                code = command(Desk(place, stop, hide), **options)
            except KeyboardInterrupt:
                _say_what_is_next()
                raise
            if stop.asked:
                _say_what_is_next()
            return stop.code or code

    for option in (
        click.option(
            "--hide",
            type=_HIDE,
            metavar="SECONDS",
            help="How long letters stay hidden if this run is killed; default: by their number.",
        ),
        click.option("--local", is_flag=True, help="The local stack: make up."),
        click.option("--env", metavar="NAME", help="A folder of environments/ that is applied."),
    ):
        with_desk = option(with_desk)
    return with_desk


def _say_what_is_next() -> None:
    again = shlex.join(["python", "-m", "scripts.dlq", *click.get_current_context().meta[_WORDS]])
    say(f"interrupted: nothing is lost; to go on: {again}")


def _filtered(command: Callable[..., int]) -> Callable[..., int]:
    @functools.wraps(command)
    def with_choice(  # noqa: PLR0913  one parameter for each option
        desk: Desk,
        *,
        types: tuple[str, ...],
        codes: tuple[str, ...],
        older_than: timedelta | None,
        younger_than: timedelta | None,
        owner: str | None,
        ids: tuple[str, ...],
        **options: object,
    ) -> int:
        choice = Choice(
            types=types,
            codes=codes,
            older_than=older_than,
            younger_than=younger_than,
            owner=owner,
            ids=ids,
        )
        return command(desk, choice, **options)

    for option in reversed(_FILTERS):
        with_choice = option(with_choice)
    return with_choice


class _Group(click.Group):
    """Remembers its command line, for the line that says what to run next."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_WORDS] = [*args]
        return super().parse_args(ctx, args)


@click.group(cls=_Group)
def dlq() -> None:
    """Look at dead letters, keep a copy of them, send them back or delete them."""


@dlq.command()
@_at_desk
@_filtered
@click.option(
    "--limit",
    type=_LIMIT,
    default=look.SAMPLE,
    show_default=True,
    metavar="N",
    help="Look at a sample of so many.",
)
@click.option("--all", "everything", is_flag=True, help="Look at all of them.")
def show(desk: Desk, choice: Choice, limit: int, *, everything: bool) -> int:
    """Count letters by type and error, with the commands' status and last error."""
    look.show(desk, choice, None if everything else limit)
    return 0


@dlq.command()
@_at_desk
@click.argument("command_id", metavar="ID")
@click.option("--body", is_flag=True, help="Show what the client sent, too.")
@click.option(
    "--limit",
    type=_LIMIT,
    default=1000,
    show_default=True,
    metavar="N",
    help="Look for letters among so many.",
)
def inspect(desk: Desk, command_id: str, *, body: bool, limit: int) -> int:
    """Print one command, its earlier failures and its letters as JSON."""
    return look.inspect(desk, command_id, limit, body=body)


@dlq.command()
@_at_desk
@_filtered
@click.option("--apply", is_flag=True, help="Do it; without this, only say what would be done.")
@_RATE
def redrive(desk: Desk, choice: Choice, *, apply: bool, rate: int | None) -> int:
    """Send letters back to their queue: all by SQS's own task, a choice one by one."""
    return send_back.redrive(desk, choice, apply=apply, rate=rate)


@dlq.command()
@_at_desk
@click.option("--yes-really", "confirmed", metavar="QUEUE", help="The queue's name, for scripts.")
def purge(desk: Desk, confirmed: str | None) -> int:
    """Delete all letters for good; asks for the queue's name."""
    return purging.purge(desk, confirmed)


@dlq.command()
@_at_desk
@click.argument("path", metavar="FILE")
def export(desk: Desk, path: str) -> int:
    """Copy all letters into a new file, as JSON lines; none is deleted."""
    return copies.export(desk, path)


@dlq.command("import")
@_at_desk
@click.argument("path", metavar="FILE|-")
@_RATE
def import_(desk: Desk, path: str, *, rate: int | None) -> int:
    """Put exported letters back into the dead-letter queue, where they wait for a redrive."""
    return copies.import_(desk, path, rate)


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(dlq, args)


if __name__ == "__main__":
    sys.exit(main())
