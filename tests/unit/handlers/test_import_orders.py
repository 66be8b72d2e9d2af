"""`import_orders`: every order is stored once, in as many slices as it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from command_api import Continue, Rejected
from handlers import import_orders
from tests.unit.handlers.test_process_order import ORDER, orders

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api import JSON
    from tests.unit.attempts import Attempts

__all__ = ["orders"]
MANY: list[JSON] = [{**ORDER, "productId": f"p-{place}"} for place in range(250)]


def slices(attempt: Attempts, given: list[JSON]) -> tuple[JSON, list[Any]]:
    """The result, and the states that were passed on."""
    states: list[Any] = []
    while True:
        state = states[-1] if states else None
        try:
            return import_orders.handle({"orders": given}, attempt(state=state)), states
        except Continue as going:
            states.append(going.state)


def test_an_environment_without_orders_rejects_them(
    attempt: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trying again would not give it a table."""
    monkeypatch.delenv("ORDERS_TABLE", raising=False)
    with pytest.raises(Rejected):
        import_orders.handle({"orders": MANY}, attempt())


def test_orders_that_cannot_be_stored_are_named(
    attempt: Attempts, orders: Callable[[], list[Any]]
) -> None:
    """The others are stored."""
    given = [MANY[0], {**ORDER, "unitPrice": 0.015}, *MANY[1:150], {**ORDER, "customerEmail": "x"}]
    result, _ = slices(attempt, given)
    refused = [{"place": 1, "code": "bad_price"}, {"place": 151, "code": "bad_address"}]
    assert result == {"stored": 150, "refused": refused}
    assert len(orders()) == 150


def test_a_hundred_orders_are_stored_in_each_slice(
    attempt: Attempts, orders: Callable[[], list[Any]]
) -> None:
    """Each passes on where the next one begins."""
    result, states = slices(attempt, MANY)
    assert [state["place"] for state in states] == [100, 200]
    assert result == {"stored": 250, "refused": []}
    assert {it["productId"]["S"] for it in orders()} == {f"p-{place}" for place in range(250)}


def test_a_slice_that_is_repeated_stores_nothing_twice(
    attempt: Attempts, orders: Callable[[], list[Any]]
) -> None:
    """Its worker died; an order has the same id again."""
    for _ in range(2):
        with pytest.raises(Continue):
            import_orders.handle({"orders": MANY}, attempt())
    assert len(orders()) == 100


def test_a_slice_ends_before_its_invocation(
    attempt: Attempts, orders: Callable[[], list[Any]]
) -> None:
    """But each stores an order, so that the import comes to its end."""
    attempt.seconds = 5.0
    _, states = slices(attempt, MANY[:3])
    assert [state["place"] for state in states] == [1, 2]
    assert len(orders()) == 3
