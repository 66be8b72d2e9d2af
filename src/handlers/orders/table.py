"""The table of orders: one conditional write each, no reads."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore.exceptions import ClientError

from command_api import Rejected
from command_api.aws import client

if TYPE_CHECKING:
    from collections.abc import Mapping

Item: TypeAlias = "Mapping[str, Mapping[str, str]]"

# What makes two orders the same; what happens to an order later does not.
_ORDERED = ("commandId", "productId", "quantity", "unitPrice", "customerEmail")


def store(table: str, order: Item) -> Item:
    """Store the order unless it is there, and return what is there then.

    A refused write brings the stored order along. Rejected where that is another one: a client
    has used a command's id again, after its retention or its failure, for another order.
    """
    try:
        client("dynamodb").put_item(
            TableName=table,
            Item=order,
            ConditionExpression="attribute_not_exists(orderId)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        # Present in botocore's answer, and missing in its types.
        response: Any = error.response
        stored: Item = response["Item"]
        if _ordered(stored) != _ordered(order):
            message = "A different order is already stored for this command id."
            raise Rejected(message, code="order_exists") from None
        return stored
    return order


def _ordered(order: Item) -> list[object]:
    # DynamoDB drops the zeros at the end of a number.
    return [
        Decimal(order[name]["N"]) if "N" in order[name] else order[name]["S"] for name in _ORDERED
    ]
