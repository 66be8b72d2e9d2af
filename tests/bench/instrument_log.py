"""Read back what the instrument printed, and add it up."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Sequence

_PREFIX = "BENCH "
_READS = {"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"}


@dataclass(frozen=True)
class Note:
    """One invocation: when it began (epoch seconds), how long it took, what it called."""

    begun: float
    seconds: float
    messages: int
    returned: int
    calls: dict[str, int]
    peak_mb: float


@dataclass(frozen=True)
class Throttled:
    """What one run cost while a share of DynamoDB's HTTP attempts was refused.

    `billed` is in seconds, for all commands; `lost` is how many have not completed or have a
    dead-letter message.
    """

    billed: float
    lost: float


@dataclass(frozen=True)
class Measured:
    """One worker's run, per command: `billed` in seconds, calls as averages."""

    billed: float
    wall: float
    writes: float
    reads: float
    sqs: float
    peak_mb: float


def read_notes(lines: Sequence[str]) -> list[Note]:
    """The notes in a function's log."""
    return [_note(json.loads(line[len(_PREFIX) :])) for line in lines if line.startswith(_PREFIX)]


def notes(lines: Sequence[str], messages: int) -> list[Note]:
    """The notes in a function's log; OperatorError unless each message was handled once."""
    found = read_notes(lines)
    handled = sum(note.messages for note in found)
    returned = sum(note.returned for note in found)
    if handled != messages or returned:
        raise OperatorError(
            f"a worker handled {handled} of {messages} messages and returned {returned};"
            " a figure of such a run would mean nothing"
        )
    return found


def summed(run: Sequence[Note]) -> Measured:
    """The figures of one run."""
    messages = sum(note.messages for note in run)
    calls: Counter[str] = Counter()
    for note in run:
        calls.update(note.calls)
    dynamodb = {
        name.partition(".")[2]: count
        for name, count in calls.items()
        if name.startswith("dynamodb.")
    }
    reads = sum(count for name, count in dynamodb.items() if name in _READS)
    sqs = sum(count for name, count in calls.items() if name.startswith("sqs."))
    begun = min(note.begun for note in run)
    return Measured(
        billed=sum(note.seconds for note in run) / messages,
        wall=max(note.begun + note.seconds for note in run) - begun,
        writes=(sum(dynamodb.values()) - reads) / messages,
        reads=reads / messages,
        sqs=sqs / messages,
        peak_mb=max(note.peak_mb for note in run),
    )


def _note(raw: dict[str, Any]) -> Note:
    return Note(**raw)
