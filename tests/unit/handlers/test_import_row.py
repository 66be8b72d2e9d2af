"""`import_row`: rows are stored together, and each has its own answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from command_api import Rejected, Retryable
from command_api.aws import client
from handlers import import_row
from tests.unit.handlers.test_process_order import ORDER, orders

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api import JSON
    from tests.unit.attempts import Attempts

__all__ = ["orders"]


def imported(attempt: Attempts, *rows: dict[str, JSON]) -> list[Any]:
    """The answers to these rows."""
    contexts = [attempt(id=f"c-{number}") for number in range(len(rows))]
    return list(import_row.handle_many(rows, contexts))


def test_an_environment_without_orders_rejects_all_rows(
    attempt: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trying again would not give it a table."""
    monkeypatch.delenv("ORDERS_TABLE", raising=False)
    with pytest.raises(Rejected):
        imported(attempt, ORDER)


def test_a_bad_row_does_not_keep_the_others_out(
    attempt: Attempts, orders: Callable[[], list[Any]]
) -> None:
    """It is rejected alone, at its own place."""
    first, bad, last = imported(attempt, ORDER, {**ORDER, "unitPrice": 0.015}, ORDER)
    assert isinstance(bad, Rejected)
    assert bad.code == "bad_price"
    assert {one["orderId"]["S"] for one in orders()} == {first["orderId"], last["orderId"]}


def test_bad_rows_alone_write_nothing(attempt: Attempts, orders: Callable[[], list[Any]]) -> None:
    """DynamoDB refuses an empty list."""
    assert [type(one) for one in imported(attempt, {**ORDER, "customerEmail": "x"})] == [Rejected]
    assert orders() == []


def test_a_row_that_is_repeated_is_stored_once(
    attempt: Attempts, orders: Callable[[], list[Any]]
) -> None:
    """An attempt whose worker died has written it, maybe."""
    assert imported(attempt, ORDER) == imported(attempt, ORDER)
    assert len(orders()) == 1


def test_a_row_that_the_table_did_not_take_is_tried_again(
    attempt: Attempts, orders: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows that it took are done."""
    write = client("dynamodb").batch_write_item

    def busy(**asked: Any) -> Any:
        ((table, puts),) = asked["RequestItems"].items()
        write(RequestItems={table: puts[:1]})
        return {"UnprocessedItems": {table: puts[1:]}}

    monkeypatch.setattr(client("dynamodb"), "batch_write_item", busy)
    done, left = imported(attempt, ORDER, ORDER)
    assert isinstance(left, Retryable)
    assert [one["orderId"]["S"] for one in orders()] == [done["orderId"]]
