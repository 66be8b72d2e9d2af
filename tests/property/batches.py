"""The members of a batch as a table's stream tells of them, counted by processes that die.

The stream has shards that split; Lambda delivers each in its order, from the last point that it
has noted on, in batches of any size. What was delivered before comes again in other batches.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zlib import crc32

from command_api.domain.batches import Batch, Counts, Follower, Move, When, member_id
from command_api.domain.errors import Unavailable
from command_api.domain.model import Status
from command_api.usecases.count import CountMembers, EndBatch
from command_api.usecases.relay import OutboxRelay
from command_api.usecases.submit import SubmitCommands
from tests.builders import MESSAGE_LIFE, NOW
from tests.fakes.batches import InMemoryBatches
from tests.fakes.outbox import InMemoryOutbox, InMemorySender
from tests.property.invocation import Died

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

SHARDS, MOST_RECORDS, FAILURE_RATE = 4, 1000, 0.1
_S = Status
# What happens to a member after it was stored, and how often.
HISTORIES: dict[str, tuple[int, Sequence[Status]]] = {
    "completed": (80, [_S.PROCESSING, _S.COMPLETED]),
    "retried": (8, [_S.PROCESSING, _S.PENDING, _S.PROCESSING, _S.COMPLETED]),
    "reported": (3, [_S.PROCESSING, _S.PROCESSING, _S.PROCESSING, _S.COMPLETED]),
    "failed": (3, [_S.PROCESSING, _S.FAILED]),
    "redriven": (2, [_S.PROCESSING, _S.FAILED, _S.PROCESSING, _S.COMPLETED]),
    "cancelled": (3, [_S.CANCELLED]),
    "stopped": (1, [_S.PROCESSING, _S.CANCELLING, _S.CANCELLED]),
}
HEALTHY = ("completed", "retried", "reported", "redriven")


def quiet() -> logging.Logger:
    log = logging.getLogger("quiet")
    log.disabled = True
    return log


@dataclass
class Faulty:
    """A port whose every call may end the process or fail, before it has done its work or after."""

    target: Any
    random: Random
    troubles: Counter[str] = field(default_factory=Counter)
    rate: float = FAILURE_RATE

    def __getattr__(self, name: str) -> Any:
        """The target's method, with trouble."""
        found = getattr(self.target, name)

        def call(*args: Any, **named: Any) -> Any:
            when = self.random.random() / self.rate
            error: BaseException = Died() if self.random.random() < 0.5 else Unavailable()
            if when < 0.5:
                self.troubles[f"before {name}"] += 1
                raise error
            answer = found(*args, **named)
            if when < 1:
                self.troubles[f"after {name}"] += 1
                raise error
            return answer

        return call


