"""A small model of EventBridge Scheduler: one-time schedules that send once and are gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.property.sqs import START

if TYPE_CHECKING:
    from datetime import datetime

    from command_api.domain.message import Message
    from tests.property.sqs import ModelQueue

# What fires up to two minutes early is the worst that the adapter lets happen.
EARLY_SECONDS = 120.0


@dataclass
class ModelSchedules:
    """The worker's port to schedules; `messages` has what is to be sent, and when, by command."""

    queue: ModelQueue
    messages: dict[str, tuple[Message, float]] = field(default_factory=dict)

    def takes(self, _message: Message) -> bool:
        """Any."""
        return True

    def create(self, message: Message, at: datetime) -> None:
        """CreateSchedule; one of the same name stays."""
        seconds = (at - START).total_seconds() - EARLY_SECONDS
        self.messages.setdefault(message.key, (message, seconds))

    def delete(self, command_id: str) -> None:
        """DeleteSchedule; one that is gone is no trouble."""
        self.messages.pop(command_id, None)

    def next_at(self) -> float | None:
        """When the next one fires."""
        return min((at for _, at in self.messages.values()), default=None)

    def fire(self) -> None:
        """Send what is due."""
        for key, (message, at) in list(self.messages.items()):
            if at <= self.queue.now():
                del self.messages[key]
                self.queue.copy(message, 0.0)
