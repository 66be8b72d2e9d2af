"""Days of a fleet of webhook senders in virtual time: the real sender between a table, a queue and
receivers, each of whose calls may fail or end the process, before its effect or after it.
"""

from __future__ import annotations

import importlib
import logging
import os
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from command_api.domain import envelope
from command_api.domain.errors import Retryable, Unavailable
from command_api.domain.retry import RetryPolicy
from command_api.usecases.batch import ProcessBatch
from command_api.usecases.pause import Pause
from command_api.usecases.process import ProcessMessage
from command_api.usecases.runtime import Runtime
from command_api.webhooks.circuits import Circuits
from tests.builders import FUNCTION_ENVIRONMENT
from tests.fakes.commands import InMemoryCommands, InMemorySecrets
from tests.property.hour import BATCH, TimedQueue
from tests.property.invocation import Died
from tests.property.receivers import Receivers
from tests.property.sqs import START

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from random import Random

    from command_api.domain.context import Handlers
    from command_api.domain.message import Message
    from tests.property.receivers import Reply
    from tests.property.sqs import Mail

# As modules/webhooks sets them, and what module `queue` derives from them.
TIMEOUT_SECONDS, WORKERS = 30.0, 10
LIFE = timedelta(days=5)
MAX_RECEIVES = 1_000
KEY = "webhook-signing-key"
# What an invocation takes besides its calls of receivers.
OVERHEAD_SECONDS = 0.05
SETTINGS = {**FUNCTION_ENVIRONMENT, "WEBHOOK_SECRETS": KEY, "WEBHOOK_ALLOWED_HOSTS": "*"}
_AWAY = Unavailable("injected")
_UNREACHABLE = Retryable("unreachable", code="webhook_unreachable")


@dataclass
class Calls:
    """A table or a queue whose every call may fail, or end the process."""

    world: Sending
    target: Any

    def __getattr__(self, name: str) -> Any:
        """The target's method, with what may go wrong before and after it."""
        found = getattr(self.target, name)
        return lambda *args, **named: self.world.call(lambda: found(*args, **named))


@dataclass
class _SideBySide:
    """A thread pool without threads: all lanes begin at the same time."""

    world: Sending

    def map(self, run: Callable[[Any], None], lanes: Sequence[Any]) -> list[None]:
        """Run the lanes, and be done when the last one is."""
        began = longest = self.world.spent
        for lane in lanes:
            self.world.spent = began
            run(lane)
            longest = max(longest, self.world.spent)
        self.world.spent = longest
        return []


class FairQueue(TimedQueue):
    """A standard queue with message groups: what has least in flight comes first.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
    """

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.group_of: Mapping[str, str] = {}
        self._groups: dict[str, list[tuple[float, int, Mail]]] = {}
        self._flying: dict[str, dict[str, float]] = {}

    def receive(self, most: int) -> list[Message]:
        """Hand out what is visible, from the group with the fewest messages in flight first."""
        received: list[Message] = []
        while len(received) < most:
            mail = self._next()
            if mail is None:
                return received
            received += self._hand_out([mail], 1)
            self._note(mail)
            group = self.group_of[mail.command_id]
            self._flying.setdefault(group, {})[mail.message_id] = mail.visible
        return received

    def delay(self, receipt_handle: str, seconds: float) -> None:
        """ChangeMessageVisibility: the message is not in flight any more."""
        super().delay(receipt_handle, seconds)
        self._landed(receipt_handle.partition("#")[0])

    def delete(self, messages: Sequence[Message]) -> None:
        """DeleteMessageBatch."""
        super().delete(messages)
        for message in messages:
            self._landed(message.message_id)

    def next_visible(self) -> float | None:
        """About when the next message can be received."""
        return min((heap[0][0] for heap in self._groups.values() if heap), default=None)

    def _landed(self, message_id: str) -> None:
        for flying in self._flying.values():
            flying.pop(message_id, None)

    def _next(self) -> Mail | None:
        now, best = self.now(), None
        for group, heap in self._groups.items():
            while heap and (self.mails.get(heap[0][2].message_id), heap[0][2].visible) != (
                heap[0][2],
                heap[0][0],
            ):
                heappop(heap)
            if heap and heap[0][0] <= now:
                flying = sum(until > now for until in self._flying.get(group, {}).values())
                rank = (flying, heap[0][0])
                best = min(best or (rank, group), (rank, group))
        return heappop(self._groups[best[1]])[2] if best else None

    def _note(self, mail: Mail) -> Mail:
        if mail.message_id in self.mails:
            heap = self._groups.setdefault(self.group_of[mail.command_id], [])
            heappush(heap, (mail.visible, next(self._order), mail))
        return mail


class _Circuits(Circuits):
    """What is learned of receivers by calls that begin together is known to none of them."""

    def __init__(self, world: Sending) -> None:
        super().__init__(lambda: world.seconds, world.random.random)
        self._noted: list[tuple[float, str, float]] = []

    def note(self, host: str, took: float) -> None:
        """Keep it for later."""
        self._noted.append((self.clock(), host, took))

    def learn(self) -> None:
        """The invocation is over."""
        for _, host, took in sorted(self._noted):
            super().note(host, took)
        self._noted.clear()


