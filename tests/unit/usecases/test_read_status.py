"""Reading a status, and holding the answer back for a client that waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from command_api.domain.model import Status
from command_api.usecases.status import ReadStatus
from tests.builders import LATER, NOW, SECOND, command
from tests.fakes.commands import InMemoryCommands

if TYPE_CHECKING:
    from datetime import datetime

    from command_api.domain.model import Command

DONE = command().completed(1, now=NOW, purge_at=LATER)


@dataclass
class Clinic:
    """A store that counts its reads, and a clock that only sleeping moves.

    `changes` says what the command becomes, by the time from which on it is so.
    """

    changes: dict[float, Command] = field(default_factory=dict)
    passed: float = 0
    reads: int = 0

    def get(self, command_id: str) -> Command | None:
        """What the command is by now."""
        self.reads += 1
        due = [self.changes[at] for at in sorted(self.changes) if at <= self.passed]
        return InMemoryCommands({one.id: one for one in due[-1:]}).get(command_id)

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.passed += seconds

    def ask(self, *, wait: float, max_wait: float = 25) -> Command | None:
        """Ask for c-1."""
        read = ReadStatus(
            store=self,  # type: ignore[arg-type] # reading needs no more of a store
            max_wait=max_wait,
            clock=lambda: NOW,
            elapsed=lambda: self.passed,
            sleep=self.sleep,
        )
        return read("c-1", wait=wait)


def test_nobody_waits_where_waiting_is_off() -> None:
    """With a cap of 0 a wish to wait costs one read and no time."""
    clinic = Clinic({0: command()})
    assert clinic.ask(wait=25, max_wait=0) == command()
    assert (clinic.reads, clinic.passed) == (1, 0)


@pytest.mark.parametrize(("wait", "waited"), [(3, 3), (60, 25)])
def test_a_wait_ends_with_its_time_or_at_the_cap(wait: float, waited: float) -> None:
    """A command that does not end is shown as it is when the time is up."""
    clinic = Clinic({0: command()})
    assert clinic.ask(wait=wait) == command()
    assert clinic.passed == waited


def test_the_longest_wait_reads_sparingly() -> None:
    """25 seconds take the 14 reads that docs/status.md names."""
    clinic = Clinic({0: command()})
    clinic.ask(wait=25)
    assert clinic.reads == 14


def test_a_queued_command_is_waited_for_too() -> None:
    """Right after a submission nothing is in the table yet: that is when clients wait."""
    clinic = Clinic({2: command(), 4: DONE})
    assert clinic.ask(wait=20) == DONE
    assert clinic.passed < 6


def test_a_command_that_has_ended_answers_at_once() -> None:
    """Nobody waits for what is there."""
    clinic = Clinic({0: DONE})
    assert clinic.ask(wait=20) == DONE
    assert (clinic.reads, clinic.passed) == (1, 0)


@pytest.mark.parametrize(("until", "measured"), [(NOW, []), (NOW - SECOND, [("", "lost", 1)])])
def test_a_client_that_finds_a_lost_command_is_counted(
    until: datetime, measured: list[tuple[str, str, float]]
) -> None:
    """The alarm on lost commands goes by it."""
    store, found = InMemoryCommands(), []
    store.commands["c-1"] = command(Status.PENDING, attempts=0, waits_until=until)
    read = ReadStatus(
        store=store,
        clock=lambda: NOW,
        measure=lambda kind, outcome, numbers: found.append((kind, outcome, numbers["Lost"])),
    )
    assert read("c-1") is not None
    assert found == measured
