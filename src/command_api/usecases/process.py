"""What the worker does with one message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from command_api.domain.context import registered
from command_api.domain.decision import Then, Troubled
from command_api.domain.errors import Rejected
from command_api.domain.message import parse, type_of
from command_api.domain.timing import DELAY, NOT_BEFORE
from command_api.usecases.delivery import Delivery
from command_api.usecases.hold import SHORT, Hold
from command_api.usecases.report import delivered, trouble
from command_api.usecases.run import run_many

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from command_api.domain.decision import Happening
    from command_api.domain.message import Message
    from command_api.usecases.runtime import Runtime


# In the body of a command that has a start, unless its client has escaped it for no reason.
_STARTS = (NOT_BEFORE, DELAY)


@dataclass(frozen=True, slots=True)
class ProcessMessage:
    """Turn one delivered message into one recorded outcome.

    Errors of the store or the queue are the caller's to catch: the message then comes back.
    """

    runtime: Runtime
    # The types whose handlers take several commands, and how many at most.
    _many: Mapping[str, int | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Look the handlers up once."""
        every = {kind: registered(it) for kind, it in self.runtime.handlers.items()}
        many = {kind: it.max_batch for kind, it in every.items() if it.handle_many is not None}
        object.__setattr__(self, "_many", many)

    def __call__(self, message: Message, *, deadline: datetime, alone: bool = False) -> Then:
        """Process a message before `deadline`, and say what happened to it.

        A command whose worker died runs only where it is `alone`; otherwise RUN_ALONE asks for it.
        """
        return Delivery(self.runtime, message, deadline, alone=alone).process()

    def begin(self, message: Message, *, deadline: datetime) -> Then | Delivery:
        """Claim the command of a message whose handler takes several.

        Returns the claimed delivery, or what happened to a message that is no part of a list. A
        command on the last of its attempts runs right here: a list that dies must not end it.
        """
        delivery = Delivery(self.runtime, message, deadline)
        ready = delivery.begin()
        if isinstance(ready, Then):
            return ready
        command = ready.command
        if command.on_last_attempt and command.max_attempts > 1:
            return delivery.run(ready)
        return delivery

    def may_wait(self, message: Message) -> bool:
        """Whether a message names a start. Cheap, because every message is asked."""
        return not self.runtime.fifo and any(name in message.body for name in _STARTS)

    def waits(self, message: Message) -> float | None:
        """Seconds that a message waits which came before its time; None for all others."""
        try:
            submission = parse(message, default_type=self.runtime.default_type)
        except Rejected:
            return None
        return Hold(self.runtime, message).seconds(submission)

    def put_aside(self, waiting: Sequence[tuple[Message, float]]) -> Collection[str]:
        """Let copies stand for messages that came before their time; ids of those that have one.

        They go out together: ten copies cost as much as one.
        """
        runtime = self.runtime
        copied = frozenset(runtime.queue.copy_all(waiting))
        held = [(message, wait) for message, wait in waiting if message.message_id in copied]
        for message, _ in held:
            runtime.logger.info("held", extra=delivered(message))
        long = [message for message, wait in held if wait > SHORT.total_seconds()]
        if long:
            try:
                runtime.queue.delete(long)
            except Exception as error:  # noqa: BLE001 - then Lambda deletes them with the batch
                runtime.logger.info("delete failed", extra=trouble(error))
        return copied

    def takes_many(self, message: Message) -> bool:
        """Whether the handler of a message's command takes several at once."""
        if not self._many:
            return False
        return type_of(message, default_type=self.runtime.default_type) in self._many

    def lists(self, deliveries: Iterable[Delivery]) -> Iterator[Sequence[Delivery]]:
        """Claimed deliveries as their handlers take them: of one type, and not too many."""
        types: dict[str, list[Delivery]] = {}
        for delivery in deliveries:
            types.setdefault(delivery.command_type, []).append(delivery)
        for kind, those in types.items():
            size = self._many[kind] or len(those)
            yield from (those[begin : begin + size] for begin in range(0, len(those), size))

    def run_list(self, deliveries: Sequence[Delivery]) -> Sequence[Happening | None]:
        """Run the handler on claimed commands, one or more of its type, and record nothing."""
        ready = [delivery.ready for delivery in deliveries if delivery.ready is not None]
        handler = ready[0].handler
        if handler.handle_many is None or not deliveries[0].time_for(handler):
            return [Troubled("not enough time left")] * len(deliveries)
        inputs, contexts = [it.submission.input for it in ready], [it.context for it in ready]
        told = self.runtime.log_exception_text
        return run_many(handler.handle_many, inputs, contexts, log_text=told)

    def give_up(self, message: Message, reason: str) -> Then:
        """Return a message that nothing could be done for."""
        now = self.runtime.clock()
        return Delivery(self.runtime, message, now).conclude(None, Troubled(reason))
