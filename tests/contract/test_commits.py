"""An outcome and a handler's own items are written together, once, or not at all."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from command_api.adapters.dynamodb.commands import DynamoDBCommands
from command_api.adapters.dynamodb.values import python_value
from command_api.domain.effects import ConditionCheck, Delete, Put, Update
from command_api.domain.errors import ConditionFailed, EffectsTooLarge, LeaseLost
from command_api.domain.model import Status
from tests.builders import LATER, attempt, submission
from tests.contract.conftest import LOCAL
from tests.contract.states import PURGE_AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from command_api.domain.model import Command
    from command_api.domain.ports import CommandStore
    from tests.fakes.commands import InMemoryCommands

ORDER = Put("orders", {"orderId": "o-1", "total": 7}, "attribute_not_exists(orderId)")


@pytest.fixture
def table(store: CommandStore) -> Iterator[CommandStore]:
    """The store, beside a table of orders."""
    if not isinstance(store, DynamoDBCommands):
        yield store
        return
    store.client.create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "orderId", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "orderId", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    yield store
    store.client.delete_table(TableName="orders")


def orders(store: CommandStore) -> dict[str, Any]:
    """Total by order, as stored."""
    if not isinstance(store, DynamoDBCommands):
        memory: Any = store
        return {it.item["orderId"]: it.item["total"] for it in memory.effects}
    found = store.client.scan(TableName="orders")["Items"]
    return {it["orderId"]["S"]: int(it["total"]["N"]) for it in found}


def claimed(store: CommandStore) -> Command:
    """A command that an attempt holds."""
    return store.claim(submission(), attempt()).command


def done(command: Command, result: Any = "ok") -> Command:
    """The command with its work done."""
    return command.completed(result, now=LATER, purge_at=PURGE_AT)


def refuse(store: CommandStore) -> None:
    """Let the order be there already."""
    if isinstance(store, DynamoDBCommands):
        item = {"orderId": {"S": "o-1"}, "total": {"N": "1"}}
        store.client.put_item(TableName="orders", Item=item)
    else:
        memory: InMemoryCommands = store  # type: ignore[assignment]
        memory.refusing.add("orders")


def test_the_outcome_and_the_items_are_there_together(table: CommandStore) -> None:
    """The command is completed as by any other end."""
    command = claimed(table)
    table.commit(done(command, {"total": 7}), "t-1", [ORDER])

    stored = table.get("c-1")
    assert stored is not None
    assert (stored.status, stored.result) == (Status.COMPLETED, {"total": 7})
    assert stored.lease is None
    assert orders(table) == {"o-1": 7}


def test_where_a_condition_does_not_hold_nothing_is_written(table: CommandStore) -> None:
    """The command still runs, and may end in another way."""
    command = claimed(table)
    refuse(table)
    with pytest.raises(ConditionFailed) as refused:
        table.commit(done(command), "t-1", [ORDER])

    assert refused.value.place == 0
    stored = table.get("c-1")
    assert stored is not None
    assert stored.status is Status.PROCESSING
    assert orders(table).get("o-1") != 7
    table.finish(done(command, "other"), "t-1")


def test_whoever_lost_the_lease_writes_nothing(table: CommandStore) -> None:
    """A worker that was overtaken has no effect."""
    command = claimed(table)
    with pytest.raises(LeaseLost):
        table.commit(done(command), "t-0", [ORDER])

    assert orders(table) == {}


def test_a_repeated_commit_writes_once(table: CommandStore) -> None:
    """Its answer got lost; the repetition recognises its own success."""
    command = claimed(table)
    table.commit(done(command), "t-1", [ORDER])
    table.commit(done(command), "t-1", [ORDER])

    assert orders(table) == {"o-1": 7}


def test_another_attempt_does_not_commit_again(table: CommandStore) -> None:
    """What is completed stays as it is."""
    command = claimed(table)
    table.commit(done(command), "t-1", [ORDER])
    with pytest.raises(LeaseLost):
        table.commit(done(command, "again"), "t-2", [replace(ORDER, item={"orderId": "o-2"})])

    assert orders(table) == {"o-1": 7}


IN_DYNAMODB = pytest.mark.parametrize(
    "store", ["dynamodb local"] if LOCAL else ["dynamodb"], indirect=True
)


@IN_DYNAMODB
def test_all_kinds_of_items_and_values(table: DynamoDBCommands) -> None:
    """Written, changed, deleted and looked at, in one transaction with the outcome."""
    for name in ("changed", "deleted", "looked at"):
        table.client.put_item(
            TableName="orders", Item={"orderId": {"S": name}, "total": {"N": "1"}}
        )
    item = {
        "orderId": "put",
        "total": Decimal("2.50"),
        "paid": True,
        "note": None,
        "lines": [1, "two", {"three": b"3"}],
        "tags": {"a", "b"},
    }
    table.commit(
        done(claimed(table)),
        "t-1",
        [
            Put("orders", item),
            Update(
                "orders",
                {"orderId": "changed"},
                "SET #total = #total + :more",
                "#total = :one",
                names={"total": "total"},
                values={"more": 4, "one": 1},
            ),
            Delete("orders", {"orderId": "deleted"}, "attribute_exists(orderId)"),
            ConditionCheck("orders", {"orderId": "looked at"}, "attribute_exists(orderId)"),
        ],
    )

    found = {
        it["orderId"]["S"]: {name: python_value(value) for name, value in it.items()}
        for it in table.client.scan(TableName="orders")["Items"]
    }
    assert found.keys() == {"put", "changed", "looked at"}
    assert found["put"] == item
    assert found["changed"]["total"] == 5


@IN_DYNAMODB
def test_a_refusal_says_which_item_and_what_was_there(table: DynamoDBCommands) -> None:
    """So that a handler can tell its own earlier item from another one."""
    refuse(table)
    other = Put("orders", {"orderId": "o-2", "total": 1})
    with pytest.raises(ConditionFailed) as refused:
        table.commit(done(claimed(table)), "t-1", [other, ORDER])

    assert refused.value.place == 1
    assert refused.value.found == {"orderId": "o-1", "total": 1}
    assert orders(table) == {"o-1": 1}


@IN_DYNAMODB
def test_after_a_refusal_the_attempt_may_commit_something_else(table: DynamoDBCommands) -> None:
    """Nothing of the first try is left, and the second one is no repetition of it."""
    command = claimed(table)
    refuse(table)
    with pytest.raises(ConditionFailed):
        table.commit(done(command), "t-1", [ORDER])
    table.commit(done(command), "t-1", [Put("orders", {"orderId": "o-2", "total": 2})])

    assert orders(table) == {"o-1": 1, "o-2": 2}


@IN_DYNAMODB
@pytest.mark.parametrize(
    "items",
    [
        [Put("orders", {"orderId": f"o-{n}", "total": n}) for n in range(100)],
        [Put("orders", {"orderId": "o-1", "total": 1, "text": "x" * 400 * 1024})],
        [Put("orders", {"orderId": f"o-{n}", "text": "x" * 300 * 1024}) for n in range(14)],
    ],
    ids=["too many", "too large", "too much"],
)
def test_what_does_not_fit_is_refused_before_it_is_sent(
    table: DynamoDBCommands, items: list[Put]
) -> None:
    """A transaction has 100 items, an item 400 KB, and all of them 4 MB."""
    with pytest.raises(EffectsTooLarge):
        table.commit(done(claimed(table)), "t-1", items)

    assert orders(table) == {}
