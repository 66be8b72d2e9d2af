"""`process_order`: check an order, give it an id and a time, and store it once.

docs/examples/process_order.md says what a client may expect. The API that answers POST /orders
calls `accepted`, so this file stays free of AWS until an order is stored.
"""

import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypedDict, cast

from command_api import JSON, ConditionFailed, Context, Rejected
from handlers.mail.address import is_address

# What one order may come to; more than that is a typing error or needs a person.
MAX_TOTAL = Decimal(1_000_000)


class Input(TypedDict):
    """What process_order.schema.json has let through."""

    productId: str
    quantity: int
    customerEmail: str
    unitPrice: float


def accepted(command_id: str, created_at: datetime) -> Mapping[str, JSON]:
    """What a client is told as soon as the order is stored as a command, before it runs."""
    return _answer("Order accepted", command_id, _text(created_at), "PENDING")


def handle(command_input: Mapping[str, JSON], context: Context) -> JSON:
    """Store the order and complete the command in one write: both happen once, or neither does."""
    from command_api.domain.effects import Put  # noqa: PLC0415 - validated submission needs none

    order = cast("Input", command_input)
    table = os.environ.get("ORDERS_TABLE")
    if not table:
        raise Rejected("Orders are disabled in this environment.", code="orders_not_configured")
    command_id, created_at = context.command.id, _text(context.command.created_at)
    put = Put(table, item(order, order_id(command_id), context), "attribute_not_exists(orderId)")
    answer = _answer("Order processed", command_id, created_at, "PROCESSED")
    try:
        return context.commit(answer, [put])
    except ConditionFailed:
        # A client has used the id again, after the retention of its first command.
        message = "An order is already stored for this command id."
        raise Rejected(message, code="order_exists") from None


def item(order: Input, order_id: str, context: Context) -> dict[str, object]:
    """The order as it is stored; Rejected where it cannot be."""
    quantity, price, total = _checked(order)
    return {
        "orderId": order_id,
        "commandId": context.command.id,
        "createdAt": _text(context.command.created_at),
        "status": "PROCESSED",
        "productId": order["productId"],
        "quantity": quantity,
        "unitPrice": price,
        "total": total,
        "customerEmail": order["customerEmail"],
    }


def stored(order: Mapping[str, object]) -> dict[str, Any]:
    """An order as DynamoDB's own calls take it."""
    return {
        name: {"S": value} if isinstance(value, str) else {"N": str(value)}
        for name, value in order.items()
    }


def order_id(command_id: str) -> str:
    """The order's id: derived from its command's, so that API and worker need not agree."""
    return "ord-" + hashlib.sha256(f"order\0{command_id}".encode()).hexdigest()[:24]


def _checked(order: Input) -> tuple[int, Decimal, Decimal]:
    """Quantity, and unit price and total to the cent."""
    if not is_address(order["customerEmail"]):
        raise Rejected("customerEmail is not a deliverable address.", code="bad_address")
    # A JSON number may be written 2.0 where 2 is meant, and a price arrives as a float, whose
    # shortest text is what the client wrote.
    quantity, price = int(order["quantity"]), Decimal(str(order["unitPrice"]))
    if not price.is_finite() or price != round(price, 2):
        raise Rejected("unitPrice must have at most two decimals.", code="bad_price")
    price = round(price, 2)
    total = price * quantity
    if total > MAX_TOTAL:
        raise Rejected(
            f"The order total exceeds the maximum of {MAX_TOTAL:,}.", code="order_too_large"
        )
    return quantity, price, total


def _answer(message: str, command_id: str, created_at: str, status: str) -> dict[str, JSON]:
    return {
        "message": message,
        "orderId": order_id(command_id),
        "createdAt": created_at,
        "status": status,
    }


def _text(moment: datetime) -> str:
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"
