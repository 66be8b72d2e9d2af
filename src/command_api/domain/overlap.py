"""Runs of a schedule that are not to overlap: at most one of them is at work.

A run claims its command first and takes its schedule's turn then. So whoever has the turn has a
record that says whether it has ended, and nothing is to be given back: not by a run that ends, nor
by a worker that dies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from command_api.domain.model import Failure, Status

if TYPE_CHECKING:
    from command_api.domain.model import Command


class Turn(NamedTuple):
    """Which run of a schedule was let start last."""

    # Id of its command; empty where none was let start yet.
    run: str = ""
    # Token of its attempt: a run that starts again after its end takes the turn anew.
    token: str = ""


def skipped(command: Command, unended: str) -> Failure:
    """Why a run is not started beside another one.

    One that an operator has redriven is retried, and goes back to the dead-letter queue at last.
    """
    redriven = any(one.status is Status.FAILED for one in command.past)
    message = f"The run {unended} of the same schedule had not ended."
    return Failure(code="skipped", message=message, retryable=redriven)
