"""Ctrl-C in a command of several steps: one line that says how far it came and what to run."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator


class Interrupted(KeyboardInterrupt):
    """Ctrl-C came during the step that the text names."""


@contextlib.contextmanager
def step(doing: str) -> Iterator[None]:
    """Name what the body does for whoever interrupts it; an inner step knows better."""
    try:
        yield
    except Interrupted:
        raise
    except KeyboardInterrupt:
        raise Interrupted(doing) from None


@contextlib.contextmanager
def resumable(command: str) -> Iterator[None]:
    """Say on stderr which step was interrupted, and that `command` goes on from there."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        during = f" while {interrupt}" if isinstance(interrupt, Interrupted) else ""
        click.echo(f"Interrupted{during}. Run: {command}", err=True)
        raise
