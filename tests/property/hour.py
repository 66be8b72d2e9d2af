"""Hours of a fleet of workers in virtual time: the real use cases around a model of SQS.

A worker is a process that takes batch after batch; an invocation ends at once and is charged the
seconds that it would have taken. Whatever is away is away for all of them.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from command_api.domain.model import Status
from command_api.domain.retry import RetryPolicy
from command_api.usecases.batch import ProcessBatch
from command_api.usecases.pause import Pause
from command_api.usecases.process import ProcessMessage
from command_api.usecases.runtime import Runtime
from tests.fakes.commands import InMemoryCommands, InMemorySecrets
from tests.property.fifo import FifoQueue
from tests.property.invocation import Died
from tests.property.sqs import START, VISIBILITY_SECONDS, Mail, ModelQueue

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api.domain.context import Handlers
    from command_api.domain.message import Message
    from command_api.usecases.rates import Rates

RETENTION_SECONDS = 86_400.0
# What module `queue` derives from the two.
MAX_RECEIVES = int(RETENTION_SECONDS / 2 / VISIBILITY_SECONDS)
HOUR = 3_600.0
BATCH = 10
# What a batch takes; the other one where the table hangs until the client gives up.
WORK_SECONDS, HANGING_SECONDS = 0.1, 8.0


class TimedQueue(ModelQueue):
    """A standard queue that finds what is visible without a look at all messages."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._by_time: list[tuple[float, int, Mail]] = []
        self._order = count()

    def send(self, *args: Any, **named: Any) -> Mail:
        """Put a message into the queue."""
        return self._note(super().send(*args, **named))

    def receive(self, most: int) -> list[Message]:
        """Hand out what has been visible for longest."""
        visible: list[Mail] = []
        while self._by_time and len(visible) < most and self._by_time[0][0] <= self.now():
            at, _, mail = heappop(self._by_time)
            if self.mails.get(mail.message_id) is mail and mail.visible == at:
                visible.append(mail)
        received = self._hand_out(visible, most)
        for mail in visible:
            self._note(mail)
        return received

    def delay(self, receipt_handle: str, seconds: float) -> None:
        """ChangeMessageVisibility."""
        super().delay(receipt_handle, seconds)
        self._note(self.mails[receipt_handle.partition("#")[0]])

    def next_visible(self) -> float | None:
        """About when the next message can be received."""
        return self._by_time[0][0] if self._by_time else None

    def _note(self, mail: Mail) -> Mail:
        if mail.message_id in self.mails:
            heappush(self._by_time, (mail.visible, next(self._order), mail))
        return mail


class _InLine:
    """A thread pool without threads."""

    def __init__(self, *_: object) -> None: ...

    def map(self, run: Callable[[Any], None], lanes: list[Any]) -> list[None]:
        for lane in lanes:
            run(lane)
        return []


@dataclass
class Table(InMemoryCommands):
    """A table that is away when the hour says so, and knows who dies at a claim."""

    hour: Hour | None = None

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in {"claim", "finish", "replace", "record"}:
            return found
        hour = super().__getattribute__("hour")

        def call(*args: Any) -> Any:
            hour.on_call(name, args)
            return found(*args)

        return call


