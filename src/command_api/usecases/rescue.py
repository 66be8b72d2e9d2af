"""Keep the queue's receive limit from condemning a command that its table has not given up.

Every delivery counts, also one that ended because a neighbour killed the process. On its last
receive a message is therefore looked up (the only read that the worker ever does), and replaced
by a fresh copy where its command still has attempts. The limit keeps its purpose: what the table
knows nothing of, because it kills the worker before it is claimed, gets few copies.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from command_api.domain import lifecycle
from command_api.domain.lifecycle import Verdict
from command_api.usecases.report import delivered, trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from logging import Logger

    from command_api.domain.message import Message
    from command_api.domain.model import Command
    from command_api.domain.ports import CommandStore, MessageQueue

# How often a message is copied: where the table knows nothing of its command, or cannot tell, it
# may be what kills the worker; otherwise only a table that refuses every claim gets this far.
MAX_BLIND_RESCUES = 3
MAX_RESCUES = 30
# A delay beyond this cannot be given to a message.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
MAX_DELAY_SECONDS = 900.0


class Fate(Enum):
    """What becomes of a message on its last receive."""

    GONE = auto()
    """Replaced by a copy, or done with: its receives do not matter any more."""
    DYING = auto()
    """Its command has failed: the queue shall move it to the dead-letter queue now."""
    RUNS = auto()
    """Processed like any other."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Rescue:
    """Look after messages on their last receive; `max_receives` is the queue's maxReceiveCount."""

    store: CommandStore
    queue: MessageQueue
    max_receives: int
    clock: Callable[[], datetime]
    logger: Logger

    def __call__(self, messages: Sequence[Message]) -> dict[Fate, list[Message]]:
        """Sort the messages by their fate, before anything runs that could kill the process."""
        sorted_: dict[Fate, list[Message]] = {fate: [] for fate in Fate}
        for message in messages:
            on_last = message.receives >= self.max_receives
            sorted_[self._fate(message) if on_last else Fate.RUNS].append(message)
        return sorted_

    def _fate(self, message: Message) -> Fate:
        try:
            known = self.store.get(message.key)
        except Exception as error:  # noqa: BLE001 - then it is copied as if nothing was known
            self._log("last receive not looked up", message, trouble(error))
            known = None
        now = self.clock()
        verdict = lifecycle.verdict_on(message, known, now=now) if known else Verdict.CLAIM
        if verdict is Verdict.DEAD:
            self._let_die(message)
            return Fate.DYING
        if verdict is Verdict.DUPLICATE:
            self._delete(message)
            return Fate.GONE
        return self._renewed(message, known, verdict, now)

    def _renewed(
        self, message: Message, known: Command | None, verdict: Verdict, now: datetime
    ) -> Fate:
        limit, delay = MAX_RESCUES if known else MAX_BLIND_RESCUES, 0.0
        if verdict is Verdict.WAIT and known is not None:
            # Until then the copy could do nothing but wait, and use up its receives.
            delay = lifecycle.wait_for(known, now=now)
        if verdict is Verdict.BURY or message.rescues >= limit or delay > MAX_DELAY_SECONDS:
            return Fate.RUNS
        try:
            self.queue.renew(message, delay, at=now)
        except Exception as error:  # noqa: BLE001 - then it is processed like any other
            self._log("not renewed", message, trouble(error))
            return Fate.RUNS
        # From here on the copy stands for the command: the original must not run, come what may.
        self._delete(message)
        self._log("renewed", message, {})
        return Fate.GONE

    def _let_die(self, message: Message) -> None:
        try:
            self.queue.condemn(message)
        except Exception as error:  # noqa: BLE001 - then it dies after the queue's own timeout
            self._log("not condemned", message, trouble(error))

    def _delete(self, message: Message) -> None:
        try:
            self.queue.delete([message])
        except Exception as error:  # noqa: BLE001 - then it goes with the rest of the batch
            self._log("not deleted early", message, trouble(error))

    def _log(self, event: str, message: Message, extra: dict[str, object]) -> None:
        self.logger.info(event, extra={**delivered(message), **extra})
