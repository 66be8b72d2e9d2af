"""Process a batch of messages so that trouble with one does as little as possible to the others.

The messages of a standard queue run side by side; those of a FIFO queue in order per group. First
come those whose handlers take several: all are claimed, their handlers run, and each one's outcome
is recorded. A list has one message of a FIFO group, so that a failure can stop the group. Two
kinds of message run last, one at a time and after all that is finished has been acknowledged,
because a process that dies takes everything in it along:

- A *suspect*: its command was claimed before and never finished.
- One that was received *often*, where this process knows no reason for it: it may kill every worker
  before it is claimed. In random order, so that its neighbours get ahead of it sooner or later.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain
from random import sample
from typing import TYPE_CHECKING, TypeVar

from command_api.domain.decision import Then
from command_api.usecases.away import Away
from command_api.usecases.report import delivered, trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from command_api.domain.decision import Happening
    from command_api.domain.message import Message
    from command_api.usecases.delivery import Delivery
    from command_api.usecases.pause import Pause
    from command_api.usecases.process import ProcessMessage
    from command_api.usecases.rates import Rates

T = TypeVar("T")
R = TypeVar("R")

# More receives than the attempts and waits of an ordinary command explain.
OFTEN = 10


@dataclass(eq=False, repr=False)
class OrderedGroup:
    """Messages that run one after the other, and how far they have come."""

    waiting: list[Message]
    done: list[Message] = field(default_factory=list)
    stopped: bool = False
    # Its first message's worker died: it goes on alone.
    suspect: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether its next message may run beside others."""
        return bool(self.waiting) and not self.stopped and not self.suspect


