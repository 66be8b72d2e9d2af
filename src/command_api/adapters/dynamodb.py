"""Commands in DynamoDB: one conditional write to claim, one to finish, no reads.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from command_api.adapters.item import (
    Attributes,
    attributes,
    command_of,
    document,
    moment,
    number,
    outcome,
    text,
)
from command_api.domain.errors import DoesNotFit, LeaseLost
from command_api.domain.model import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from command_api.domain.model import JSON, Attempt, Command, Submission

_CLAIM = (
    "SET #type = if_not_exists(#type, :type), #input = if_not_exists(#input, :input), "
    "#status = :processing, #attempts = if_not_exists(#attempts, :zero) + :one, "
    "#maxAttempts = :maxAttempts, #messageId = :messageId, #leaseToken = :leaseToken, "
    "#leaseExpiresAt = :leaseExpiresAt, #steps = if_not_exists(#steps, :steps), "
    "#createdAt = if_not_exists(#createdAt, :createdAt), #updatedAt = :now "
    "REMOVE #error"
)
# Exactly the commands whose verdict is CLAIM or, for the second one, TAKE_OVER: see
# lifecycle.verdict.
_CLAIMABLE = "attribute_not_exists(id) OR #status = :pending"
_ABANDONED = "#status = :processing AND #leaseExpiresAt < :now AND #attempts < #maxAttempts"
_HELD = "#leaseToken = :token"


@dataclass(frozen=True)
class DynamoDBCommands:
    """The commands of one table; `ttl_attribute` is what its time to live is called."""

    client: Any
    table: str
    ttl_attribute: str

    def get(self, command_id: str) -> Command | None:
        """Read a command, eventually consistent: half the price, and a poller comes again."""
        found = self.client.get_item(TableName=self.table, Key={"id": text(command_id)})
        return command_of(found["Item"], self.ttl_attribute) if "Item" in found else None

    def claim(self, submission: Submission, attempt: Attempt) -> tuple[Command, bool]:
        """Claim by one write; where it is refused, the same answer says by what."""
        try:
            answer = self._update(
                submission.id,
                _CLAIM,
                f"{_CLAIMABLE} OR ({_ABANDONED})" if attempt.takes_over else _CLAIMABLE,
                {
                    "type": text(submission.type),
                    "input": document(submission.input),
                    "createdAt": moment(submission.submitted_at),
                    "messageId": text(attempt.message_id),
                    "leaseToken": text(attempt.token),
                    "leaseExpiresAt": moment(attempt.lease_until),
                    "maxAttempts": number(attempt.max_attempts),
                    "now": moment(attempt.at),
                    "pending": text(Status.PENDING),
                    "processing": text(Status.PROCESSING),
                    "steps": {"M": {}},
                    "zero": number(0),
                    "one": number(1),
                },
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except _Refused as refused:
            return command_of(refused.item, self.ttl_attribute), False
        return command_of(answer["Attributes"], self.ttl_attribute), True

    def replace(self, known: Command, command: Command) -> None:
        """Overwrite a command by one write, on the condition that nobody else has touched it."""
        self._write(
            command,
            attributes(command, self.ttl_attribute),
            remove=("result", "error", "completedAt", self.ttl_attribute),
            condition="#status = :oldStatus AND #updatedAt = :oldUpdatedAt",
            values={"oldStatus": text(known.status), "oldUpdatedAt": moment(known.updated_at)},
        )

    def finish(self, command: Command, token: str) -> None:
        """Write the end of an attempt by one write, on the condition that it holds the lease."""
        self._write(
            command,
            outcome(command, self.ttl_attribute),
            remove=("leaseToken", "leaseExpiresAt", "error"),
            condition=_HELD,
            values={"token": text(token)},
        )

    def record(self, command: Command) -> bool:
        """Write a command that never ran, unless its id is known."""
        try:
            self._write(
                command,
                attributes(command, self.ttl_attribute),
                condition="attribute_not_exists(id)",
            )
        except LeaseLost:
            return False
        return True

    def record_step(self, command_id: str, token: str, name: str, result: JSON) -> None:
        """Store a step's result by one write, on the condition that the attempt holds the lease."""
        try:
            self._update(
                command_id,
                "SET #steps.#name = :result",
                _HELD,
                {"result": document(result), "token": text(token)},
                names={"#name": name},
            )
        except _Refused:
            raise LeaseLost from None

    def _write(
        self,
        command: Command,
        changed: Attributes,
        *,
        remove: Sequence[str] = (),
        condition: str,
        values: Attributes | None = None,
    ) -> None:
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in changed)
        gone = [f"#{name}" for name in remove if name not in changed]
        if gone:
            expression += " REMOVE " + ", ".join(gone)
        try:
            self._update(command.id, expression, condition, {**changed, **(values or {})})
        except _Refused:
            raise LeaseLost from None

    def _update(
        self,
        command_id: str,
        expression: str,
        condition: str,
        values: Attributes,
        *,
        names: dict[str, str] | None = None,
        **options: str,
    ) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = self.client.update_item(
                TableName=self.table,
                Key={"id": text(command_id)},
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeNames={**_names(f"{expression} {condition}"), **(names or {})},
                ExpressionAttributeValues={f":{name}": value for name, value in values.items()},
                **options,
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ConditionalCheckFailedException":
                found: Any = error.response.get("Item", {})
                raise _Refused(found) from None
            if code == "ValidationException" and "size" in str(error).lower():
                raise DoesNotFit(command_id) from None
            raise
        return answer


class _Refused(Exception):
    """A condition did not hold; `item` is what was there instead."""

    def __init__(self, item: Attributes) -> None:
        super().__init__()
        self.item = item


def _names(expressions: str) -> dict[str, str]:
    # Every attribute goes by a placeholder: DynamoDB reserves words like status, type and error.
    return {f"#{name}": name for name in re.findall(r"#(\w+)", expressions)}
