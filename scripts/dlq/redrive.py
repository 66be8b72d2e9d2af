"""Send dead letters back to their queue, message by message, in an order that survives a kill.

For each message: send it anew, and only when SQS has taken it delete the dead letter. The record is
the worker's alone: it turns FAILED into PROCESSING, with fresh attempts and the failure among the
earlier ones, in the one conditional write that claims the command. Why nobody else may:
docs/dead-letters.md.

Killed before the send, the letter comes back by itself. Killed after it, the command has a message
in the queue and a letter left over, which the worker drops when it is redriven in its turn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scripts.dlq.choice import Choice
    from scripts.dlq.letter import Letter
    from scripts.dlq.pace import Pace
    from scripts.dlq.queue import Queue
    from scripts.dlq.records import Records
    from scripts.dlq.stop import Stop
    from scripts.dlq.sweep import Sweep


@dataclass
class Tally:
    """What became of the letters that were meant.

    `undeleted` were sent and are still here; `refused` says why a message was not taken; `stuck`
    are the FIFO groups in which that happened: what follows there stays behind it.
    """

    meant: int = 0
    sent: int = 0
    undeleted: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    stuck: set[str] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class Redrive:
    """One run; `told` hears how many letters were sent."""

    dlq: Queue
    queue: Queue
    records: Records
    choice: Choice
    pace: Pace
    stop: Stop
    told: Callable[[int], None] = lambda _: None
    tally: Tally = field(default_factory=Tally)

    def run(self, sweep: Sweep) -> None:
        """Redrive what is meant; what is not stays where it is."""
        for batch in sweep:
            known = self.records.find(one.key for one in batch)
            now = datetime.now(UTC)
            meant = [one for one in batch if self.choice.means(one, known.get(one.key), now=now)]
            self.tally.meant += len(meant)
            step = 1 if self.queue.fifo else self.pace.step
            for start in range(0, len(meant), step):
                if self.stop.asked:
                    return
                self._send(meant[start : start + step], sweep)

    def _send(self, letters: Sequence[Letter], sweep: Sweep) -> None:
        if self.queue.fifo:
            letters = [one for one in letters if one.group not in self.tally.stuck]
        self.pace.wait(len(letters))
        refused = self.queue.send(
            [one.as_sent_again() for one in letters],
            # The same letter is the same message, however often this is tried.
            dedup=[f"redrive-{one.message_id}" for one in letters],
        )
        for number, code in refused.items():
            self.tally.refused[letters[number].message_id] = code
            self.tally.stuck.add(letters[number].group)
        sent = [one for number, one in enumerate(letters) if number not in refused]
        self.tally.sent += len(sent)
        self.tally.undeleted += len(sent)
        kept = self.dlq.delete([one.receipt for one in sent])
        self.tally.undeleted -= len(sent) - len(kept)
        sweep.gone([one for number, one in enumerate(sent) if number not in kept])
        self.told(len(sent))
