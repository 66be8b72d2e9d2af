"""A day of commands that start more than 15 minutes ahead, in virtual time.

The real use cases and the real adapter of EventBridge Scheduler, around a model of SQS. A schedule
fires at any second of its minute, as AWS documents it, a delay is a whole number of seconds, and a
message waits for a poll.
"""

from __future__ import annotations

import json
import logging
import math
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import TYPE_CHECKING, Any

from command_api.adapters.schedules import EventBridgeSchedules
from command_api.domain.retry import RetryPolicy
from command_api.domain.timing import FARTHEST
from command_api.usecases.process import ProcessMessage
from command_api.usecases.runtime import Runtime
from tests.fakes.commands import InMemoryCommands, InMemorySecrets
from tests.property.hour import TimedQueue
from tests.property.sqs import START

if TYPE_CHECKING:
    from command_api.domain.context import Context
    from command_api.domain.message import Message
    from command_api.domain.model import JSON

HOURS = 24
# AWS says that a schedule invokes its target with a precision of 60 seconds:
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
_PRECISION_SECONDS = 60.0
# How long a message of an empty queue waits for one of Lambda's pollers, at most.
_POLL_SECONDS = 0.3
_COPY_OF = re.compile(r"(\S+) (\d+)")


class SecondsQueue(TimedQueue):
    """A queue whose delays are whole seconds, as the adapter asks for them."""

    def copy(self, message: Message, seconds: float) -> None:
        """SendMessage with a delay."""
        super().copy(message, float(math.ceil(seconds)))


@dataclass
class Scheduler:
    """The client of EventBridge Scheduler, and the schedules by when they fire."""

    random: Random
    schedules: dict[str, dict[str, Any]] = field(default_factory=dict)
    due: list[tuple[float, str]] = field(default_factory=list)

    def create_schedule(self, **asked: Any) -> None:
        """Keep it; when within its minute it fires is left to chance."""
        at = datetime.fromisoformat(f"{asked['ScheduleExpression'][3:-1]}+00:00")
        fires = (at - START).total_seconds() + self.random.uniform(0, _PRECISION_SECONDS)
        self.schedules[asked["Name"]] = json.loads(asked["Target"]["Input"])
        heappush(self.due, (fires, asked["Name"]))

    def delete_schedule(self, **asked: Any) -> None:
        """Forget it, and do not fire it."""
        self.schedules.pop(asked["Name"], None)


@dataclass
class Day:
    """So many commands, whose starts spread over a day; `late` is by how much each was, in s."""

    number: int
    seed: int = 1
    now: float = 0.0
    late: list[float] = field(default_factory=list)
    runs: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Set everything up."""
        self.random = Random(self.seed)  # noqa: S311 - the same in every run
        self.queue = SecondsQueue(lambda: self.now, 240)
        self.scheduler = Scheduler(self.random)
        self.wanted: dict[str, float] = {}
        quiet = logging.getLogger("quiet")
        quiet.disabled = True
        self.process = ProcessMessage(
            Runtime(
                store=InMemoryCommands(),
                queue=self.queue,
                secrets=InMemorySecrets(),
                handlers={"echo": self._start},
                default_type="echo",
                policy=RetryPolicy(max_attempts=3),
                retention=timedelta(days=30),
                message_life=timedelta(days=4),
                logger=quiet,
                clock=self.clock,
                reach=FARTHEST,
                schedules=EventBridgeSchedules(
                    lambda: self.scheduler, "group", "arn:aws:iam::1:role/r", "url"
                ),
            )
        )

    def clock(self) -> datetime:
        """The time."""
        return START + timedelta(seconds=self.now)

    def play(self) -> Day:
        """Submit everything, and let the day pass."""
        for number in range(self.number):
            at = round(self.random.uniform(901, HOURS * 3_600), 3)
            self.wanted[f"c-{number}"] = at
            text = (START + timedelta(seconds=at)).isoformat(timespec="milliseconds")
            self.queue.send(json.dumps({"notBefore": text}), f"c-{number}")
        while (following := self._next()) is not None:
            self.now = max(self.now, following)
            self._fire()
            self._deliver()
        return self

    def _next(self) -> float | None:
        due = self.scheduler.due
        fires, visible = due[0][0] if due else None, self.queue.next_visible()
        return min((one for one in (fires, visible) if one is not None), default=None)

    def _fire(self) -> None:
        due = self.scheduler.due
        while due and due[0][0] <= self.now:
            sent = self.scheduler.schedules.pop(heappop(due)[1], None)
            if sent is None:
                continue
            named = {name: one["StringValue"] for name, one in sent["MessageAttributes"].items()}
            found = _COPY_OF.fullmatch(named["copy_of"])
            assert found is not None
            stands_for = (found[1], int(found[2]) / 1000 - START.timestamp())
            self.queue.send(sent["MessageBody"], named["command_id"], copy_of=stands_for)

    def _deliver(self) -> None:
        for message in self.queue.receive(10):
            arrived = self.now
            self.now += self.random.uniform(0, _POLL_SECONDS)
            self.process(message, deadline=self.clock() + timedelta(seconds=30))
            self.queue.delete([message])
            self.now = arrived

    def _start(self, _input: object, context: Context) -> JSON:
        command_id = context.command.id
        self.runs[command_id] = self.runs.get(command_id, 0) + 1
        self.late.append(self.now - self.wanted[command_id])
        return None
