"""Process a batch of messages so that trouble with one does as little as possible to the others.

The messages of a standard queue run side by side; those of a FIFO queue in order per group. Two
kinds of message are set apart, because a process that dies takes everything in it along:

- A *suspect*'s command was claimed before and never finished. Suspects run last and alone, after
  all that is finished has been acknowledged.
- A message on its *last receive* would go to the dead-letter queue if a neighbour killed the
  process now, so it is not run but replaced by a fresh copy, unless it belongs there.

What is paused is put aside before all that.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from command_api.usecases.record import Outcome
from command_api.usecases.report import delivered, trouble
from command_api.usecases.rescue import Fate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from command_api.domain.message import Message
    from command_api.usecases.pause import Pause
    from command_api.usecases.process import ProcessMessage
    from command_api.usecases.rescue import Rescue


@dataclass(eq=False, repr=False)
class Lane:
    """Messages that run one after the other, and how far they have come."""

    waiting: list[Message]
    done: list[Message] = field(default_factory=list)
    stopped: bool = False


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ProcessBatch:
    """Process the messages of one invocation.

    `concurrency` is how many run at the same time, `fifo` whether their order matters, `pause`
    what holds back the commands that shall not run now.
    """

    process: ProcessMessage
    rescue: Rescue
    concurrency: int
    fifo: bool = False
    pause: Pause | None = None

    def __call__(self, messages: Sequence[Message], *, deadline: datetime) -> list[Message]:
        """Process the messages before `deadline` and return those that must come back."""
        # A copy would lose its place in a FIFO group, where what is paused stops it in its turn.
        held = [] if self.fifo else [message for message in messages if self._holds(message)]
        aside = self._go(held, deadline)
        free = [message for message in messages if message not in held] if held else messages
        fates = {Fate.RUNS: list(free)} if self.fifo else self.rescue(free)
        lanes = self._go(fates[Fate.RUNS], deadline)
        self._run_suspects(lanes, deadline)
        gone = {message.message_id for lane in (*aside, *lanes) for message in lane.done}
        gone |= {message.message_id for message in fates.get(Fate.GONE, ())}
        return [message for message in messages if message.message_id not in gone]

    def _go(self, messages: Iterable[Message], deadline: datetime) -> Sequence[Lane]:
        """Run messages side by side, or in order where that matters; how far they have come."""
        lanes = list(self._lanes(messages))
        if len(lanes) <= 1 or self.concurrency == 1:
            for lane in lanes:
                self._advance(lane, deadline)
        else:
            # list() also brings up what _advance itself could not handle.
            list(self._pool.map(lambda lane: self._advance(lane, deadline), lanes))
        return lanes

    def _holds(self, message: Message) -> bool:
        return self.pause is not None and self.pause.holds(message)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        """Threads that stay from one invocation to the next: ten cost as much as a write."""
        return ThreadPoolExecutor(self.concurrency)

    def _lanes(self, messages: Iterable[Message]) -> Iterable[Lane]:
        lanes: dict[str, Lane] = {}
        for message in messages:
            key = message.group if self.fifo else message.message_id
            lanes.setdefault(key, Lane([])).waiting.append(message)
        return lanes.values()

    def _advance(self, lane: Lane, deadline: datetime, *, takes_over: bool = False) -> None:
        """Run a lane until its end, its first failure, or its first suspect."""
        while lane.waiting and not lane.stopped:
            message = lane.waiting[0]
            outcome = self._guarded(message, deadline, takes_over=takes_over)
            if outcome is Outcome.SUSPECT:
                return
            if outcome is Outcome.ACKNOWLEDGE:
                lane.done.append(lane.waiting.pop(0))
            else:
                lane.stopped = True
                self._hold_back(lane.waiting[1:])

    def _hold_back(self, followers: Sequence[Message]) -> None:
        """Let what follows in a FIFO group come back as soon as its turn has come.

        SQS itself keeps it behind the message that failed; but for the visibility timeout of the
        whole queue, if it were not told.
        """
        for message in followers:
            try:
                self.process.queue.delay(message.receipt_handle, 0.0)
            except Exception:  # noqa: BLE001 - then it comes back by the queue's own timeout
                return

    def _run_suspects(self, lanes: Sequence[Lane], deadline: datetime) -> None:
        suspected = [lane for lane in lanes if lane.waiting and not lane.stopped]
        if not suspected:
            return
        self._acknowledge([message for lane in lanes for message in lane.done])
        for lane in suspected:
            self._advance(lane, deadline, takes_over=True)

    def _acknowledge(self, finished: Sequence[Message]) -> None:
        try:
            self.process.queue.delete(finished)
        except Exception as error:  # noqa: BLE001 - then they come back and are found finished
            self.process.logger.warning("not acknowledged early", extra=trouble(error))

    def _guarded(self, message: Message, deadline: datetime, *, takes_over: bool) -> Outcome:
        """Process one message; whatever goes wrong with it concerns it alone."""
        try:
            if self.pause is not None and self.pause.holds(message):
                return self.pause(message, fifo=self.fifo)
            return self.process(message, deadline=deadline, takes_over=takes_over)
        except Exception as error:  # noqa: BLE001 - the edge: the queue brings the message back
            details = {**delivered(message), **trouble(error)}
            self.process.logger.error("message returned", extra=details)  # noqa: TRY400
            return self.process.recorder.come_back_after_trouble(message)
