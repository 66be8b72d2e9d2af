"""An uploaded batch from its lines to its results, by processes that die at every call.

The queue of transfers delivers at least once, sometimes twice at the same time; members run as the
worker runs them; their changes are counted by a counter that dies as well.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self
from zlib import crc32

from command_api.domain.batches import Batch, Counts, Follower, Move, Transfer, When, member_id
from command_api.domain.errors import Unavailable
from command_api.domain.model import Failure, Status, Submission
from command_api.usecases.batches import CancelMembers
from command_api.usecases.count import CountMembers, EndBatch
from command_api.usecases.relay import OutboxRelay
from command_api.usecases.submit import SubmitCommands
from command_api.usecases.transfer import TransferBatch
from tests.builders import MESSAGE_LIFE, NOW, TEMPORARY, attempt
from tests.fakes.batch_files import InMemoryBatchFiles
from tests.fakes.batches import InMemoryBatches
from tests.fakes.commands import InMemoryCommands
from tests.fakes.outbox import InMemoryOutbox, InMemorySender
from tests.property.batches import FAILURE_RATE, SHARDS, Faulty, quiet
from tests.property.invocation import Died

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from random import Random

    from command_api.domain.model import Command

RETENTION = timedelta(days=30)
# A slice of virtual time between two invocations.
TICK = timedelta(seconds=1)
BAD = b"{no JSON"
# A slice has a thousand calls: this many of them fail, so that every other slice does.
PER_MEMBER = 0.001


def object_of(total: int, random: Random) -> bytes:
    """So many lines, one of a hundred of which is no command."""
    lines = [
        BAD
        if random.random() < 0.01
        else json.dumps({"n": n, "x": "x" * random.randrange(40)}).encode()
        for n in range(1, total + 1)
    ]
    return b"\n".join(lines) + (b"\n" if random.random() < 0.5 else b"")


def read_line(line: bytes, batch: Batch, number: int, now: datetime) -> Submission | Failure:
    """A line's command."""
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        return Failure(code="invalid_line", message="No JSON.", retryable=False)
    return Submission(
        id=member_id(batch.id, number),
        type="echo",
        input=found,
        submitted_at=now,
        batch=batch.id,
    )


@dataclass
class InAnyOrder:
    """A thread pool without threads; where one call dies, those that come later are not made."""

    random: Random

    def __enter__(self) -> Self:
        """Nothing to start."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to wait for."""

    def map(self, act: Callable[[Any], Any], given: Iterable[Any]) -> list[Any]:
        """Act on each; the answers are in the order of what was given."""
        numbered = list(enumerate(given))
        answers = {number: act(one) for number, one in self.random.sample(numbered, len(numbered))}
        return [answers[number] for number, _ in numbered]


