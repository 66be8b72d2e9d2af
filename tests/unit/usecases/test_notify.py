"""No change is forgotten: it is told, delivered again, or put where an alarm rings."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from command_api.domain.ending import Change
from command_api.domain.listeners import Untold
from command_api.domain.model import Status
from command_api.usecases.notify import Notify
from tests.builders import LATER, NOW, command

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    import pytest

    from command_api.domain.listeners import Listener

RUNNING = command(Status.PROCESSING)
ENDED = RUNNING.completed({"secret": "s3cret"}, now=NOW, purge_at=LATER)
CHANGES = [
    Change(replace(RUNNING, id=name), replace(ENDED, id=name)) for name in ("c-1", "c-2", "c-3")
]


@dataclass
class Heard:
    """A listener to endings that cannot be told of some of them."""

    untold: dict[str, bool] = field(default_factory=dict)
    error: Exception | None = None
    told: list[str] = field(default_factory=list)

    def wants(self, change: Change) -> bool:
        """Only endings."""
        return change.ending is not None

    def tell(self, changes: Sequence[Change]) -> Collection[Untold]:
        """Raise, or remember those that could be told."""
        if self.error:
            raise self.error
        self.told += [it.after.id for it in changes if it.after.id not in self.untold]
        return [
            Untold(it, "away", retryable=self.untold[it.after.id])
            for it in changes
            if it.after.id in self.untold
        ]


@dataclass
class Kept:
    """Where changes go that cannot be told."""

    commands: list[str] = field(default_factory=list)

    def put(self, command_id: str, reason: str) -> None:  # noqa: ARG002 - of the port
        """Remember the command."""
        self.commands.append(command_id)


def notify(*listeners: Listener) -> tuple[list[str], list[str]]:
    """Tell of the changes; the ids of those to be delivered again, and of those given up."""
    kept = Kept()
    return [it.after.id for it in use_case(kept, *listeners)(CHANGES)], kept.commands


def use_case(kept: Kept, *listeners: Listener, now: datetime = NOW) -> Notify:
    """The use case with an hour's patience."""
    return Notify(
        listeners=listeners,
        failures=kept,
        logger=logging.getLogger("notifier"),
        patience=timedelta(hours=1),
        clock=lambda: now,
    )


def test_every_listener_hears_what_it_wants() -> None:
    """In the order in which it happened."""
    first, second = Heard(), Heard()

    assert notify(first, second) == ([], [])
    assert first.told == second.told == ["c-1", "c-2", "c-3"]


def test_what_goes_on_is_told_to_nobody_who_waits_for_endings() -> None:
    """A listener without a wanted change is not even called."""
    heard = Heard(error=RuntimeError())

    assert use_case(Kept(), heard)([Change(None, RUNNING)]) == []


def test_what_could_not_be_told_is_delivered_again() -> None:
    """Only that, so that the others need not be told twice because of it."""
    assert notify(Heard({"c-2": True})) == (["c-2"], [])


def test_what_is_too_old_is_given_up_by_name() -> None:
    """Lambda would do so a little later, without the command's id."""
    kept, tired = Kept(), NOW + timedelta(hours=1)

    assert use_case(kept, Heard({"c-2": True}), now=tired)(CHANGES) == []
    assert kept.commands == ["c-2"]


def test_what_can_never_be_told_holds_up_nothing() -> None:
    """It goes where an alarm rings, and is not delivered again."""
    assert notify(Heard({"c-2": False})) == ([], ["c-2"])


def test_a_listener_that_fails_keeps_no_other_from_hearing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Everything is delivered again, and the log names no content of a command."""
    heard = Heard()

    assert notify(Heard(error=RuntimeError("s3cret")), heard) == (["c-1", "c-2", "c-3"], [])
    assert heard.told == ["c-1", "c-2", "c-3"]
    assert "s3cret" not in caplog.text
    assert "listener failed" in caplog.text
