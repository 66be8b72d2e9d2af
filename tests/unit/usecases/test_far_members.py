"""A batch is kept until its last member has had its time, and its counts are, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest

from command_api.domain.batches import PATIENCE, Batch, Move
from command_api.domain.model import Status, Submission
from command_api.domain.timing import Timing
from command_api.usecases.batches import CancelMembers
from command_api.usecases.count import CountMembers, EndBatch
from command_api.usecases.submit import SubmitCommands
from command_api.usecases.transfer import TransferBatch
from tests.builders import LATER, MESSAGE_LIFE, NOW
from tests.fakes.batches import InMemoryBatches
from tests.property.batches import quiet
from tests.property.uploads import World, read_line

if TYPE_CHECKING:
    from datetime import datetime

    from command_api.domain.model import Failure

FAR, RETENTION = timedelta(days=200), timedelta(days=30)
BEGUN = Move("b", "0".zfill(40), Status.PENDING, Status.PROCESSING)


def test_an_upload_is_kept_as_long_as_its_lines_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the moment on that they may be members: its counters look at that."""

    def far(line: bytes, batch: Batch, number: int, now: datetime) -> Submission | Failure:
        found = read_line(line, batch, number, now)
        if not isinstance(found, Submission) or number != 2:
            return found
        return replace(found, timing=Timing(not_before=NOW + FAR))

    world = World(Random(5), total=3)  # noqa: S311 - the same in every run
    kept: list[datetime] = []
    advance = world.batches.advance

    def noted(*asked: Any, **named: Any) -> bool:
        kept.append(named["purge_at"])
        return advance(*asked, **named)

    monkeypatch.setattr(world.batches, "advance", noted)
    end = EndBatch(
        batches=world.batches,
        submit=SubmitCommands(
            outbox=world.outbox, sender=world.sender, logger=quiet(), message_life=MESSAGE_LIFE
        ),
        logger=quiet(),
        retention=RETENTION,
    )
    transfer = TransferBatch(
        batches=world.batches,
        files=world.files,
        store=world.commands,
        commands=world.commands,
        submit=end.submit,
        cancel=CancelMembers(store=world.commands, retention=RETENTION),
        end=end,
        read_line=far,
        logger=quiet(),
        retention=RETENTION,
        clock=lambda: NOW,
    )
    transfer("b", until=LATER)
    assert world.batch.whole
    assert kept == [NOW + FAR + PATIENCE + RETENTION] * 2


@pytest.mark.parametrize("wait", [timedelta(0), FAR])
def test_counts_are_kept_as_long_as_their_batch(wait: timedelta) -> None:
    """At least for the time that an ended one stays."""
    batches = InMemoryBatches()
    purge_at = NOW + wait
    batches.create(Batch(id="b", total=2, created_at=NOW, work="w", purge_at=purge_at), None)
    count = CountMembers(
        batches=batches,
        end=Mock(),
        retention=RETENTION,
        clock=lambda: NOW,
    )
    count("s", [BEGUN], until=NOW)
    assert batches.kept["b", "s"] == max(purge_at, NOW + PATIENCE + RETENTION)
