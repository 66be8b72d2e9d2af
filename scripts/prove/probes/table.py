"""DynamoDB: conditions, old values, an index and limits."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from scripts.aws_errors import error_code
from scripts.prove.assumption import assumed, expect
from scripts.prove.tables import created_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.prove.scene import Scene

_API = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference"
_GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"
_INDEX = "pending"


def _made(scene: Scene) -> str:
    """The table of all probes, with an index of what has `since`."""
    index = {
        "IndexName": _INDEX,
        "KeySchema": [{"AttributeName": "since", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    return created_table(scene, "since", GlobalSecondaryIndexes=[index])[0]


def _update(scene: Scene, key: str, expression: str, **options: object) -> dict[str, Any]:
    answer: dict[str, Any] = scene.client("dynamodb").update_item(
        TableName=scene.shared(_made),
        Key={"id": {"S": key}},
        UpdateExpression=expression,
        **options,
    )
    return answer


def _failed(call: Callable[[], object]) -> dict[str, Any]:
    """The response of a call that must fail."""
    try:
        call()
    except ClientError as error:
        response: dict[str, Any] = error.response  # type: ignore[assignment]
        return response | {"code": error_code(error)}
    expect(holds=False, seen="accepted")
    return {}


@assumed(
    f"{_API}/API_UpdateItem.html",
    means="A refused claim must read the command once more, and may see a later state.",
    plan_b="None: change `Table.update` to read after a refusal; it costs a read.",
)
def refused_condition_returns_the_item(scene: Scene) -> str:
    """ReturnValuesOnConditionCheckFailure ALL_OLD returns the stored item with the refusal."""
    key, value = uuid.uuid4().hex, {":one": {"N": "1"}}
    _update(scene, key, "SET a = :one", ExpressionAttributeValues=value)
    response = _failed(
        lambda: _update(
            scene,
            key,
            "SET a = :one",
            ConditionExpression="attribute_not_exists(id)",
            ExpressionAttributeValues=value,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    )
    expect(response["code"] == "ConditionalCheckFailedException", response["code"])
    expect(response.get("Item", {}).get("a") == {"N": "1"}, "no Item in the answer")
    return "ConditionalCheckFailedException with Item"


@assumed(
    f"{_GUIDE}/Expressions.OperatorsAndFunctions.html",
    means="Commands of types with a rate start more often than it allows, or never.",
    plan_b="Remove `rate` from HANDLERS, and limit the worker of a queue of its own instead.",
)
def a_number_grows_within_its_bounds(scene: Scene) -> str:
    """An update that adds to a number on a condition BETWEEN answers with the number before."""
    key, one = uuid.uuid4().hex, {":one": {"N": "1"}}
    _update(scene, key, "SET a = :one", ExpressionAttributeValues=one)

    def add() -> dict[str, Any]:
        bounds = {":ten": {"N": "10"}, ":low": {"N": "1"}, ":high": {"N": "5"}}
        return _update(
            scene,
            key,
            "SET a = a + :ten",
            ConditionExpression="a BETWEEN :low AND :high",
            ExpressionAttributeValues=bounds,
            ReturnValues="ALL_OLD",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    before = add().get("Attributes", {}).get("a")
    expect(before == {"N": "1"}, f"{before} before the first")
    refused = _failed(add)
    expect(refused["code"] == "ConditionalCheckFailedException", refused["code"])
    expect(refused.get("Item", {}).get("a") == {"N": "11"}, "no Item in the answer")
    return "1 before, 11 in the refusal"


@assumed(
    f"{_API}/API_UpdateItem.html",
    means="The worker takes a new command for a repeated one and counts its attempts wrongly.",
    plan_b="None: change `DynamoDBCommands.claim`.",
)
def new_item_has_no_old_values(scene: Scene) -> str:
    """An update that creates an item with ReturnValues ALL_OLD answers without Attributes."""
    options = {"ExpressionAttributeValues": {":one": {"N": "1"}}, "ReturnValues": "ALL_OLD"}
    answer = _update(scene, uuid.uuid4().hex, "SET a = :one", **options)
    expect("Attributes" not in answer, "Attributes of a new item")
    return "no Attributes"


@assumed(
    f"{_API}/API_UpdateItem.html",
    means="A handler that reports its progress must read its command to hear that it is to stop.",
    plan_b="None: change `DynamoDBCommands.record_progress` to read; it costs a read each time.",
)
def update_shows_what_others_wrote(scene: Scene) -> str:
    """The answer to an update with ReturnValues ALL_NEW has what others have written before."""
    key, value = uuid.uuid4().hex, {"ExpressionAttributeValues": {":one": {"N": "1"}}}
    _update(scene, key, "SET a = :one", **value)
    answer = _update(scene, key, "SET b = :one", ReturnValues="ALL_NEW", **value)
    expect(answer["Attributes"].keys() == {"id", "a", "b"}, f"{sorted(answer['Attributes'])}")
    return "what it wrote, and what was there"


@assumed(
    f"{_GUIDE}/Expressions.OperatorsAndFunctions.html",
    means="A new command cannot be claimed.",
    plan_b="None: write the conditions of `expressions.py` in another form.",
)
def condition_on_a_missing_item(scene: Scene) -> str:
    """A condition with `attribute_not_exists OR` creates a missing item; comparisons are false."""
    value = {":one": {"N": "1"}, ":now": {"N": "5"}}
    condition = {"ExpressionAttributeValues": value}
    key = uuid.uuid4().hex
    response = _failed(
        lambda: _update(scene, key, "SET a = :one", ConditionExpression="lease < :now", **condition)
    )
    expect(response["code"] == "ConditionalCheckFailedException", response["code"])
    either = "attribute_not_exists(id) OR lease < :now"
    _update(scene, key, "SET a = :one", ConditionExpression=either, **condition)
    return "`<` refused, `attribute_not_exists OR <` created"


@assumed(
    f"{_GUIDE}/Expressions.UpdateExpressions.html",
    means="A first step of `once` could be stored without a map, and the claim need not create it.",
    plan_b="None needed.",
)
def path_into_a_missing_map_is_refused(scene: Scene) -> str:
    """SET of a path below a map that is missing is a ValidationException."""
    key, value = uuid.uuid4().hex, {"ExpressionAttributeValues": {":one": {"N": "1"}}}
    response = _failed(lambda: _update(scene, key, "SET steps.a = :one", **value))
    expect(response["code"] == "ValidationException", response["code"])
    empty: dict[str, object] = {"ExpressionAttributeValues": {":empty": {"M": {}}}}
    _update(scene, key, "SET steps = :empty", **empty)
    _update(scene, key, "SET steps.a = :one", **value)
    return "refused, and accepted once the map is there"


@assumed(
    f"{_GUIDE}/ServiceQuotas.html",
    means="Larger results fit into the record.",
    plan_b="None needed: results above 256 KB go to the bucket.",
)
def item_is_400_kb_at_most(scene: Scene) -> str:
    """DynamoDB refuses an item beyond 400 KB with a ValidationException."""
    value = {":text": {"S": "x" * 409_600}}
    response = _failed(
        lambda: _update(scene, uuid.uuid4().hex, "SET a = :text", ExpressionAttributeValues=value)
    )
    expect(response["code"] == "ValidationException", response["code"])
    return "ValidationException"


@assumed(
    f"{_GUIDE}/GSI.html",
    means="The outbox relay reads every command that was ever submitted.",
    plan_b='api.submission = "direct", which has no outbox.',
)
def index_is_sparse(scene: Scene) -> str:
    """An index has only items with its key; removing the key takes the item out of it."""
    key, since = uuid.uuid4().hex, {":since": {"S": uuid.uuid4().hex}}

    def found() -> list[object]:
        answer: list[object] = scene.client("dynamodb").query(
            TableName=scene.shared(_made),
            IndexName=_INDEX,
            KeyConditionExpression="since = :since",
            ExpressionAttributeValues=since,
        )["Items"]
        return answer

    _update(scene, key, "SET since = :since", ExpressionAttributeValues=since)
    scene.until(found, "the item is in the index")
    _update(scene, key, "REMOVE since")
    scene.until(lambda: not found(), "the item has left the index")
    return "in the index with the key, out of it without"


@assumed(
    f"{_GUIDE}/howitworks-ttl.html",
    means="A record vanishes at its time to the second.",
    plan_b="commands.retention_days.",
    unanswered="Its deletion of expired items is not that of AWS.",
)
def expired_item_stays_for_a_while(scene: Scene) -> str:
    """An item is still read after its time to live has passed, so readers filter."""
    dynamodb, name, key = scene.client("dynamodb"), scene.shared(_made), uuid.uuid4().hex
    specification = {"Enabled": True, "AttributeName": "expires"}
    dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)
    past = {":past": {"N": str(int(time.time()) - 60)}}
    _update(scene, key, "SET expires = :past", ExpressionAttributeValues=past)
    scene.pause(20)
    answer = dynamodb.get_item(TableName=name, Key={"id": {"S": key}}, ConsistentRead=True)
    expect("Item" in answer, "deleted within 20 s")
    return "read 20 s after its end"
