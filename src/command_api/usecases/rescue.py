"""Keep the queue's receive limit from condemning a command that its table has not given up.

Every delivery counts, also one that ended because a neighbour killed the process. On its last
receive a message is therefore looked up (the only read that the worker ever does), and replaced
by a fresh copy where its command still has attempts. The limit keeps its purpose: what the table
knows nothing of, because it kills the worker before it is claimed, gets few copies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from command_api.domain import lifecycle
from command_api.domain.lifecycle import Verdict
from command_api.usecases.report import trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from logging import Logger

    from command_api.domain.message import Message
    from command_api.domain.model import Command
    from command_api.domain.ports import CommandStore, MessageQueue

# Copies of a message whose command the table does not know, or cannot tell of.
MAX_BLIND_RESCUES = 3
# A delay beyond this cannot be given to a message.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
MAX_DELAY_SECONDS = 900.0


@dataclass(frozen=True, kw_only=True)
class Rescue:
    """Replace messages on their last receive; `max_receives` is the queue's maxReceiveCount."""

    store: CommandStore
    queue: MessageQueue
    max_receives: int
    clock: Callable[[], datetime]
    logger: Logger

    def __call__(self, messages: Sequence[Message]) -> tuple[list[Message], list[Message]]:
        """Split into the messages that were replaced (and are gone) and those to be processed."""
        replaced: list[Message] = []
        rest: list[Message] = []
        for message in messages:
            on_last = message.receives >= self.max_receives
            (replaced if on_last and self._replaced(message) else rest).append(message)
        return replaced, rest

    def _replaced(self, message: Message) -> bool:
        try:
            known = self.store.get(message.key)
            delay = self._delay(message, known)
            if delay is None:
                return False
            self.queue.renew(message, delay)
            self.queue.delete([message])
        except Exception as error:  # noqa: BLE001 - then it is processed like any other
            details = {"message_id": message.message_id, **trouble(error)}
            self.logger.warning("message not renewed", extra=details)
            return False
        self.logger.info("message renewed", extra={"message_id": message.message_id})
        return True

    def _delay(self, message: Message, known: Command | None) -> float | None:
        """Seconds until the copy may come, None where the message must stay what it is."""
        if known is None:
            return 0.0 if message.rescues < MAX_BLIND_RESCUES else None
        now = self.clock()
        match lifecycle.verdict(known, message.message_id, now=now):
            case Verdict.CLAIM | Verdict.TAKE_OVER:
                return 0.0
            case Verdict.WAIT if known.lease is not None:
                # The copy has a new messageId: while the lease lasts it would be a duplicate.
                wait = (known.lease.expires_at - now).total_seconds() + 1
                return wait if wait <= MAX_DELAY_SECONDS else None
            case _:
                return None
