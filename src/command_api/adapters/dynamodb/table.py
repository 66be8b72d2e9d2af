"""Conditional writes to a DynamoDB table, for whoever keeps commands in it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from command_api.adapters.availability import unavailable
from command_api.adapters.dynamodb.expressions import placeholders
from command_api.adapters.dynamodb.item import text
from command_api.domain.errors import DoesNotFit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from command_api.adapters.dynamodb.item import Attributes


class Refused(Exception):
    """A condition did not hold; `item` is what was there instead, if that was asked for."""

    def __init__(self, item: Attributes) -> None:
        super().__init__()
        self.item = item


@contextmanager
def conditional(item_id: str) -> Iterator[None]:
    """Say what became of a conditional write: Refused, DoesNotFit above 400 KB, Unavailable."""
    try:
        with unavailable():
            yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException":
            found: Any = error.response.get("Item", {})
            raise Refused(found) from None
        if code == "ValidationException" and "size" in str(error).lower():
            raise DoesNotFit(item_id) from None
        raise


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """One table, whose key is the command's id."""

    client: Any
    name: str

    def update(
        self,
        command_id: str,
        expression: str,
        condition: str,
        values: Attributes,
        *,
        names: dict[str, str] | None = None,
        **options: str,
    ) -> dict[str, Any]:
        """Write under a condition; Refused where it does not hold, DoesNotFit above 400 KB.

        Raises Unavailable where the same call may succeed later.
        """
        request = self.as_update(command_id, expression, condition, values, names=names, **options)
        with conditional(command_id):
            answer: dict[str, Any] = self.client.update_item(**request)
        return answer

    def as_update(
        self,
        command_id: str,
        expression: str,
        condition: str,
        values: Attributes,
        *,
        names: dict[str, str] | None = None,
        **options: str,
    ) -> dict[str, Any]:
        """The update as a request, or as a part of a transaction."""
        request: dict[str, Any] = {
            "TableName": self.name,
            "Key": {"id": text(command_id)},
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {
                **placeholders(f"{expression} {condition}"),
                **(names or {}),
            },
            **options,
        }
        if values:
            found = {f":{name}": value for name, value in values.items()}
            request["ExpressionAttributeValues"] = found
        return request

    def put(self, item: Attributes) -> None:
        """Write an item, whatever there was."""
        with unavailable():
            self.client.put_item(TableName=self.name, Item=item)

    def get(self, key: str, *, consistent: bool = False) -> dict[str, Any] | None:
        """The item of that key; None where there is none."""
        with unavailable():
            found = self.client.get_item(
                TableName=self.name, Key={"id": text(key)}, ConsistentRead=consistent
            )
        item: dict[str, Any] | None = found.get("Item")
        return item


def queried(
    client: Any,  # noqa: ANN401 - boto3's
    table: str,
    condition: str,
    values: Attributes,
) -> Iterator[dict[str, Any]]:
    """The items of a key, consistent, all pages of them; Unavailable where it may work later."""
    more: dict[str, Any] = {}
    while True:
        with unavailable():
            page = client.query(
                TableName=table,
                ConsistentRead=True,
                KeyConditionExpression=condition,
                ExpressionAttributeValues={f":{name}": value for name, value in values.items()},
                **more,
            )
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def assignments(names: Attributes) -> str:
    """`SET` of these attributes to values of the same names."""
    return "SET " + ", ".join(f"#{name} = :{name}" for name in names)
