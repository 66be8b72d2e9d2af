"""Which write of a command is its end, and what the ending is called."""

from __future__ import annotations

from datetime import timedelta

import pytest

from command_api.domain.ending import Change
from command_api.domain.model import Command, Status
from tests.builders import FINAL, LATER, NOW, TEMPORARY, command

RUNNING = command(Status.PROCESSING)
ENDED = RUNNING.failed(TEMPORARY, now=NOW, purge_at=LATER)
ENDS = [
    RUNNING.completed(7, now=NOW, purge_at=LATER),
    RUNNING.failed(FINAL, now=NOW, purge_at=LATER),
    command(Status.PENDING).cancelled(now=NOW, purge_at=LATER),
]


@pytest.mark.parametrize("after", ENDS, ids=lambda it: it.status)
def test_the_write_that_ends_a_command_is_its_ending(after: Command) -> None:
    """From whatever it was before, and also where it was nothing."""
    milliseconds = int(NOW.timestamp() * 1000)
    for before in (RUNNING, None):
        ending = Change(before, after).ending
        assert ending is not None
        assert ending.id == f"c-1/{milliseconds}"


@pytest.mark.parametrize("after", [RUNNING, command(Status.PENDING)], ids=lambda it: it.status)
def test_a_command_that_goes_on_has_not_ended(after: Command) -> None:
    """A claim and a retry are changes, and no endings."""
    assert Change(None, after).ending is None


def test_a_later_write_of_an_ended_command_is_no_ending() -> None:
    """Its ending was told already."""
    assert Change(ENDED, ENDED).ending is None


def test_a_redriven_command_ends_once_more() -> None:
    """Under another id, which sorts after the first."""
    again = RUNNING.completed(7, now=NOW + timedelta(seconds=2), purge_at=LATER)
    first, second = Change(RUNNING, ENDED).ending, Change(RUNNING, again).ending

    assert first is not None
    assert second is not None
    assert first.number < second.number
    assert first.id != second.id
