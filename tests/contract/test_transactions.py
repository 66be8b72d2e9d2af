"""A producer's own write and its command agree, whatever dies between the calls."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from command_api.domain.message import body_of, parse
from command_api.usecases.relay import OutboxRelay
from command_client import Producer, Work
from command_client.transaction import in_transaction
from tests.builders import MESSAGE_LIFE, attempt, message
from tests.contract.test_commits import IN_DYNAMODB, orders, table
from tests.fakes.outbox import InMemorySender
from tests.unit.adapters.test_sender import FIFO, QUEUE, Queue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.adapters.dynamodb.commands import DynamoDBCommands
    from command_api.domain.model import JSON
    from command_api.domain.ports import Outbox
    from command_client.transaction import InTransaction

__all__ = ["table"]
ORDER = {
    "Put": {
        "TableName": "orders",
        "Item": {"orderId": {"S": "o-1"}, "total": {"N": "7"}},
        "ConditionExpression": "attribute_not_exists(orderId)",
    }
}
SMALL: dict[str, JSON] = {"n": 1}
LARGE: dict[str, JSON] = {"text": "x" * 1_000}


class Killed(BaseException):
    """The producer's process is gone."""


class Dying:
    """A client whose process dies before or after a call."""

    def __init__(self, client: Any, call: str, when: str) -> None:
        self.client, self.call, self.when = client, call, when

    def __getattr__(self, name: str) -> Any:
        """The client's method, deadly if it is the one."""

        def call(**request: Any) -> Any:
            if (name, self.when) == (self.call, "before"):
                raise Killed
            answer = getattr(self.client, name)(**request)
            if (name, self.when) == (self.call, "after"):
                raise Killed
            return answer

        return call


def prepared(
    store: DynamoDBCommands, queue: Any, work: Mapping[str, JSON], *, dynamodb: Any = None
) -> InTransaction:
    """The command c-1 of a producer."""
    producer = Producer(QUEUE, table=store.table, client=lambda: queue)
    asked = Work(type="echo", input=work, id="c-1")
    return in_transaction(producer, asked, dynamodb=lambda: dynamodb or store.client)


def relayed(outbox: Outbox, minutes: int = 2) -> list[Any]:
    """What the relay sends some minutes later."""
    sender, now = InMemorySender(), datetime.now(UTC) + timedelta(minutes=minutes)
    relay = OutboxRelay(
        outbox=outbox,
        sender=sender,
        logger=logging.getLogger("relay"),
        message_life=MESSAGE_LIFE,
        clock=lambda: now,
    )
    relay(deadline=now + timedelta(minutes=1))
    return sender.messages


