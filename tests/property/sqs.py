"""A small model of SQS: visibility timeouts, receive counts, dead letters, delays, redrives.

Times are seconds since the model began.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from command_api.domain.message import Message
from command_api.domain.renewal import Renewal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

START = datetime(2030, 1, 1, tzinfo=UTC)
VISIBILITY_SECONDS = 180.0


class ReceiptHandleIsInvalid(Exception):
    """The message is gone, or in flight no more."""


@dataclass
class Mail:
    """A message in the queue.

    `copied` says that a copy of it was sent, `unlucky` that its last receive was cut short by
    something that no worker can do anything about.
    """

    message_id: str
    body: str
    command_id: str
    sent: float
    renewal: str | None = None
    group: str = ""
    receives: int = 0
    visible: float = 0.0
    copied: bool = False
    unlucky: bool = False

    def delivery(self) -> Message:
        """One receive of the message."""
        return Message(
            message_id=self.message_id,
            receipt_handle=f"{self.message_id}#{self.receives}",
            body=self.body,
            command_id=self.command_id,
            sent_at=_moment(self.sent),
            receives=self.receives,
            renewal=Renewal.read(self.renewal),
            group=self.group,
        )


@dataclass
class ModelQueue:
    """A standard queue with its dead-letter queue, which is also the worker's port to it."""

    now: Callable[[], float]
    max_receives: int
    mails: dict[str, Mail] = field(default_factory=dict)
    dead: dict[str, Mail] = field(default_factory=dict)
    on_death: Callable[[Mail], None] = lambda _mail: None
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def send(
        self, body: str, command_id: str, *, delay: float = 0.0, renewal: str | None = None
    ) -> Mail:
        """Put a message into the queue."""
        now = self.now()
        mail = Mail(self.new_id(), body, command_id, now, renewal, visible=now + delay)
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
        for mail in mails:
            if mail.visible > self.now() or len(received) == most:
                continue
            if mail.receives >= self.max_receives:
                self.dead[mail.message_id] = self.mails.pop(mail.message_id)
                self.on_death(mail)
                continue
            mail.receives += 1
            mail.visible = self.now() + VISIBILITY_SECONDS
            received.append(mail.delivery())
        return received

    def again(self) -> list[Message]:
        """What is in flight, once more: a standard queue delivers at least once."""
        flying = [mail for mail in self.mails.values() if mail.receives and self._flies(mail)]
        return [mail.delivery() for mail in flying]

    def redrive(self) -> int:
        """Move all dead letters back; each becomes a new message and keeps its attributes."""
        moved, self.dead = self.dead, {}
        for mail in moved.values():
            self.send(mail.body, mail.command_id, renewal=mail.renewal)
        return len(moved)

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
        mail.visible = self.now() + seconds

    def condemn(self, message: Message) -> bool:
        """Let the queue's own limit move it."""
        self.delay(message.receipt_handle, 0.0)
        return False

    def delete(self, messages: Sequence[Message]) -> None:
        """DeleteMessageBatch; deleting what is gone succeeds."""
        for message in messages:
            self.mails.pop(message.message_id, None)

    def renew(self, message: Message, seconds: float, *, at: datetime) -> None:
        """SendMessage."""
        self._copy(message, seconds, message.renewed(at))

    def postpone(self, message: Message, seconds: float, *, at: datetime) -> None:
        """SendMessage."""
        self._copy(message, seconds, message.postponed(at))

    def _copy(self, message: Message, seconds: float, renewal: Renewal) -> None:
        if message.message_id in self.mails:
            self.mails[message.message_id].copied = True
        assert message.command_id is not None
        self.send(message.body, message.command_id, delay=seconds, renewal=str(renewal))

    def excuse(self, message_id: str) -> None:
        """Note the message's bad luck."""
        if message_id in self.mails:
            self.mails[message_id].unlucky = True

    def _flies(self, mail: Mail) -> bool:
        return mail.visible > self.now()


def _moment(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)
