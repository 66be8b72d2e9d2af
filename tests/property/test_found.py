"""What the search has found, each as the shortest story that shows it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from command_api.adapters.memory import InMemoryCommands, InMemoryQueue, InMemorySecrets
from command_api.domain.errors import DoesNotFit, Retryable
from command_api.domain.model import Status
from command_api.domain.retry import RetryPolicy
from command_api.usecases.batch import ProcessBatch
from command_api.usecases.process import ProcessMessage
from command_api.usecases.rescue import Rescue
from tests.builders import LATER, NOW, SECOND, TEMPORARY, command, fail, message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from command_api.domain.context import Context
    from command_api.domain.message import Message
    from command_api.domain.model import JSON, Command

FAILED = command().failed(TEMPORARY, now=NOW, purge_at=NOW + timedelta(days=30))


@dataclass
class Queue(InMemoryQueue):
    """A queue that cannot delete where `stubborn`."""

    stubborn: bool = False

    def delete(self, messages: Sequence[Message]) -> None:
        """Fail, or note the messages."""
        if self.stubborn:
            raise ConnectionError
        super().delete(messages)


@dataclass
class Store(InMemoryCommands):
    """A table that cannot be read where `blind`, and calls `looked` after every look."""

    blind: bool = False
    looked: Callable[[], None] = lambda: None
    full: bool = False

    def get(self, command_id: str) -> Command | None:
        """Look, or fail."""
        if self.blind:
            raise ConnectionError
        found = super().get(command_id)
        self.looked()
        return found

    def finish(self, command: Command, token: str) -> None:
        """Write, or say that an item has no room for one more attribute."""
        if self.full:
            raise DoesNotFit
        super().finish(command, token)


@dataclass
class Desk:
    """A worker whose `echo` does as told and whose queue gives up after three receives."""

    store: Store = field(default_factory=Store)
    queue: Queue = field(default_factory=Queue)
    does: Callable[[Context], JSON] = lambda _context: None
    ran: list[str] = field(default_factory=list)

    def deliver(self, *messages: Message) -> list[str]:
        """The messages that come back from one batch."""
        log = logging.getLogger("worker")
        process = ProcessMessage(
            store=self.store,
            queue=self.queue,
            secrets=InMemorySecrets(),
            handlers={"echo": lambda _, context: self._run(context)},
            default_type="echo",
            policy=RetryPolicy(max_attempts=3),
            retention=timedelta(days=30),
            logger=log,
            clock=lambda: NOW + SECOND,
            jitter=lambda _low, high: high,
        )
        rescue = Rescue(
            store=self.store, queue=self.queue, max_receives=3, clock=process.clock, logger=log
        )
        batch = ProcessBatch(process=process, rescue=rescue, concurrency=1)
        return [one.message_id for one in batch(messages, deadline=NOW + 30 * SECOND)]

    def _run(self, context: Context) -> JSON:
        self.ran.append(context.command.id)
        return self.does(context)


def test_a_message_whose_copy_is_sent_is_not_run_as_well() -> None:
    """A deletion that fails must not let both work: the copy would be dropped as a duplicate.

    Then, if the original's attempt failed, its command would be PENDING and its message dead.
    """
    desk = Desk(queue=Queue(stubborn=True))
    assert desk.deliver(message(receives=3)) == []
    assert len(desk.queue.renewed) == 1
    assert desk.ran == []


def test_a_last_receive_that_cannot_be_looked_up_is_renewed_blindly() -> None:
    """Running it could leave a command PENDING with its message in the dead-letter queue."""
    desk = Desk(store=Store(blind=True))
    assert desk.deliver(message(receives=3)) == []
    assert len(desk.queue.renewed) == 1
    assert desk.ran == []


def test_a_blind_copy_does_not_restart_a_failed_command() -> None:
    """It stands for the message that it replaced, which was sent before the failure."""
    desk = Desk(store=Store(blind=True))
    original = message(receives=3, sent_at=NOW - SECOND)
    desk.deliver(original)
    desk.store.blind, desk.store.commands["c-1"] = False, FAILED
    told = original.renewed(NOW + SECOND)
    desk.deliver(message(message_id="m-2", sent_at=NOW + 3 * SECOND, renewal=told))
    assert desk.ran == []


def test_a_blind_copy_waits_for_a_lease_that_it_knows_nothing_of() -> None:
    """Whoever holds it may be the message that it replaced: dropped, nothing would be left."""
    desk = Desk()
    desk.store.commands["c-1"] = command()
    told = message().renewed(NOW)
    assert desk.deliver(message(message_id="m-2", renewal=told)) == ["m-2"]
    assert desk.ran == []


def test_a_finished_command_leaves_the_queue_before_its_neighbours_run() -> None:
    """On its last receive: a neighbour that kills the process would dead-letter it."""
    desk = Desk()
    done = command().completed(1, now=NOW, purge_at=LATER)
    desk.store.commands["c-1"] = done
    deleted: list[list[str]] = []
    desk.does = lambda _context: deleted.append(list(desk.queue.deleted))
    other = message(message_id="m-2", receipt_handle="r-2", command_id="c-2")
    assert desk.deliver(other, message(receives=3)) == []
    assert deleted == [["r-1"]]


def test_a_redriven_message_on_its_last_receive_is_renewed() -> None:
    """It has fresh attempts, but would be dead-lettered again by a crash in the first one."""
    desk = Desk()
    desk.store.commands["c-1"] = FAILED
    redriven = message(message_id="m-2", receives=3, sent_at=NOW + 5 * SECOND)
    assert desk.deliver(redriven) == []
    assert len(desk.queue.renewed) == 1


def test_a_message_from_before_the_failure_does_not_restart_the_command() -> None:
    """Of two messages of one command, each would give the other fresh attempts, for ever."""
    desk = Desk()
    desk.store.commands["c-1"] = FAILED
    earlier = message(message_id="m-2", sent_at=NOW - SECOND)
    desk.deliver(earlier)
    assert desk.ran == []


def test_a_message_that_is_to_die_does_not_claim_a_command_that_was_restarted() -> None:
    """Its command would be left without a message: the other one goes as a duplicate."""
    desk = Desk()
    desk.store.commands["c-1"] = FAILED
    pending = replace(FAILED, status=Status.PENDING, failure=None, message_id="m-2")
    desk.store.looked = lambda: desk.store.commands.update({"c-1": pending})
    assert desk.deliver(message(receives=3)) == ["m-1"]
    assert desk.ran == []


def test_a_failure_that_does_not_fit_is_not_acknowledged() -> None:
    """An item that is full to the brim cannot take an error: the message must not be lost."""
    desk = Desk(store=Store(full=True), does=lambda _: fail(Retryable("No.")))
    returned = desk.deliver(message())
    assert returned == ["m-1"] or desk.store.commands["c-1"].status.terminal
