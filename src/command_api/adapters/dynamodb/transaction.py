"""A command's outcome and a handler's own items in one write: all of them, or none.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from command_api.adapters.availability import unavailable
from command_api.adapters.dynamodb.item import ITEM_BYTES
from command_api.adapters.dynamodb.table import Refused
from command_api.adapters.dynamodb.values import attribute_values, python_value, size
from command_api.domain.effects import MOST_EFFECTS, Delete, Put, Update
from command_api.domain.errors import ConditionFailed, EffectsTooLarge, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from command_api.domain.effects import Effect

_TRANSACTION_BYTES = 4 * 1024 * 1024
# Another write of the same item, or too many of them: the same transaction may succeed later.
_PASSING = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"})


def rendered(effects: Sequence[Effect]) -> list[dict[str, Any]]:
    """The items as the transaction takes them; EffectsTooLarge where it would not.

    Raises TypeError for a value that DynamoDB has no type for.
    """
    if len(effects) > MOST_EFFECTS:
        raise EffectsTooLarge(f"A command commits at most {MOST_EFFECTS} items.")
    items = [_item(effect) for effect in effects]
    sizes = [
        sum(len(name.encode()) + size(value) for name, value in content.items())
        for item in items
        for (action,) in [item.values()]
        for content in [action.get("Item", {}) or action.get("ExpressionAttributeValues", {})]
    ]
    if sum(sizes) > _TRANSACTION_BYTES or max(sizes, default=0) > ITEM_BYTES:
        raise EffectsTooLarge("An item has at most 400 KB, and all of a commit at most 4 MB.")
    return items


def write(
    client: Any,  # noqa: ANN401 - botocore makes its clients at run time
    outcome: Mapping[str, Any],
    items: Sequence[dict[str, Any]],
    token: str,
) -> None:
    """Write the outcome and the items at once; a repetition after a lost answer does nothing.

    `token` is the attempt's. Where a condition did not hold, the attempt may write something else.

    Raises Refused where the outcome's condition does not hold, ConditionFailed where an item's does
    not, Unavailable where the same transaction may succeed later.
    """
    request = [{"Update": outcome}, *items]
    # DynamoDB takes other items under a token that it knows for a mistake.
    content = json.dumps([token, request], sort_keys=True, default=repr)
    try:
        with unavailable():
            client.transact_write_items(
                TransactItems=request,
                ClientRequestToken=sha256(content.encode()).hexdigest()[:36],
            )
    except ClientError as error:
        if error.response["Error"]["Code"] != "TransactionCanceledException":
            raise
        # Present in botocore's answer, and missing in its types.
        answer: Any = error.response
        _raise_for(answer.get("CancellationReasons", []), error)


def _raise_for(reasons: Sequence[Mapping[str, Any]], error: ClientError) -> None:
    codes = [str(one.get("Code") or "None") for one in reasons]
    if codes and codes[0] == "ConditionalCheckFailed":
        raise Refused(reasons[0].get("Item", {})) from None
    if "ConditionalCheckFailed" in codes:
        place = codes.index("ConditionalCheckFailed")
        found = reasons[place].get("Item")
        stored = {name: python_value(it) for name, it in found.items()} if found else None
        raise ConditionFailed(place - 1, stored) from None
    if _PASSING & {*codes}:
        raise Unavailable("TransactionCanceledException") from error
    if any(code == "ItemCollectionSizeLimitExceeded" for code in codes):
        raise EffectsTooLarge("An item collection has at most 10 GB.") from None
    raise error


def _item(effect: Effect) -> dict[str, Any]:
    expressions: dict[str, Any] = {}
    if effect.condition:
        expressions["ConditionExpression"] = effect.condition
        expressions["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    if effect.names:
        names = {f"#{name}": attribute for name, attribute in effect.names.items()}
        expressions["ExpressionAttributeNames"] = names
    if effect.values:
        values = {f":{name}": it for name, it in attribute_values(effect.values).items()}
        expressions["ExpressionAttributeValues"] = values
    if isinstance(effect, Put):
        item = attribute_values(effect.item)
        return {"Put": {"TableName": effect.table, "Item": item, **expressions}}
    expressions = {"TableName": effect.table, "Key": attribute_values(effect.key), **expressions}
    if isinstance(effect, Update):
        return {"Update": {**expressions, "UpdateExpression": effect.update}}
    return {"Delete" if isinstance(effect, Delete) else "ConditionCheck": expressions}
