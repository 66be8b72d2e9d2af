"""`process_order`, from its failures to its success."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_api import Rejected
from command_api.adapters.schemas import RESULT, HandlerSchemas
from handlers import process_order
from tests.builders import LATER, NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api import JSON
    from tests.unit.attempts import Attempts

ORDER: dict[str, JSON] = {
    "productId": "p-1",
    "quantity": 3,
    "customerEmail": "kim@example.org",
    "unitPrice": 19.99,
}


@pytest.fixture
def orders(aws: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Any]]:
    """The empty table of orders, beside that of commands; the fixture's value reads all of it."""
    monkeypatch.setenv("ORDERS_TABLE", "orders")
    for table, key in (("orders", "orderId"), ("commands", "id")):
        aws("dynamodb").create_table(
            TableName=table,
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    return lambda: aws("dynamodb").scan(TableName="orders")["Items"]


def test_an_environment_without_orders_rejects_them(
    attempt: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trying again would not give it a table."""
    monkeypatch.delenv("ORDERS_TABLE", raising=False)
    with pytest.raises(Rejected) as refusal:
        process_order.handle(ORDER, attempt())
    assert refusal.value.code == "orders_not_configured"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"customerEmail": "kim@@example.org"}, "bad_address"),
        ({"unitPrice": 0.015}, "bad_price"),
        ({"unitPrice": float("nan")}, "bad_price"),
        ({"unitPrice": float("inf")}, "bad_price"),
        ({"unitPrice": 100.01, "quantity": 10000}, "order_too_large"),
    ],
)
def test_an_order_that_makes_no_sense_is_not_stored(
    orders: Callable[[], list[Any]], attempt: Attempts, change: dict[str, JSON], code: str
) -> None:
    """What a schema cannot say is checked before the write."""
    with pytest.raises(Rejected) as refusal:
        process_order.handle({**ORDER, **change}, attempt())
    assert (refusal.value.code, orders()) == (code, [])


def test_an_order_is_stored_with_what_it_comes_to(
    orders: Callable[[], list[Any]], attempt: Attempts
) -> None:
    """Exact to the cent, with its id, its time and its command."""
    result = process_order.handle(ORDER, attempt())
    order_id = process_order.order_id("c-1")
    assert result == {
        "message": "Order processed",
        "orderId": order_id,
        "createdAt": "2030-01-02T03:04:05.000Z",
        "status": "PROCESSED",
    }
    assert orders() == [
        {
            "orderId": {"S": order_id},
            "commandId": {"S": "c-1"},
            "createdAt": {"S": "2030-01-02T03:04:05.000Z"},
            "status": {"S": "PROCESSED"},
            "productId": {"S": "p-1"},
            "quantity": {"N": "3"},
            "unitPrice": {"N": "19.99"},
            "total": {"N": "59.97"},
            "customerEmail": {"S": "kim@example.org"},
        }
    ]


def test_an_order_that_exists_is_left_alone(
    aws: Callable[..., Any], orders: Callable[[], list[Any]], attempt: Attempts
) -> None:
    """An id that a client used again does not change what became of its first order."""
    process_order.handle(ORDER, attempt())
    shipped = {**orders()[0], "status": {"S": "SHIPPED"}}
    aws("dynamodb").put_item(TableName="orders", Item=shipped)
    with pytest.raises(Rejected) as refusal:
        process_order.handle({**ORDER, "quantity": 4}, attempt(created_at=LATER))
    assert (refusal.value.code, orders()) == ("order_exists", [shipped])


@pytest.mark.usefixtures("orders")
def test_the_api_answers_with_the_order_that_will_be_stored(attempt: Attempts) -> None:
    """Before it runs, a client has the order's id and time; only the status moves on."""
    promised = process_order.accepted("c-1", NOW.astimezone(timezone(timedelta(hours=2))))
    kept: Any = process_order.handle(ORDER, attempt())
    assert HandlerSchemas(RESULT).violations("process_order", kept) == ()
    assert list(promised) == ["message", "orderId", "createdAt", "status"]
    assert {**promised, "message": "", "status": ""} == {**kept, "message": "", "status": ""}
    assert (promised["status"], kept["status"]) == ("PENDING", "PROCESSED")


@given(cents=st.integers(1, 100_000_000), quantity=st.integers(1, 10_000))
def test_no_cent_is_lost(cents: int, quantity: int) -> None:
    """Whatever a client writes as a price arrives as a float, and comes out exact."""
    order = {**ORDER, "unitPrice": cents / 100, "quantity": quantity}
    if cents * quantity > process_order.MAX_TOTAL * 100:
        with pytest.raises(Rejected, match="exceeds the maximum of 1,000,000"):
            process_order._checked(order)  # type: ignore[arg-type]
    else:
        _, price, total = process_order._checked(order)  # type: ignore[arg-type]
        assert [int(price * 100), int(total * 100)] == [cents, cents * quantity]
        assert (price.as_tuple().exponent, total.as_tuple().exponent) == (-2, -2)
