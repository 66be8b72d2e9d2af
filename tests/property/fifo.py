"""The model of a FIFO queue: order per group, deduplication, and a worker that dead-letters.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING

from tests.property.sqs import Mail, ModelQueue

if TYPE_CHECKING:
    from command_api.domain.message import Message

DEDUPLICATION_SECONDS = 300.0


@dataclass
class FifoQueue(ModelQueue):
    """A FIFO queue with its dead-letter queue.

    `lines` is every message that a group ever had, in the order in which they were sent; `events`
    is what was delivered together.
    """

    lines: dict[str, list[Mail]] = field(default_factory=dict)
    events: list[list[Message]] = field(default_factory=list)
    _known: dict[tuple[str, ...], float] = field(default_factory=dict)

    def submit(self, body: str, command_id: str, group: str) -> bool:
        """A client's SendMessage; the command's id tells repetitions, which are dropped."""
        if self._repeated(group, command_id):
            return False
        self._line_up(self.send(body, command_id), group)
        return True

    def purge(self) -> None:
        """The groups begin anew."""
        super().purge()
        self.lines.clear()

    def ahead(self, message_id: str) -> list[str]:
        """The commands whose messages were sent before this one in its group."""
        for line in self.lines.values():
            before = list(takewhile(lambda mail: mail.message_id != message_id, line))
            if len(before) < len(line):
                return [mail.command_id for mail in before]
        return []

    def receive(self, most: int) -> list[Message]:
        """Hand out the groups' first messages; a group waits for what is in flight of it."""
        now = self.now()
        blocked = {mail.group for mail in self.mails.values() if mail.visible > now}
        free = [mail for mail in self.mails.values() if mail.group not in blocked]
        self.events.append(self._hand_out(free, most))
        return self.events[-1]

    def again(self) -> list[Message]:
        """The latest event of which anything is in flight, once more and as a whole.

        A FIFO queue itself delivers exactly once; Lambda, which polls it, at least once.
        """
        flying = [m.delivery().receipt_handle for m in self.mails.values() if self._flies(m)]
        for event in reversed(self.events):
            if any(message.receipt_handle in flying for message in event):
                return list(event)
        return []

    def next_visible(self) -> float | None:
        """When the next group is free."""
        groups: dict[str, float] = {}
        for mail in self.mails.values():
            groups[mail.group] = max(groups.get(mail.group, 0.0), mail.visible)
        return min(groups.values(), default=None)

    def redrive(self) -> int:
        """Move the dead-letter messages back; each becomes a new one at the end of its group."""
        messages, self.dead = self.dead, {}
        for message in messages.values():
            self._line_up(self.send(message.body, message.command_id), message.group)
        return len(messages)

    def dead_letter(self, message: Message) -> None:
        """The same message is taken once, however often that is tried."""
        if self._repeated("dead-letter messages", message.group, message.message_id):
            self.delete([message])
        else:
            super().dead_letter(message)

    def _line_up(self, mail: Mail, group: str) -> None:
        mail.group = group
        self.lines.setdefault(group, []).append(mail)

    def _repeated(self, *key: str) -> bool:
        if self._known.get(key, -DEDUPLICATION_SECONDS) + DEDUPLICATION_SECONDS > self.now():
            return True
        self._known[key] = self.now()
        return False
