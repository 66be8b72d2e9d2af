"""Hold back the commands of types that an operator has paused.

Nothing is looked up, nothing written and no attempt used. A message of a standard queue is
replaced by a copy that is delivered later: such a copy is not in flight (a queue allows 120,000
of those), uses up no receives, and is kept for the queue's whole retention once more. A message
of a FIFO queue, where a copy would lose its place, stays hidden instead, and its group behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from command_api.domain.message import type_of
from command_api.usecases.record import Outcome
from command_api.usecases.report import describe, trouble

if TYPE_CHECKING:
    from collections.abc import Collection

    from command_api.domain.message import Message
    from command_api.usecases.process import ProcessMessage


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Pause:
    """Put messages that name one of these `types` aside, for so many `seconds` at a time.

    So much longer than asked for may a pause last. SQS delays a message by 900 at most.
    """

    types: Collection[str]
    process: ProcessMessage
    seconds: float

    def __post_init__(self) -> None:
        """Say what may be a mistake: a type that nobody runs needs no pause."""
        if unknown := sorted(set(self.types) - set(self.process.handlers)):
            extra = {"command_types": unknown}
            self.process.logger.warning("paused types that have no handler", extra=extra)

    def holds(self, message: Message) -> bool:
        """Whether the message's command shall not run now."""
        return bool(self.types) and self._type(message) in self.types

    def __call__(self, message: Message, *, fifo: bool) -> Outcome:
        """Let the message wait; ACKNOWLEDGE where a copy stands for it from now on."""
        outcome = Outcome.RETURN if fifo else self._replace(message)
        if outcome is Outcome.RETURN:
            self._hide(message)
        kind = self._type(message) or ""
        self._log("paused", message, {"command_type": kind})
        self.process.measure(kind, "paused", {"Paused": 1})
        return outcome

    def _replace(self, message: Message) -> Outcome:
        process = self.process
        try:
            process.queue.postpone(message, self.seconds, at=process.clock())
        except Exception as error:  # noqa: BLE001 - then it is hidden, and copied the next time
            self._log("not replaced by a copy", message, trouble(error))
            return Outcome.RETURN
        try:
            # Each before the next one is copied: a process that dies leaves few of them twice.
            process.queue.delete([message])
        except Exception as error:  # noqa: BLE001 - then it goes with the rest of the batch
            self._log("not deleted early", message, trouble(error))
        return Outcome.ACKNOWLEDGE

    def _hide(self, message: Message) -> None:
        try:
            self.process.queue.delay(message.receipt_handle, self.seconds)
        except Exception as error:  # noqa: BLE001 - then it comes back by the queue's own timeout
            self._log("not hidden", message, trouble(error))

    def _type(self, message: Message) -> str | None:
        return type_of(message, default_type=self.process.default_type)

    def _log(self, event: str, message: Message, extra: dict[str, object]) -> None:
        about = {"message_id": message.message_id, **describe(message.key, None)}
        self.process.logger.info(event, extra={**about, **extra})
