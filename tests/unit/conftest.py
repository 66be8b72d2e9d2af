"""A worker in memory, with a clock that tests turn by hand."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest

from command_api.adapters.memory import InMemoryCommands, InMemoryQueue, InMemorySecrets
from command_api.domain.retry import RetryPolicy
from command_api.usecases.batch import ProcessBatch
from command_api.usecases.pause import Pause
from command_api.usecases.process import ProcessMessage
from command_api.usecases.rescue import Rescue
from tests.builders import NOW, message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from command_api.domain.context import Context, Handler, Registered
    from command_api.domain.message import Message
    from command_api.domain.model import JSON, Command
    from command_api.domain.violations import Violation
    from command_api.usecases.record import Outcome


@dataclass
class Bench:
    """The process use case with everything around it at hand."""

    store: InMemoryCommands = field(default_factory=InMemoryCommands)
    queue: InMemoryQueue = field(default_factory=InMemoryQueue)
    handlers: dict[str, Handler | Registered] = field(default_factory=dict)
    now: datetime = NOW
    check: Callable[[str, Mapping[str, JSON]], Sequence[Violation]] = lambda *_: ()
    seen: list[Context] = field(default_factory=list)
    paused: set[str] = field(default_factory=set)
    measured: list[tuple[str, str, dict[str, float]]] = field(default_factory=list)
    _tokens: count[int] = field(default_factory=lambda: count(1))

    def handle(self, behaviour: Callable[[Context], JSON]) -> None:
        """Let `echo` do this, and remember every context that it is given."""

        def handler(_input: object, context: Context) -> JSON:
            self.seen.append(context)
            return behaviour(context)

        self.handlers["echo"] = handler

    def deliver(self, given: Message | None = None, *, takes_over: bool = False) -> Outcome:
        """Deliver a message now, to a function with 30 seconds to go."""
        deadline = self.now + timedelta(seconds=30)
        return self.process(given or message(), deadline=deadline, takes_over=takes_over)

    @property
    def process(self) -> ProcessMessage:
        """The use case, on this bench."""
        return ProcessMessage(
            store=self.store,
            queue=self.queue,
            secrets=InMemorySecrets({"partner": "s3cret"}),
            handlers=self.handlers,
            default_type="echo",
            policy=RetryPolicy(max_attempts=3, base_seconds=2),
            retention=timedelta(days=30),
            logger=logging.getLogger("worker"),
            clock=lambda: self.now,
            new_token=lambda: f"attempt-{next(self._tokens)}",
            check=self.check,
            jitter=lambda _low, high: high,
            sleep=self.pass_time,
            measure=lambda *noted: self.measured.append(noted),
        )

    def batch(self, *messages: Message, fifo: bool = False, concurrency: int = 4) -> list[str]:
        """Deliver a batch now; the ids of the messages that come back."""
        process = self.process
        rescue = Rescue(
            store=self.store,
            queue=self.queue,
            max_receives=3,
            clock=lambda: self.now,
            logger=process.logger,
        )
        pause = Pause(types=self.paused, process=process, seconds=240)
        run = ProcessBatch(
            process=process, rescue=rescue, concurrency=concurrency, fifo=fifo, pause=pause
        )
        deadline = self.now + timedelta(seconds=30)
        return [returned.message_id for returned in run(messages, deadline=deadline)]

    def pass_time(self, seconds: float) -> None:
        """Turn the clock."""
        self.now += timedelta(seconds=seconds)

    @property
    def command(self) -> Command:
        """The command c-1 as it is stored."""
        return self.store.commands["c-1"]


@pytest.fixture
def bench() -> Bench:
    """A bench whose `echo` succeeds."""
    bench = Bench()
    bench.handle(lambda context: {"attempt": context.attempt})
    return bench