@dataclass
class World:
    """One batch, and all that happens to it."""

    random: Random
    total: int
    when: When = When.ALL
    # The share of members that fail, and at which number of lines somebody cancels.
    failing: float = 0.05
    cancel_at: int | None = None
    # How many messages the worker takes for each transfer.
    speed: int = 2_000
    now: datetime = NOW
    batches: InMemoryBatches = field(default_factory=InMemoryBatches)
    commands: InMemoryCommands = field(default_factory=InMemoryCommands)
    files: InMemoryBatchFiles = field(default_factory=InMemoryBatchFiles)
    sender: InMemorySender = field(default_factory=InMemorySender)
    # Messages of the queue of transfers that are to be delivered.
    queue: deque[str] = field(default_factory=deque)
    shards: dict[str, deque[Move]] = field(default_factory=dict)
    runs: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    invocations: int = 0
    position: int = 0
    taken: int = 0
    most_waiting: int = 0

    def __post_init__(self) -> None:
        """Upload, and listen to every change of a member."""
        self.outbox = InMemoryOutbox(self.commands)
        content = object_of(self.total, self.random)
        self.bad = content.split(b"\n").count(BAD)
        self.files.uploads["b"] = content
        batch = Batch(
            id="b",
            total=0,
            created_at=NOW,
            work="w",
            purge_at=NOW + timedelta(days=1),
            when=self.when,
            transfer=Transfer(size=len(content), digest="0" * 64),
        )
        self.batches.create(batch, Follower(self.when, "echo", {"done": True}))
        self.queue.append("b")
        put = self.commands.put

        def heard(command: Command) -> None:
            before = self.commands.commands.get(command.id)
            put(command)
            if command.batch:
                self._move(command.id, before.status if before else None, command.status)

        self.commands.put = heard  # type: ignore[method-assign]

    def _move(self, command_id: str, before: Status | None, after: Status) -> None:
        shard = str(crc32(command_id.encode()) % SHARDS)
        self.position += 1
        position = str(self.position).zfill(40)
        self.shards.setdefault(shard, deque()).append(Move("b", position, before, after))

    def run(self) -> World:
        """Until nothing is left to do."""
        idle, ticks = 0, 0
        while idle < 3:
            ticks += 1
            self.now += TICK
            busy = [self._transfer(), self._work(), self._count()]
            self._cancel()
            # What was stored and not sent, the relay sends some minutes later.
            idle = 0 if any(busy) else idle + 1
            if idle or ticks % 50 == 0:
                self.now += timedelta(minutes=10)
                self._relay()
        return self

    def _port(self, target: object, rate: float = FAILURE_RATE) -> Any:
        return Faulty(target, self.random, self.troubles, rate)

    def _submit(self) -> SubmitCommands:
        sender = self._port(self.sender)
        sender.takes = lambda _: True
        return SubmitCommands(
            outbox=self._port(self.outbox, PER_MEMBER),
            sender=sender,
            logger=quiet(),
            message_life=MESSAGE_LIFE,
            clock=lambda: self.now,
            jitter=lambda: timedelta(milliseconds=self.random.randrange(1000)),
        )

    def _end(self) -> EndBatch:
        return EndBatch(
            batches=self._port(self.batches),
            submit=self._submit(),
            logger=quiet(),
            retention=RETENTION,
            list_results=self._port(self).enqueue,
            clock=lambda: self.now,
        )

    def enqueue(self, batch_id: str) -> None:
        """Have something done for a batch."""
        self.queue.append(batch_id)

    def _transfer(self) -> bool:
        """One invocation, or two of the same message at the same time, one after the other."""
        if not self.queue:
            return False
        batch_id = self.queue.popleft()
        for _ in range(2 if self.random.random() < 0.05 else 1):
            self._invoke(batch_id)
        return True

    def _invoke(self, batch_id: str) -> None:
        self.invocations += 1
        store = self._port(self.commands, PER_MEMBER)
        transfer = TransferBatch(
            batches=self._port(self.batches),
            files=self._port(self.files),
            store=store,
            commands=store,
            submit=self._submit(),
            cancel=CancelMembers(store=store, retention=RETENTION, clock=lambda: self.now),
            end=replace(self._end(), list_results=lambda _: None),
            read_line=read_line,
            logger=quiet(),
            retention=RETENTION,
            clock=self._later,
        )
        try:
            wait = transfer(batch_id, until=self.now + timedelta(seconds=60))
            if wait is not None:
                self._port(self).enqueue(batch_id)
        except (Died, Unavailable):
            # The message comes back.
            self.queue.append(batch_id)

    def _later(self) -> datetime:
        """A clock that goes on while a transfer looks at it."""
        self.now += timedelta(milliseconds=50)
        return self.now

    def _work(self) -> bool:
        """The worker claims and finishes what its messages name, each once."""
        waiting = self.sender.messages[self.taken :][: self.speed]
        self.taken += len(waiting)
        self.most_waiting = max(self.most_waiting, len(self.sender.messages) - self.taken)
        for message in waiting:
            self._run(message)
        return bool(waiting)

    def _run(self, message: Command) -> None:
        entry = message.pending_entry
        asked = Submission(
            id=message.id,
            type=message.type,
            input=(entry and entry.input) or {},
            submitted_at=message.created_at,
        )
        claim = self.commands.claim(
            asked,
            attempt(token=f"t-{self.random.random()}", at=self.now, message_id=message.id),
        )
        if not claim.won or claim.command.lease is None:
            return
        self.runs[message.id] += 1
        if crc32(message.id.encode()) % 1000 < 1000 * self.failing and message.batch:
            ended = claim.command.failed(TEMPORARY, now=self.now, purge_at=self.now + RETENTION)
        else:
            ended = claim.command.completed(
                {"id": message.id}, now=self.now, purge_at=self.now + RETENTION
            )
        self.commands.finish(ended, claim.command.lease.token)

    def _count(self) -> bool:
        """One delivery of each shard, in batches of any size, again until it succeeds."""
        open_ = [shard for shard, moves in self.shards.items() if moves]
        for shard in open_:
            moves = self.shards[shard]
            size = min(len(moves), self.random.randint(1, 1000))
            batch = [moves[n] for n in range(size)]
            count = CountMembers(
                batches=self._port(self.batches),
                end=self._end(),
                retention=RETENTION,
                clock=lambda: self.now,
            )
            try:
                count(shard, batch, until=self.now + timedelta(seconds=60))
            except (Died, Unavailable):
                continue
            for _ in range(size):
                moves.popleft()
        return bool(open_)

    def _cancel(self) -> None:
        known = self.batches.headers["b"]
        if self.cancel_at is not None and known.total >= self.cancel_at:
            self.cancel_at = None
            self.batches.cancel(known, now=self.now)
            self.queue.append("b")

    def _relay(self) -> None:
        relay = OutboxRelay(
            outbox=self.outbox,
            sender=self.sender,
            logger=quiet(),
            message_life=MESSAGE_LIFE,
            clock=lambda: self.now,
        )
        relay(deadline=self.now + timedelta(seconds=60))

    @property
    def batch(self) -> Batch:
        """The batch as it is stored."""
        return self.batches.headers["b"]

    @property
    def counts(self) -> Counts:
        """What was counted."""
        return self.batches.find("b").counts

    def _members(self) -> dict[str, Command]:
        return {one: it for one, it in self.commands.commands.items() if it.batch}

    def contradictions(self) -> list[str]:
        """Lines that are lost or ran twice, wrong counts, and results that say something else."""
        wrong, members, batch = [], self._members(), self.batch
        ids = set(batch.member_ids)
        if set(members) != ids:
            wrong.append(
                f"{len(ids - set(members))} lines lost, {len(set(members) - ids)} too many"
            )
        twice = sorted(one for one, runs in self.runs.items() if runs > 1)
        if twice:
            wrong.append(f"{len(twice)} ran twice, like {twice[0]}")
        truth = Counter(one.status for one in members.values())
        right = Counts(0, truth[Status.COMPLETED], truth[Status.FAILED], truth[Status.CANCELLED])
        if self.counts != right:
            wrong.append(f"counted {self.counts}, right is {right}")
        if batch.ended_at is None or not batch.ended(self.counts):
            wrong.append(f"not ended: {batch}")
        follows = self.when is When.ALL or right.completed == batch.total
        if self.runs["b.then"] != int(follows):
            wrong.append(f"what follows ran {self.runs['b.then']} times")
        return [*wrong, *self._wrong_results(members)]

    def _wrong_results(self, members: dict[str, Command]) -> Iterable[str]:
        if self.batch.transfer is None or not self.batch.transfer.written:
            yield "no results"
            return
        lines = self.files.results["b"].splitlines()
        if len(lines) != self.batch.total:
            yield f"{len(lines)} results of {self.batch.total}"
        for number, line in enumerate(lines, 1):
            found, member = json.loads(line), members[f"b.{number}"]
            if (found["line"], found["id"], found["status"]) != (number, member.id, member.status):
                yield f"result {number} is {found}"
                return
            if member.status is Status.COMPLETED and found["result"] != {"id": member.id}:
                yield f"result {number} is {found}"
                return
