"""The options `--env NAME` and `--local`, the same in every tool."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import click

from scripts.target.target import of_folder, of_stack

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.target.target import Target

_ENV = click.option(
    "--env", metavar="NAME", help="Folder of an applied environment in environments/."
)
QUEUE = click.option(
    "--queue",
    default="default",
    metavar="NAME",
    help="One of `commands.queues` in terraform.tfvars.",
)
LOCAL = click.option("--local", is_flag=True, help="Use the local stack (make up).")


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add both options, for a command that has other ways to name what it is about."""
    return _ENV(LOCAL(command))


def targeted(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add both options, and call the command with the Target that they name."""

    @functools.wraps(command)
    def with_target(*, env: str | None, local: bool, **options: object) -> Any:  # noqa: ANN401
        target = named(env=env, local=local)
        if target is None:
            raise click.UsageError(unnamed())
        return command(target, **options)

    return target_options(with_target)


def queue_targeted(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add both options and `--queue`, and call the command with the Target of that queue."""

    @targeted
    @functools.wraps(command)
    def with_queue(target: Target, *, queue: str, **options: object) -> Any:  # noqa: ANN401
        return command(target.of_queue(queue), **options)

    return QUEUE(with_queue)


def named(*, env: str | None, local: bool, **others: str | None) -> Target | None:
    """The target that the options name, None without them; `others` are options that exclude both.

    `--local` alone is what was applied last to the local stack; with `--env` it is that environment
    there. Raises OperatorError if there is no such folder, or if the local stack does not run.
    """
    given = {"local": True, **others} if local else {"env": env, **others}
    options = [f"--{name}" for name, value in given.items() if value is not None]
    if len(options) > 1:
        raise click.UsageError(f"{' and '.join(options)} are mutually exclusive; pass one of them")
    if local:
        return of_stack(env)
    return None if env is None else of_folder(env)


def unnamed(*others: str) -> str:
    """What to tell whoever named no target; `others` are further ways to name one."""
    return ", or ".join(["no environment given; pass --env NAME or --local", *others])