@dataclass
class Sending:
    """Senders and all that is around them; `trouble` says what happens at which call."""

    replies: Mapping[str, Callable[[float], Reply]]
    random: Random
    trouble: Callable[[int], str] = lambda _call: ""
    workers: int = WORKERS
    now: float = 0.0
    # What the invocation that is running has taken so far.
    spent: float = 0.0
    calls: int = 0
    deaths: int = 0
    invocations: int = 0
    coming: list[tuple[float, Mapping[str, Any]]] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    table: InMemoryCommands = field(default_factory=InMemoryCommands)
    _dead: bool = False
    _troubled: bool = False
    _handlers: Handlers = field(default_factory=dict)
    _circuits: list[_Circuits] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the queue."""
        self.receivers = Receivers(self.replies, lambda: self.seconds, self.spend)
        self.queue = FairQueue(lambda: self.seconds, MAX_RECEIVES, between=self._between)
        self.queue.group_of = self.owners

    @property
    def seconds(self) -> float:
        """The time, within the invocation that is running."""
        return self.now + self.spent

    def clock(self) -> datetime:
        """The same as a moment."""
        return START + timedelta(seconds=self.seconds)

    def spend(self, seconds: float) -> None:
        """Let time pass."""
        self.spent += seconds

    def call(self, effect: Callable[[], Any], trouble: Exception = _AWAY) -> Any:
        """One call of a table, a queue or a receiver; `trouble` is how it fails."""
        if self._dead:
            raise Died
        self.calls += 1
        event = self.trouble(self.calls)
        self._troubled |= bool(event)
        if event == "die before":
            self._die()
        if event == "fail":
            raise trouble
        answer = effect()
        if self.spent >= TIMEOUT_SECONDS:
            self._troubled = True
        if event == "die after" or self.spent >= TIMEOUT_SECONDS:
            self._die()
        if event == "answer lost":
            raise trouble
        return answer

    def post(self, *args: Any, **named: Any) -> Any:
        """A call of a receiver."""
        return self.call(lambda: self.receivers.post(*args, **named), _UNREACHABLE)

    def play(self, until: float) -> None:
        """Let the senders work until then, or until nothing is left to do."""
        self.coming.sort(key=lambda one: one[0])
        free = [(self.now, number) for number in range(self.workers)]
        arrived = 0
        with self._installed():
            processes = [self._process() for _ in range(self.workers)]
            self._circuits = [_Circuits(self) for _ in range(self.workers)]
            while free and self.now < until:
                self.now, worker = heappop(free)
                while arrived < len(self.coming) and self.coming[arrived][0] <= self.now:
                    self._arrive(self.coming[arrived][1])
                    arrived += 1
                messages = [self._received(it) for it in self.queue.receive(BATCH)]
                if messages:
                    took = self._invoke(processes, worker, messages)
                else:
                    due = [self.queue.next_visible()]
                    due += [at for at, _ in self.coming[arrived : arrived + 1]]
                    later = [at for at in due if at is not None]
                    if not later:
                        continue
                    took = max(0.02, min(later) - self.now)
                heappush(free, (self.now + took, worker))
        del self.coming[:arrived]

    def _arrive(self, entry: Mapping[str, Any]) -> None:
        found = entry["MessageAttributes"]
        command_id = envelope.value(found, envelope.COMMAND_ID)
        self.owners[command_id] = envelope.value(found, envelope.OWNER)
        self.queue.send(entry["MessageBody"], command_id)

    def _received(self, message: Message) -> Message:
        owner = self.owners[message.command_id or ""]
        return replace(message, owner=owner, group=owner)

    def _invoke(
        self, processes: list[ProcessBatch], worker: int, messages: Sequence[Message]
    ) -> float:
        self._dead, self._troubled, self.spent = False, False, OVERHEAD_SECONDS
        self.invocations += 1
        first = len(self.receivers.calls)
        deadline = START + timedelta(seconds=self.now + TIMEOUT_SECONDS)
        try:
            with patch("command_api.webhooks.callback.circuits", self._circuits[worker]):
                returned = processes[worker](messages, deadline=deadline)
        except Died:
            returned = []
        self._circuits[worker].learn()
        took, self.spent = self.spent, 0.0
        if self._troubled:
            # What was learned of a wait may not have come to the queue.
            self.receivers.forget_waits(first)
        if self._dead:
            self.deaths += 1
            processes[worker] = self._process()
            self._circuits[worker] = _Circuits(self)
            return took + 1.0
        self.queue.delete([message for message in messages if message not in returned])
        return took

    def _die(self) -> None:
        self._dead = True
        raise Died

    def _between(self) -> None:
        self.call(lambda: None)

    @contextmanager
    def _installed(self) -> Iterator[None]:
        """The sender as it ships, with receivers in the place of the network."""
        with (
            patch.dict(os.environ, SETTINGS),
            patch("command_api.usecases.batch.ThreadPoolExecutor", lambda *_: _SideBySide(self)),
            patch("command_api.webhooks.addresses.resolve", lambda *_, **__: ["203.0.113.1"]),
            patch("command_api.webhooks.exchange.post", self.post),
        ):
            sender = importlib.import_module("command_api.entrypoints.webhook_sender")
            self._handlers = sender.HANDLERS
            yield

    def _process(self) -> ProcessBatch:
        log = logging.getLogger("quiet")
        log.disabled = True
        runtime = Runtime(
            store=Calls(self, self.table),
            queue=Calls(self, self.queue),
            secrets=InMemorySecrets({KEY: "whsec_AAAA"}),
            handlers=self._handlers,
            default_type="callback",
            policy=RetryPolicy(),
            retention=timedelta(days=30),
            message_life=LIFE,
            logger=log,
            clock=self.clock,
            spread=self.random.random,
            sleep=self.spend,
        )
        return ProcessBatch(
            process=ProcessMessage(runtime),
            pause=Pause(types=(), runtime=runtime, seconds=240),
            concurrency=BATCH,
            shuffled=lambda groups: self.random.sample(groups, len(groups)),
        )
