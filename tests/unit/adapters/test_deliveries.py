"""Endings on their way into the queue of deliveries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from command_api.adapters.sqs.deliveries import Deliveries
from command_api.domain.delivery import Endpoint
from command_api.domain.ending import Change
from command_api.domain.model import Callback, Status
from tests.builders import NOW, command

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from command_api.domain.model import Command

URL = "https://hooks.example.com/commands"
BILLING = Endpoint(name="billing", url="https://billing.example.com/", types={"order"})


@dataclass
class Queue:
    """Takes deliveries to every host but those that are refused."""

    refused: set[str] = field(default_factory=set)
    sent: list[Command] = field(default_factory=list)

    def takes(self, _: Command) -> bool:
        """Whatever fits."""
        return True

    def send(self, commands: Sequence[Command]) -> Collection[str]:
        """The ids of those that were taken."""
        taken = [one for one in commands if one.owner not in self.refused]
        self.sent += taken
        return [one.id for one in taken]


def change(name: str = "c-1", status: Status = Status.COMPLETED, **changes: Any) -> Change:
    """A command that went from PROCESSING to a status."""
    ended = {"callback": Callback(URL), "completed_at": NOW, **changes}
    return Change(command(id=name), command(status, id=name, **ended))


def test_only_endings_with_a_receiver_are_wanted() -> None:
    """What nobody is told of costs no message."""
    listener = Deliveries(Queue(), [BILLING])
    assert listener.wants(change())
    assert listener.wants(change(callback=None, type="order"))
    assert not listener.wants(change(callback=None))
    assert not listener.wants(change(status=Status.PENDING))
    told = change().after
    assert not listener.wants(Change(told, told))


def test_each_receiver_has_a_delivery_in_a_group_of_its_own() -> None:
    """A fair queue takes turns between hosts, so that a dead one keeps no other waiting."""
    queue = Queue()
    assert not Deliveries(queue, [BILLING]).tell([change(type="order")])
    assert [one.owner for one in queue.sent] == ["hooks.example.com", "billing.example.com"]
    assert [one.correlation_id for one in queue.sent] == ["c-1", "c-1"]


def test_what_the_queue_refuses_comes_again_and_the_rest_does_not() -> None:
    """A change with two receivers counts once."""
    queue = Queue(refused={"billing.example.com"})
    changes = [change("c-1", type="order"), change("c-2"), change("c-3", type="order")]
    untold = Deliveries(queue, [BILLING, replace(BILLING, name="again")]).tell(changes)
    assert [one.change.after.id for one in untold] == ["c-1", "c-3"]
    assert all(one.retryable for one in untold)


def test_an_ending_that_is_told_again_has_the_same_deliveries() -> None:
    """The same ids and bodies, so that the sender's record drops the second message."""
    queue = Queue()
    for _ in range(2):
        Deliveries(queue, [BILLING]).tell([change(type="order")])
    first, second = queue.sent[:2], queue.sent[2:]
    assert first == second
    later = change(type="order", completed_at=NOW + timedelta(seconds=1))
    Deliveries(queue, [BILLING]).tell([later])
    assert {one.id for one in queue.sent[4:]}.isdisjoint(one.id for one in first)


@pytest.mark.parametrize("url", ["", "http://[", "no url at all"])
def test_a_callback_that_is_no_url_holds_up_nobody(url: str) -> None:
    """Its delivery says what is wrong; the ending of another command is told."""
    queue = Queue()
    assert not Deliveries(queue, []).tell([change("c-1", callback=Callback(url)), change("c-2")])
    assert len(queue.sent) == 2