@IN_DYNAMODB
@pytest.mark.parametrize("work", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", ["transact_write_items", "send_message_batch", "update_item"])
def test_the_write_and_the_command_agree_whatever_dies(
    table: DynamoDBCommands, outbox: Outbox, call: str, when: str, work: dict[str, JSON]
) -> None:
    """Both are there, and the command is sent and runs once; or neither is."""
    queue, dynamodb = Queue(), Dying(table.client, call, when)
    command = prepared(table, Dying(queue, call, when), work, dynamodb=dynamodb)
    try:
        dynamodb.transact_write_items(TransactItems=[ORDER, *command.items])
        command.send()
    except Killed:
        pass
    sent = len(queue.calls) + len(relayed(outbox))

    stored = table.get("c-1") is not None
    assert orders(table) == ({"o-1": 7} if stored else {})
    assert stored == (sent > 0)
    assert stored != (call == "transact_write_items" and when == "before")
    if stored:
        told = message(body_of("echo", work), sent_at=datetime.now(UTC))
        asked = parse(told, default_type="echo")
        claims = [table.claim(asked, attempt(token=f"t-{n}")).won for n in range(sent)]
        assert claims == [True, *[False] * (sent - 1)]


@IN_DYNAMODB
def test_what_was_sent_is_not_sent_again(table: DynamoDBCommands, outbox: Outbox) -> None:
    """The relay finds nothing to do."""
    queue = Queue()
    command = prepared(table, queue, SMALL)
    table.client.transact_write_items(TransactItems=[ORDER, *command.items])
    assert command.send()
    assert (len(queue.calls), relayed(outbox)) == (1, [])


@IN_DYNAMODB
def test_what_is_never_sent_is_sent_by_the_relay(table: DynamoDBCommands, outbox: Outbox) -> None:
    """With its input."""
    command = prepared(table, Queue(), LARGE)
    table.client.transact_write_items(TransactItems=[ORDER, *command.items])
    (sent,) = relayed(outbox)
    assert (sent.id, sent.pending_entry.input) == ("c-1", LARGE)


@IN_DYNAMODB
def test_a_command_expires_whoever_sends_it(table: DynamoDBCommands, outbox: Outbox) -> None:
    """And is not lost while its message can be in a queue, however long that keeps it."""
    queue, until = Queue(), datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    producer = Producer(QUEUE, table=table.table, client=lambda: queue)
    begun = datetime.now(UTC)
    for command_id in ("c-1", "c-2"):
        asked = Work(type="echo", id=command_id, expires_at=until)
        command = in_transaction(producer, asked, dynamodb=lambda: table.client)
        table.client.transact_write_items(TransactItems=[*command.items])
    assert command.send()
    (sent,) = relayed(outbox)
    [[entry]] = queue.calls
    told = message(entry["MessageBody"], sent_at=datetime.now(UTC))
    assert parse(told, default_type="echo").timing.expires_at == sent.timing.expires_at == until
    kept = table.get("c-2")
    assert kept is not None
    assert kept.waits_until is not None
    assert kept.waits_until >= begun + timedelta(days=14) - timedelta(seconds=1)


@IN_DYNAMODB
def test_the_relay_may_send_it_at_once(table: DynamoDBCommands, outbox: Outbox) -> None:
    """The mark by which the stream tells it goes with the rest of its entry."""
    command = prepared(table, Queue(), SMALL)
    table.client.transact_write_items(TransactItems=[*command.items])
    key = {"TableName": table.table, "Key": {"id": {"S": "c-1"}}}
    assert table.client.get_item(**key)["Item"]["outboxNow"] == {"S": "true"}
    now = datetime.now(UTC)
    known, ours = outbox.acquire_lease("c-1", now=now, until=now)
    assert ours
    assert known is not None
    outbox.sent(known, waits_until=now)
    assert "outboxNow" not in table.client.get_item(**key)["Item"]


@IN_DYNAMODB
def test_a_refused_write_stores_no_command(table: DynamoDBCommands, outbox: Outbox) -> None:
    """And a known id refuses the write."""
    command = prepared(table, Queue(), SMALL)
    table.client.transact_write_items(TransactItems=[ORDER, *command.items])
    again = prepared(table, Queue(), SMALL)
    with pytest.raises(ClientError, match="TransactionCanceled"):
        table.client.transact_write_items(TransactItems=[ORDER, *again.items])
    other = {"Put": {**ORDER["Put"], "Item": {"orderId": {"S": "o-2"}, "total": {"N": "1"}}}}
    with pytest.raises(ClientError, match="TransactionCanceled"):
        table.client.transact_write_items(TransactItems=[other, *again.items])
    assert orders(table) == {"o-1": 7}
    assert len(relayed(outbox)) == 1


@pytest.mark.parametrize(
    ("url", "table_name", "work", "why"),
    [
        (QUEUE, "", Work(type="echo"), "acme-dev-commands"),
        (QUEUE, "commands", Work(type="echo", input={"text": "x" * 300_000}), "256 KB"),
        (QUEUE, "commands", Work(type="echo", input={"n": float("nan")}), "JSON"),
        (QUEUE, "commands", Work(type="echo", delay=1), "omit delay"),
        (QUEUE, "commands", Work(type="echo", id="a b"), "order-1042"),
        (FIFO, "commands", Work(type="echo"), "customer-7"),
    ],
)
def test_what_can_never_be_sent_is_refused_before_it_is_stored(
    monkeypatch: pytest.MonkeyPatch, url: str, table_name: str, work: Work, why: str
) -> None:
    """The producer's transaction does not begin."""
    monkeypatch.setattr("command_client.transaction.client", lambda _: None)
    with pytest.raises(ValueError, match=why):
        Producer(url, table=table_name).in_transaction(work)