@dataclass(kw_only=True, eq=False, repr=False)
class ProcessBatch:
    """Process the messages of one invocation.

    `concurrency` is how many run at the same time, `pause` what holds back the commands that shall
    not run now, `rates` those of types that start too often; None where no type has a rate.
    """

    process: ProcessMessage
    pause: Pause
    concurrency: int
    rates: Rates | None = None
    shuffled: Callable[[list[OrderedGroup]], list[OrderedGroup]] = lambda groups: sample(
        groups, len(groups)
    )
    # A bad hour explains why messages come often, to a process that has lived through it.
    _knows_trouble: bool = False
    _away: Away = field(default_factory=Away)

    def __call__(self, messages: Sequence[Message], *, deadline: datetime) -> list[Message]:
        """Process the messages before `deadline` and return those that must come back.

        It ends when every thread has ended, whatever the handlers do.
        """
        self._away = Away()
        groups = self._groups(messages)
        often = [] if self._knows_trouble else [group for group in groups if _often(group)]
        first = [group for group in groups if group not in often]
        self._put_aside(first)
        first = [group for group in first if group.waiting]
        if self.rates is not None:
            self.rates.begin([group.waiting[0] for group in first[: self.concurrency]], self._away)
        self._side_by_side(first, deadline)
        finished: list[Message] = []
        for group in self.shuffled(
            [group for group in groups if group.waiting and not group.stopped]
        ):
            finished = self._acknowledge(groups, but=finished)
            self._advance(group, deadline, alone=True)
        done = {message.message_id for group in groups for message in group.done}
        return [message for message in messages if message.message_id not in done]

    def _groups(self, messages: Iterable[Message]) -> list[OrderedGroup]:
        groups: dict[str, OrderedGroup] = {}
        for message in messages:
            key = message.group if self.process.runtime.fifo else message.message_id
            groups.setdefault(key, OrderedGroup([])).waiting.append(message)
        return list(groups.values())

    def _put_aside(self, groups: Sequence[OrderedGroup]) -> None:
        """Let messages that came before their time wait together, before any handler runs.

        What cannot be put aside like that is processed as if it had come alone.
        """
        those = [group for group in groups if self.process.may_wait(group.waiting[0])]
        if len(those) <= 1:
            return
        waits = zip(those, self._each(self._seconds, those), strict=True)
        early = {
            group.waiting[0].message_id: (group, seconds)
            for group, seconds in waits
            if seconds is not None
        }
        if not early:
            return
        try:
            copied = self.process.put_aside(
                [(group.waiting[0], seconds) for group, seconds in early.values()]
            )
        except Exception as error:  # noqa: BLE001 - see above
            self.process.runtime.logger.warning("copies failed", extra=trouble(error))
            return
        for message_id in copied:
            self._note(early[message_id][0], Then.ACKNOWLEDGE)

    def _seconds(self, group: OrderedGroup) -> float | None:
        message = group.waiting[0]
        if self.pause.holds(message):
            return None
        try:
            return self.process.waits(message)
        except Exception as error:  # noqa: BLE001 - as above
            self._away.table.note(error)
            return None

    def _side_by_side(self, groups: Sequence[OrderedGroup], deadline: datetime) -> None:
        while groups := [group for group in groups if group.goes_on]:
            if many := [group for group in groups if self._takes_many(group)]:
                self._in_lists(many, deadline)
            else:
                self._each(lambda group: self._advance(group, deadline), groups)

    def _in_lists(self, groups: Sequence[OrderedGroup], deadline: datetime) -> None:
        """Run the first message of each group in a list with others of its type."""

        def begin(group: OrderedGroup) -> Then | Delivery:
            message = group.waiting[0]
            claim = partial(self.process.begin, message, deadline=deadline)
            return self._guarded(message, partial(self._unless_held, message, claim))

        def end(ran: tuple[Delivery, Happening | None]) -> Then:
            delivery, happened = ran
            return self._guarded(delivery.message, partial(delivery.end, happened))

        claimed: dict[Delivery, OrderedGroup] = {}
        for group, begun in zip(groups, self._each(begin, groups), strict=True):
            if isinstance(begun, Then):
                self._note(group, begun)
            else:
                claimed[begun] = group
        lists = list(self.process.lists(claimed))
        happened = chain.from_iterable(self._each(self.process.run_list, lists))
        ran = list(zip(chain.from_iterable(lists), happened, strict=True))
        for (delivery, _), then in zip(ran, self._each(end, ran), strict=True):
            self._note(claimed[delivery], then)

    def _takes_many(self, group: OrderedGroup) -> bool:
        return self.process.takes_many(group.waiting[0])

    def _each(self, call: Callable[[T], R], them: Sequence[T]) -> Sequence[R]:
        """The answers for all of them, side by side where that helps."""
        if len(them) <= 1 or self.concurrency == 1:
            return [call(one) for one in them]
        return list(self._pool.map(call, them))

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        """Threads that stay from one invocation to the next: ten cost as much as a write."""
        return ThreadPoolExecutor(self.concurrency)

    def _advance(self, group: OrderedGroup, deadline: datetime, *, alone: bool = False) -> None:
        """Run a group until its end, its first failure, or what does not run here and now.

        What is not alone begins with a message whose handler takes one command.
        """
        while group.goes_on or (alone and group.waiting and not group.stopped):
            message = group.waiting[0]
            run = partial(self.process, message, deadline=deadline, alone=alone)
            self._note(group, self._guarded(message, partial(self._unless_held, message, run)))
            if not alone and group.goes_on and self._takes_many(group):
                return

    def _note(self, group: OrderedGroup, then: Then) -> None:
        """Note what became of the first message of a group."""
        if then is Then.RUN_ALONE:
            group.suspect = True
        elif then is Then.RETURN:
            group.stopped = True
            self._hold_back(group.waiting[1:])
        else:
            group.done.append(group.waiting.pop(0))

    def _unless_held(self, message: Message, work: Callable[[], R]) -> R | Then:
        if self.pause.holds(message):
            return self.pause(message, self._away)
        if self._away.table.away:
            return self._give_up(message)
        if self.rates is not None and (then := self.rates(message, self._away)):
            return then
        return work()

    def _guarded(self, message: Message, work: Callable[[], R]) -> R | Then:
        """Do something for one message; whatever goes wrong with it concerns it alone."""
        try:
            return work()
        except BaseException as error:  # noqa: BLE001 - the edge: it comes back
            self._knows_trouble = True
            # Or the queue, which comes to the same: nothing more can be done for any command.
            self._away.table.note(error)
            details = {**delivered(message), **trouble(error)}
            self.process.runtime.logger.error("message returned", extra=details)  # noqa: TRY400
        return self._give_up(message)

    def _give_up(self, message: Message) -> Then:
        if not self._away.queue.away:
            try:
                return self.process.give_up(message, "table or queue unavailable")
            except BaseException as error:  # noqa: BLE001 - then the queue's own timeout decides
                self._away.queue.note(error)
                self.process.runtime.logger.warning(
                    "visibility change failed", extra=trouble(error)
                )
        return Then.RETURN

    def _hold_back(self, followers: Sequence[Message]) -> None:
        """Let what follows in a FIFO group come back as soon as its turn has come.

        SQS itself keeps it behind the message that failed; but for the visibility timeout of the
        whole queue, if it were not told.
        """
        for message in followers:
            try:
                self.process.runtime.queue.delay(message.receipt_handle, 0.0)
            except Exception:  # noqa: BLE001 - then it comes back by the queue's own timeout
                return

    def _acknowledge(self, groups: Sequence[OrderedGroup], *, but: list[Message]) -> list[Message]:
        """Delete now what is finished, but what was before; what Lambda deletes again is gone."""
        finished = [message for group in groups for message in group.done]
        try:
            self.process.runtime.queue.delete([one for one in finished if one not in but])
        except Exception as error:  # noqa: BLE001 - then they come back and are found finished
            self.process.runtime.logger.warning("delete failed", extra=trouble(error))
        return finished


def _often(group: OrderedGroup) -> bool:
    return any(message.receives > OFTEN for message in group.waiting)