@dataclass
class Counting:
    """A batch whose members have all ended, and what was counted of it."""

    random: Random
    total: int
    when: When = When.ALL
    kinds: Sequence[str] = tuple(HISTORIES)
    batches: InMemoryBatches = field(default_factory=InMemoryBatches)
    outbox: InMemoryOutbox = field(default_factory=InMemoryOutbox)
    sender: InMemorySender = field(default_factory=InMemorySender)
    truth: Counter[Status] = field(default_factory=Counter)
    shards: dict[str, list[Move]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    invocations: int = 0
    deaths: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Write the batch, and play its members' lives into the stream."""
        batch = Batch(
            id="b", total=self.total, created_at=NOW, work="w", purge_at=NOW, when=self.when
        )
        self.batches.create(batch, Follower(self.when, "echo", {"done": True}))
        weights = [HISTORIES[kind][0] for kind in self.kinds]
        records: list[tuple[float, str, Status | None, Status]] = []
        for place in range(self.total):
            (kind,) = self.random.choices(self.kinds, weights)
            at, before, name = self.random.random(), None, member_id("b", place)
            for after in (_S.PENDING, *HISTORIES[kind][1]):
                records.append((at, name, before, after))
                before, at = after, at + self.random.random() / 4
            self.truth[before or _S.PENDING] += 1
        half = sorted(records)[len(records) // 2][0]
        for number, (at, name, before, after) in enumerate(sorted(records, key=lambda it: it[0])):
            shard = str(crc32(name.encode()) % SHARDS)
            if at >= half:
                # Every shard has split in two, as a table that grows makes it.
                child = f"{shard}.{crc32(name[::-1].encode()) % 2}"
                self.parents[child] = shard
                shard = child
            position = str(number).zfill(40)
            self.shards.setdefault(shard, []).append(Move("b", position, before, after))

    def run(self) -> Counting:
        """Deliver all of it, until everything was delivered without trouble; then the relay."""
        noted = dict.fromkeys(self.shards, 0)
        while open_ := [one for one in noted if self._open(one, noted)]:
            shard = self.random.choice(open_)
            # Sometimes from a point before: what was counted comes again, in another batch.
            back = self.random.randrange(2 * MOST_RECORDS) if self.random.random() < 0.2 else 0
            begin = max(0, noted[shard] - back)
            size = self.random.randint(1, MOST_RECORDS)
            moves = self.shards[shard][begin : begin + size]
            if self._invoke(shard, moves):
                noted[shard] = max(noted[shard], begin + len(moves))
        self._relay()
        return self

    def _open(self, shard: str, noted: dict[str, int]) -> bool:
        """Whether there is something to deliver: a shard follows the one that it came from."""
        parent = self.parents.get(shard)
        waits = parent in noted and noted[parent] < len(self.shards[parent])
        return noted[shard] < len(self.shards[shard]) and not waits

    def _invoke(self, shard: str, moves: Sequence[Move]) -> bool:
        self.invocations += 1
        batches: Any = Faulty(self.batches, self.random)
        outbox: Any = Faulty(self.outbox, self.random)
        sender: Any = Faulty(self.sender, self.random)
        # What cannot be sent is refused before anything is stored; it asks nobody.
        sender.takes = lambda _: True
        end = EndBatch(
            batches=batches,
            submit=SubmitCommands(
                outbox=outbox,
                sender=sender,
                logger=quiet(),
                message_life=MESSAGE_LIFE,
                clock=lambda: NOW,
            ),
            logger=quiet(),
            retention=timedelta(days=30),
            clock=lambda: NOW,
        )
        count = CountMembers(
            batches=batches, end=end, retention=timedelta(days=30), clock=lambda: NOW
        )
        try:
            count(shard, moves, until=NOW + timedelta(seconds=60))
        except (Died, Unavailable):
            return False
        finally:
            for port in (batches, outbox, sender):
                self.deaths += port.troubles
        return True

    def _relay(self) -> None:
        """What was stored and not sent is sent, some minutes later."""
        later = NOW + timedelta(hours=1)
        relay = OutboxRelay(
            outbox=self.outbox,
            sender=self.sender,
            logger=quiet(),
            message_life=MESSAGE_LIFE,
            clock=lambda: later,
        )
        relay(deadline=later + timedelta(seconds=60))

    @property
    def counts(self) -> Counts:
        """What was counted."""
        return self.batches.find("b").counts

    def contradictions(self) -> list[str]:
        """What was counted wrong, and what follows the batch too often or never."""
        truth, wrong = self.truth, []
        right = Counts(0, truth[_S.COMPLETED], truth[_S.FAILED], truth[_S.CANCELLED])
        if self.counts != right:
            wrong.append(f"counted {self.counts}, right is {right}")
        follows = self.when is When.ALL or right.completed == self.total
        stored = [one.id for one in self.outbox.store_.commands.values()]
        if stored != (["b.then"] if follows else []):
            wrong.append(f"follows: {stored}")
        sent = {one.id for one in self.sender.messages}
        if sent != ({"b.then"} if follows else set()):
            wrong.append(f"sent: {sent}")
        if (batch := self.batches.headers["b"]).ended_at is None:
            wrong.append("the batch has not ended")
        if bool(batch.followed_at) is not follows:
            wrong.append(f"followed at {batch.followed_at}")
        return wrong