@dataclass
class Hour:
    """A queue, a table and workers; each scenario says what goes wrong and until when."""

    fifo: bool = False
    workers: int = 10
    concurrency: int = BATCH
    handler_seconds: float = 0.0
    now: float = 0.0
    table_away_until: float = 0.0
    import_fails_until: float = 0.0
    throttled_until: float = 0.0
    # What a poller that finds nothing waits at least.
    least_wait: float = 0.5
    killers: set[str] = field(default_factory=set)
    ended: dict[str, float] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    died_at: dict[str, float] = field(default_factory=dict)
    deaths: int = 0
    _dead: bool = False
    _hung: bool = False

    def __post_init__(self) -> None:
        """Open the queue and the table."""
        kind = FifoQueue if self.fifo else TimedQueue
        self.queue = kind(lambda: self.now, MAX_RECEIVES, on_death=self._dead_lettered)
        self.table = Table(hour=self)
        self.random = Random(11)  # noqa: S311 - the same hour in every run
        self.processes = [self._process() for _ in range(self.workers)]

    def submit(self, number: int, group: str = "") -> None:
        """A client's request."""
        self.queue.submit('{"type": "echo"}', f"c-{number}", group)

    def play(self, until: float, arrivals: dict[float, int] | None = None) -> None:
        """Let the workers work until that time, or until nothing is left to do."""
        free = [(self.now, number) for number in range(self.workers)]
        coming = sorted((arrivals or {}).items())
        with patch("command_api.usecases.batch.ThreadPoolExecutor", _InLine):
            while free and self.now < until:
                self.now, worker = heappop(free)
                while coming and coming[0][0] <= self.now:
                    self.submit(coming.pop(0)[1])
                self._expire()
                took = self._invoke(worker)
                if took is None:
                    due = [self.queue.next_visible(), coming[0][0] if coming else None]
                    later = [at for at in due if at is not None]
                    if not later:
                        continue
                    took = max(self.least_wait, min(later) - self.now)
                heappush(free, (self.now + took, worker))

    def on_call(self, name: str, args: tuple[Any, ...]) -> None:
        """What a call of the table meets."""
        if name == "claim" and args[0].id in self.killers:
            self._dead = True
        if self._dead:
            raise Died
        if self.now < self.table_away_until:
            self._hung = True
            raise ConnectionError

    def handlers(self) -> Handlers:
        """What the workers run."""
        return {"echo": self._handle}

    def begin(self, _context: Any) -> None:
        """A handler begins."""

    def sleep(self, _seconds: float) -> None:
        """No time passes."""

    def rates(self, _process: ProcessMessage, _pause: Pause) -> Rates | None:
        """What keeps to the rates of types; no type has one."""
        return None

    @property
    def completed(self) -> int:
        """How many commands have succeeded."""
        return sum(one.status is Status.COMPLETED for one in self.table.commands.values())

    @property
    def attempts_lost(self) -> int:
        """How many attempts the completed commands took beyond their first."""
        return sum(one.attempts - 1 for one in self.table.commands.values())

    def figures(self) -> str:
        """What became of the commands, as one line."""
        last = max(self.ended.values(), default=0.0)
        return (
            f"{self.completed:,} completed, {len(self.queue.dead)} dead-letter messages, "
            f"{self.attempts_lost} attempts lost, {len(self.lost)} lost, "
            f"the last one ended after {last / 60:.0f} minutes"
        )

    def _invoke(self, worker: int) -> float | None:
        """One invocation; how many seconds it took, None where nothing waits."""
        messages = self.queue.receive(BATCH)
        if not messages:
            return None
        if self.now < max(self.import_fails_until, self.throttled_until):
            return 1.0
        self._dead = self._hung = False
        deadline = self._clock() + timedelta(seconds=30)
        try:
            returned = self.processes[worker](messages, deadline=deadline)
        except Died:
            returned = []
        if self._dead:
            self.deaths += 1
            self.processes[worker] = self._process()
            return WORK_SECONDS
        self.queue.delete([message for message in messages if message not in returned])
        return HANGING_SECONDS if self._hung else WORK_SECONDS

    def _expire(self) -> None:
        """SQS drops what is older than its retention; in this order they were sent."""
        oldest = next(iter(self.queue.mails.values()), None)
        if oldest is not None and self.now - oldest.sent > RETENTION_SECONDS:
            self.lost.append(self.queue.mails.pop(oldest.message_id).command_id)

    def _dead_lettered(self, mail: Mail) -> None:
        self.died_at[mail.command_id] = self.now

    def _clock(self) -> datetime:
        return START + timedelta(seconds=self.now)

    def _handle(self, _input: object, context: Any) -> None:
        self.begin(context)
        self.now += self.handler_seconds
        self.ended[context.command.id] = self.now

    def _process(self) -> ProcessBatch:
        log = logging.getLogger("quiet")
        log.disabled = True
        runtime = Runtime(
            store=self.table,
            queue=self.queue,
            secrets=InMemorySecrets(),
            handlers=self.handlers(),
            default_type="echo",
            policy=RetryPolicy(),
            retention=timedelta(days=30),
            message_life=timedelta(days=4),
            logger=log,
            fifo=self.fifo,
            clock=self._clock,
            spread=self.random.random,
            sleep=self.sleep,
        )
        process = ProcessMessage(runtime)
        pause = Pause(types=(), runtime=runtime, seconds=240)
        return ProcessBatch(
            process=process,
            pause=pause,
            concurrency=self.concurrency,
            rates=self.rates(process, pause),
            shuffled=lambda lanes: self.random.sample(lanes, len(lanes)),
        )
