"""Hold back the commands of types that an operator has paused.

Nothing is looked up and no attempt used. A message of a standard queue is replaced by a copy that
is delivered later: such a copy is not in flight (a queue allows 120,000 of those), uses up no
receives, and is kept for the queue's whole retention once more, which its record is told four times
in a retention. A message of a FIFO queue, where a copy would lose its place, stays hidden instead,
and its group behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from command_api.domain.decision import Then
from command_api.domain.message import type_of
from command_api.usecases.report import delivered, trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from command_api.domain.message import Message
    from command_api.usecases.away import Away, Service
    from command_api.usecases.runtime import Runtime


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Pause:
    """Put messages that name one of these `types` aside, for so many `seconds` at a time.

    Resuming can take up to `seconds`. SQS delays a message by 900 at most.
    """

    types: Collection[str]
    runtime: Runtime
    seconds: float

    def __post_init__(self) -> None:
        """Say what may be a mistake: a type that nobody runs needs no pause."""
        if unknown := sorted(set(self.types) - set(self.runtime.handlers)):
            extra = {"command_types": unknown}
            self.runtime.logger.warning("paused types without a handler", extra=extra)

    def holds(self, message: Message) -> bool:
        """Whether the message's command shall not run now."""
        return bool(self.types) and self._type(message) in self.types

    def __call__(self, message: Message, away: Away) -> Then:
        """Let the message wait; ACKNOWLEDGE where a copy stands for it from now on."""
        then = self.put_aside(message, self.seconds, away)
        paused = self._type(message) or ""
        extra = {**delivered(message), "command_type": paused}
        self.runtime.logger.info("paused", extra=extra)
        self.runtime.measure(paused, "paused", {"Paused": 1})
        return then

    def put_aside(self, message: Message, seconds: float, away: Away) -> Then:
        """Let a message wait for so long; ACKNOWLEDGE where a copy stands for it from now on."""
        then = Then.RETURN if self.runtime.fifo else self._replace(message, seconds, away)
        if then is Then.RETURN:
            self.hide(message, seconds, away)
        return then

    def hide(self, message: Message, seconds: float, away: Away) -> None:
        """Let a message come back; where that fails, it does so by the queue's own timeout."""
        hide = partial(self.runtime.queue.delay, message.receipt_handle, seconds)
        self._tried(hide, message, "visibility change failed", away.queue)

    def _replace(self, message: Message, seconds: float, away: Away) -> Then:
        queue = self.runtime.queue
        copy = partial(queue.copy, message, seconds)
        if not self._tried(copy, message, "copy failed", away.queue):
            # It is hidden, and copied the next time.
            return Then.RETURN
        # Each before the next one is copied: a process that dies leaves few of them twice. Where
        # that fails, Lambda deletes it with the batch, for its copy is in the queue already.
        delete = partial(queue.delete, [message])
        self._tried(delete, message, "delete failed", away.queue)
        self._extend(message, away)
        return Then.ACKNOWLEDGE

    def _extend(self, message: Message, away: Away) -> None:
        """Tell the record that the message lives on, at the first copy of each quarter of a life.

        Of all copies of one message, exactly one is sent in a quarter and received in another.
        """
        if message.copied_at is None:
            return
        now, life = self.runtime.clock(), self.runtime.message_life
        quarter = life.total_seconds() / 4
        if now.timestamp() // quarter > message.copied_at.timestamp() // quarter:
            wait = partial(self.runtime.store.wait, message.key, now + life)
            self._tried(wait, message, "copy not recorded", away.table)

    def _tried(
        self, call: Callable[[], None], message: Message, event: str, service: Service
    ) -> bool:
        if service.away:
            return False
        try:
            call()
        except Exception as error:  # noqa: BLE001 - the others of the batch are not to suffer
            service.note(error)
            extra = {**delivered(message), **trouble(error)}
            self.runtime.logger.info(event, extra=extra)
            return False
        return True

    def _type(self, message: Message) -> str | None:
        return type_of(message, default_type=self.runtime.default_type)
