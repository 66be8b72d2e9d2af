"""`import_row`: store one row of an import as an order, together with others that wait.

docs/examples/import_row.md says what a client may expect.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any, cast

from command_api import JSON, Context, Outcome, Rejected, Retryable
from handlers import process_order

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
MOST_ROWS = 25


def handle_many(
    inputs: Sequence[Mapping[str, JSON]], contexts: Sequence[Context]
) -> Sequence[Outcome]:
    """Store the rows in one call, and answer each of them: 25 at most."""
    table = os.environ.get("ORDERS_TABLE")
    if not table:
        raise Rejected("Orders are disabled in this environment.", code="orders_not_configured")
    answers: dict[str, Outcome] = {}
    rows: dict[str, Mapping[str, object]] = {}
    for command_input, context in zip(inputs, contexts, strict=True):
        # The same on every attempt: a row that is written again is the same item.
        order_id = process_order.order_id(context.idempotency_key)
        row = cast("process_order.Input", command_input)
        try:
            rows[order_id] = process_order.stored(process_order.item(row, order_id, context))
            answers[order_id] = {"orderId": order_id}
        except Rejected as error:
            answers[order_id] = error
    for order_id in _refused(table, rows):
        answers[order_id] = Retryable("The table is busy.", code="table_busy")
    return list(answers.values())


def _refused(table: str, rows: Mapping[str, Mapping[str, object]]) -> Sequence[str]:
    """Write the rows; the ids of those that DynamoDB did not take this time."""
    from command_api.aws import client  # noqa: PLC0415 - validated submission needs none

    if not rows:
        return []
    puts: Any = [{"PutRequest": {"Item": row}} for row in rows.values()]
    answer = client("dynamodb").batch_write_item(RequestItems={table: puts})
    left = answer["UnprocessedItems"].get(table, [])
    return [one["PutRequest"]["Item"]["orderId"]["S"] for one in left]
