"""Scenarios of batches in virtual time: members that are counted, and lines that are uploaded."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from tests.faults.simulation import Virtual
from tests.property import batches, uploads

if TYPE_CHECKING:
    from collections.abc import Callable

# What it may cost to count a member of a batch, in writes of at most 1 KB.
MOST_WRITES = 0.05


def _batches(seed: int, count: int, say: Callable[[str], None]) -> list[str]:
    """One batch with a thousand members for each command that was asked for."""
    found = batches.Counting(Random(seed), total=1_000 * count).run()  # noqa: S311 - the same
    share = found.batches.writes / found.total
    say(f"{found.total:,} members: {found.counts.failed:,} failed, {found.counts}")
    say(f"{found.invocations:,} invocations, {found.deaths.total():,} of them with trouble")
    say(f"{share:.4f} writes for each member")
    wrong = found.contradictions()
    return wrong if share <= MOST_WRITES else [*wrong, f"{share:.4f} writes for each member"]


def _uploads(seed: int, count: int, say: Callable[[str], None]) -> list[str]:
    """An upload with a thousand lines for each command that was asked for."""
    found = uploads.World(Random(seed), total=1_000 * count).run()  # noqa: S311 - the same
    share = found.batches.writes / found.total
    say(f"{found.batch.total:,} lines, {found.bad:,} of them no command: {found.counts}")
    say(f"{found.invocations:,} transfers, {found.troubles.total():,} calls with trouble")
    say(f"{share:.4f} writes for each line; at most {found.most_waiting:,} waited")
    wrong = found.contradictions()
    return wrong if share <= MOST_WRITES else [*wrong, f"{share:.4f} writes for each line"]


COUNTING = {
    "batches": Virtual(
        "a batch is counted exactly and followed once, while one of ten calls fails or ends the"
        " process of its counter, and records come again in other batches",
        _batches,
    ),
    "uploads": Virtual(
        "each line of an upload becomes one command and one result, while calls of the transfer"
        " and of the counter fail or end the process, and messages come twice",
        _uploads,
    ),
}
