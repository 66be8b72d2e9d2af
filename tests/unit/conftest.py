"""A worker in memory, with a clock that tests turn by hand."""

from __future__ import annotations

import importlib
import logging
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain.context import registered
from command_api.domain.retry import RetryPolicy
from command_api.domain.timing import LONGEST_DELAY
from command_api.usecases.batch import ProcessBatch
from command_api.usecases.pause import Pause
from command_api.usecases.process import ProcessMessage
from command_api.usecases.rates import Rates
from command_api.usecases.runtime import Runtime
from tests.builders import FUNCTION_ENVIRONMENT, NOW, message
from tests.fakes.commands import InMemoryCommands, InMemoryQueue, InMemorySecrets
from tests.fakes.rates import InMemoryBuckets
from tests.unit.attempts import Attempts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from types import ModuleType

    from command_api.domain.context import Context, Handler, Registered
    from command_api.domain.decision import Then
    from command_api.domain.message import Message
    from command_api.domain.model import JSON, Command
    from command_api.domain.violations import Violation


@dataclass
class Bench:
    """The process use case with everything around it at hand."""

    store: InMemoryCommands = field(default_factory=InMemoryCommands)
    queue: InMemoryQueue = field(default_factory=InMemoryQueue)
    handlers: dict[str, Handler | Registered] = field(default_factory=dict)
    now: datetime = NOW
    check: Callable[[str, Mapping[str, JSON]], Sequence[Violation]] = lambda *_: ()
    check_result: Callable[[str, JSON], Sequence[Violation]] = lambda *_: ()
    seen: list[Context] = field(default_factory=list)
    paused: set[str] = field(default_factory=set)
    log_exception_text: bool = False
    schedules: Any = None
    outcomes: bool = True
    reach: timedelta = LONGEST_DELAY
    buckets: InMemoryBuckets = field(default_factory=InMemoryBuckets)
    measured: list[tuple[str, str, dict[str, float]]] = field(default_factory=list)
    _tokens: count[int] = field(default_factory=lambda: count(1))

    def handle(self, behaviour: Callable[[Context], JSON]) -> None:
        """Let `echo` do this, and remember every context that it is given."""

        def handler(_input: object, context: Context) -> JSON:
            self.seen.append(context)
            return behaviour(context)

        self.handlers["echo"] = handler

    def deliver(self, given: Message | None = None, *, alone: bool = False) -> Then:
        """Deliver a message now, to a function with 30 seconds to go."""
        deadline = self.now + timedelta(seconds=30)
        return ProcessMessage(self.runtime)(given or message(), deadline=deadline, alone=alone)

    @property
    def runtime(self) -> Runtime:
        """What the worker works with, on this bench."""
        return Runtime(
            store=self.store,
            queue=self.queue,
            secrets=InMemorySecrets({"partner": "s3cret"}),
            handlers=self.handlers,
            default_type="echo",
            policy=RetryPolicy(max_attempts=3, base_seconds=2),
            retention=timedelta(days=30),
            message_life=timedelta(days=4),
            logger=logging.getLogger("worker"),
            clock=lambda: self.now,
            new_token=lambda: f"attempt-{next(self._tokens)}",
            check=self.check,
            check_result=self.check_result,
            spread=lambda: 1.0,
            sleep=self.pass_time,
            measure=lambda *noted: self.measured.append(noted),
            log_exception_text=self.log_exception_text,
            schedules=self.schedules,
            reach=self.reach,
            outcomes=self.outcomes,
        )

    def worker(self, *, fifo: bool = False, concurrency: int = 4) -> ProcessBatch:
        """A worker process on this bench."""
        runtime = replace(self.runtime, fifo=fifo)
        process = ProcessMessage(runtime)
        pause = Pause(types=self.paused, runtime=runtime, seconds=240)
        limited = any(registered(one).rate for one in self.handlers.values())
        return ProcessBatch(
            process=process,
            pause=pause,
            concurrency=concurrency,
            rates=Rates(self.buckets, process, pause) if limited else None,
        )

    def batch(self, *messages: Message, fifo: bool = False, concurrency: int = 4) -> list[str]:
        """Deliver a batch now to a new worker; the ids of the messages that come back."""
        deadline = self.now + timedelta(seconds=30)
        run = self.worker(fifo=fifo, concurrency=concurrency)
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


@pytest.fixture
def worker_function(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The worker's entrypoint, imported in the environment of a function."""
    for name, value in FUNCTION_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return importlib.import_module("command_api.entrypoints.worker")


@pytest.fixture
def attempt() -> Attempts:
    """Attempts at the command c-1, with 30 seconds to go."""
    return Attempts()
