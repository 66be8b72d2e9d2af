"""`import_orders`: store a list of orders, some in each slice.

docs/examples/import_orders.md says what a client may expect.
"""

import os
from collections.abc import Mapping
from typing import TypedDict, cast

from command_api import JSON, Context, Continue, Rejected
from handlers import process_order

# A slice ends after so many orders, or where no more fit into its invocation.
ORDERS, RESERVE_SECONDS = 100, 10.0


class Refused(TypedDict):
    """An order that was not stored."""

    # Its place in the list, from 0.
    place: int
    code: str


class State(TypedDict):
    """What a slice passes on."""

    # The place of the first order that is not stored yet.
    place: int
    refused: list[Refused]


def handle(command_input: Mapping[str, JSON], context: Context) -> JSON:
    """Store the orders of this slice, and pass on where the next one begins."""
    table = os.environ.get("ORDERS_TABLE")
    if not table:
        raise Rejected("Orders are disabled in this environment.", code="orders_not_configured")
    orders = cast("list[process_order.Input]", command_input["orders"])
    state = cast("State", context.state or {"place": 0, "refused": []})
    begin, refused = state["place"], state["refused"]
    for place in range(begin, len(orders)):
        full = place == begin + ORDERS or context.remaining_seconds() < RESERVE_SECONDS
        if full and place > begin:
            context.logger.info("slice stored", extra={"orders": place})
            raise Continue({"place": place, "refused": refused})  # type: ignore[dict-item] # JSON
        try:
            _store(table, orders[place], place, context)
        except Rejected as error:
            refused.append({"place": place, "code": error.code})
    return {"stored": len(orders) - len(refused), "refused": refused}  # type: ignore[dict-item]


def _store(table: str, order: process_order.Input, place: int, context: Context) -> None:
    """Store an order; a slice that is repeated writes the same item again."""
    from command_api.aws import client  # noqa: PLC0415 - validated submission needs none

    order_id = process_order.order_id(f"{context.idempotency_key}/{place}")
    stored = process_order.stored(process_order.item(order, order_id, context))
    client("dynamodb").put_item(TableName=table, Item=stored)
