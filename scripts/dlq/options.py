"""Options of the tools that work on dead-letter messages, and the session that they run in."""

from __future__ import annotations

import functools
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from scripts import cli
from scripts.dlq.filter import Age, Filter
from scripts.dlq.session import Session, print_note
from scripts.interrupts import GracefulShutdown
from scripts.target.options import target_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.dlq.deployed import DeployedQueues

_WORDS = "scripts.dlq.words"
# SQS's own limits: of a visibility timeout, and of a move task.
_HIDE = click.option(
    "--hide",
    type=click.IntRange(5, 43200),
    metavar="SECONDS",
    help="Visibility timeout of messages being read, in seconds; default: depends on their number.",
)
RATE = click.option(
    "--rate",
    type=click.IntRange(1, 500),
    metavar="N",
    help="Limit the rate to N messages per second.",
)
LIMIT = click.IntRange(1, 1_000_000)
TYPE = click.option(
    "--type", "types", multiple=True, help="Only commands of this type; repeatable."
)
CODE = click.option(
    "--code",
    "codes",
    multiple=True,
    help="Only commands whose last error has this code; repeatable.",
)
OLDER = click.option(
    "--older-than",
    type=Age(),
    metavar="AGE",
    help="Only messages older than this, for example 15m or 1d.",
)
YOUNGER = click.option(
    "--younger-than",
    type=Age(),
    metavar="AGE",
    help="Only messages younger than this, for example 15m or 1d.",
)
OWNER = click.option("--owner", help="Only commands of this owner.")
ID = click.option(
    "--id",
    "ids",
    multiple=True,
    metavar="ID",
    help="Only the command with this id; repeatable.",
)


def with_session(
    tool: str,
    resolve: Callable[..., DeployedQueues],
    *further: Callable[[Callable[..., int]], Callable[..., int]],
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Add the options that name an environment, and call the command with a Session of it.

    `resolve` finds the environment's queues, by the queue's name where `further` has that option;
    `tool` is the name on the line that continues.
    """

    def decorated(command: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(command)
        def in_session(
            *,
            env: str | None,
            local: bool,
            hide: int | None,
            queue: str | None = None,
            **options: Any,  # noqa: ANN401 - of click
        ) -> int:
            code = 0
            with GracefulShutdown() as shutdown:
                try:
                    named = {} if queue is None else {"queue": queue}
                    target = resolve(env=env, local=local, **named)
                    code = command(Session(target, shutdown, hide), **options)
                except (KeyboardInterrupt, click.Abort):
                    if not shutdown.requested:  # the end of the input, and not a signal
                        raise
                finally:
                    if shutdown.requested:
                        words = click.get_current_context().meta[_WORDS]
                        again = cli.command_line(tool, *words)
                        print_note(f"interrupted; no message is lost. To continue: {again}")
                return shutdown.exit_code or code

        with_options: Callable[..., int] = _HIDE(in_session)
        for option in further:
            with_options = option(with_options)
        return target_options(with_options)

    return decorated


def filtered(
    *options: Callable[[Callable[..., int]], Callable[..., int]],
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Add options that choose messages, and call the command with their Filter."""

    def decorated(command: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(command)
        def with_filter(session: Session, **given: Any) -> int:  # noqa: ANN401 - of click
            names = [one.name for one in fields(Filter) if one.name in given]
            return command(session, Filter(**{name: given.pop(name) for name in names}), **given)

        for option in reversed(options):
            with_filter = option(with_filter)
        return with_filter

    return decorated


class RememberingGroup(click.Group):
    """A tool that remembers its command line, for the line that says what to run next."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the words."""
        ctx.meta[_WORDS] = [*args]
        return super().parse_args(ctx, args)
