"""A small model of SQS: visibility timeouts, receive counts, dead-letter queue, delays, redrives.

Times are seconds since the model began.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from command_api.domain.message import Message
from command_api.domain.retry import LONGEST_WAIT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
LONGEST_DELAY_SECONDS = 900.0
START = datetime(2030, 1, 1, tzinfo=UTC)
VISIBILITY_SECONDS = 180.0


class ReceiptHandleIsInvalid(Exception):
    """The message is gone, or in flight no more."""


@dataclass
class Mail:
    """A message in the queue; `copy_of` is what it stands for, and when that was sent.

    The message of a slice also knows which one, and before when it does not begin.
    """

    message_id: str
    body: str
    command_id: str
    sent: float
    copy_of: tuple[str, float] | None = None
    group: str = ""
    owner: str = ""
    slices: int = 0
    not_before: datetime | None = None
    schedule: str = ""
    receives: int = 0
    visible: float = 0.0

    def delivery(self) -> Message:
        """One receive of the message."""
        original, sent = self.copy_of or ("", self.sent)
        return Message(
            message_id=self.message_id,
            receipt_handle=f"{self.message_id}#{self.receives}",
            body=self.body,
            command_id=self.command_id,
            sent_at=_moment(sent),
            receives=self.receives,
            copy_of=original,
            slices=self.slices,
            not_before=self.not_before,
            schedule=self.schedule,
            group=self.group,
            owner=self.owner,
        )


@dataclass
class ModelQueue:
    """A standard queue with its dead-letter queue, which is also the worker's port to it.

    `between` is called between the two calls that `dead_letter` makes; `purged` are the commands
    that a purge has taken a message from.
    """

    now: Callable[[], float]
    max_receives: int
    mails: dict[str, Mail] = field(default_factory=dict)
    dead: dict[str, Mail] = field(default_factory=dict)
    on_death: Callable[[Mail], None] = lambda _mail: None
    between: Callable[[], None] = lambda: None
    purged: set[str] = field(default_factory=set)
    # By a command's id, the recurring schedule whose runs are not to overlap.
    schedule_of: Callable[[str], str] = lambda _command_id: ""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def send(
        self,
        body: str,
        command_id: str,
        *,
        delay: float = 0.0,
        copy_of: tuple[str, float] | None = None,
    ) -> Mail:
        """Put a message into the queue."""
        now = self.now()
        mail = Mail(self.new_id(), body, command_id, now, copy_of, visible=now + delay)
        mail.schedule = self.schedule_of(command_id)
        self.mails[mail.message_id] = mail
        return mail

    def submit(self, body: str, command_id: str, group: str) -> bool:  # noqa: ARG002
        """A client's SendMessage; whether the queue takes it for a new message."""
        self.send(body, command_id)
        return True

    def new_id(self) -> str:
        """The next messageId."""
        return f"m-{next(self._numbers)}"

    def receive(self, most: int) -> list[Message]:
        """Hand out what is visible; what was handed out too often is dead-lettered instead."""
        return self._hand_out(list(self.mails.values()), most)

    def _hand_out(self, mails: Sequence[Mail], most: int) -> list[Message]:
        received: list[Message] = []
        now = self.now()
        for mail in mails:
            if mail.visible > now or len(received) == most:
                continue
            if mail.receives >= self.max_receives:
                self.dead[mail.message_id] = self.mails.pop(mail.message_id)
                self.on_death(mail)
                continue
            mail.receives += 1
            mail.visible = now + VISIBILITY_SECONDS
            received.append(mail.delivery())
        return received

    def again(self) -> list[Message]:
        """What is in flight, once more: a standard queue delivers at least once."""
        flying = [mail for mail in self.mails.values() if mail.receives and self._flies(mail)]
        return [mail.delivery() for mail in flying]

    def redrive(self) -> int:
        """Move the dead-letter messages back; each becomes a new one and keeps its attributes."""
        moved, self.dead = self.dead, {}
        for mail in moved.values():
            sent = self.send(mail.body, mail.command_id, copy_of=mail.copy_of)
            sent.slices, sent.not_before = mail.slices, mail.not_before
        return len(moved)

    def purge(self) -> None:
        """PurgeQueue, or another queue in the place of this one."""
        self.purged |= {mail.command_id for mail in self.mails.values()}
        self.mails.clear()

    def ahead(self, _message_id: str) -> list[str]:
        """The commands that must have ended before this message's: a standard queue has none."""
        return []

    def next_visible(self) -> float | None:
        """When the next message can be received."""
        return min((mail.visible for mail in self.mails.values()), default=None)

    def delay(self, receipt_handle: str, seconds: float) -> None:
        """ChangeMessageVisibility."""
        mail = self.mails.get(receipt_handle.partition("#")[0])
        if mail is None or not self._flies(mail):
            raise ReceiptHandleIsInvalid
        assert 0 <= seconds <= LONGEST_WAIT_SECONDS
        mail.visible = self.now() + seconds

    def dead_letter(self, message: Message) -> None:
        """SendMessage to the dead-letter queue, then DeleteMessageBatch."""
        assert message.command_id is not None
        dead = Mail(self.new_id(), message.body, message.command_id, self.now())
        dead.group = message.group
        self.dead[dead.message_id] = dead
        self.on_death(dead)
        self.between()
        self.delete([message])

    def delete(self, messages: Sequence[Message]) -> None:
        """DeleteMessageBatch; deleting what is gone succeeds."""
        for message in messages:
            self.mails.pop(message.message_id, None)

    def copy(self, message: Message, seconds: float) -> None:
        """SendMessage with a delay."""
        assert message.command_id is not None
        assert 0 <= seconds <= LONGEST_DELAY_SECONDS
        original = message.copy_of or message.message_id
        stands_for = (original, (message.sent_at - START).total_seconds())
        mail = self.send(message.body, message.command_id, delay=seconds, copy_of=stands_for)
        mail.slices, mail.not_before = message.slices, message.not_before
        mail.owner = message.owner

    def copy_all(self, copies: Sequence[tuple[Message, float]]) -> list[str]:
        """SendMessageBatch, which refuses one here and there."""
        taken = [copy for number, copy in enumerate(copies) if number % 3 != 1]
        for message, seconds in taken:
            self.copy(message, seconds)
        return [message.message_id for message, _ in taken]

    def move(self, message: Message, queue: str) -> None:
        """No world of one queue has another."""
        raise AssertionError(f"{message.key} moved to {queue}")

    def _flies(self, mail: Mail) -> bool:
        return mail.visible > self.now()


def _moment(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)
