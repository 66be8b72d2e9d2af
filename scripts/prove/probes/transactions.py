"""Transactions: a handler's items with its outcome, and a producer's items with its command."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from scripts.framework import envelope, waiting
from scripts.prove.assumption import NotTried, assumed, expect
from scripts.prove.commands import CLOSED
from scripts.prove.lambdas import function, function_role
from scripts.prove.scene import PROPAGATION_SECONDS
from scripts.prove.streams import READ, SENDS, mapped_stream, stream_table
from scripts.prove.tables import created_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.prove.scene import Scene

_SOURCE = (
    "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"
)
_FILTERS = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html"
# The filter of the outbox relay.
_STORED = {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"outboxNow": {"S": ["true"]}}}}
_NEW = {
    "ConditionExpression": "attribute_not_exists(id)",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}


def _made(scene: Scene) -> str:
    """The table of all these probes."""
    return created_table(scene)[0]


def _put(scene: Scene, key: str, *, text: str = "", **options: str) -> dict[str, Any]:
    item = {"id": {"S": key}, "text": {"S": text}}
    return {"Put": {"TableName": scene.shared(_made), "Item": item, **options}}


def _add(scene: Scene, key: str) -> dict[str, Any]:
    """Count one more."""
    update = {
        "TableName": scene.shared(_made),
        "Key": {"id": {"S": key}},
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    return {"Update": update}


def _write(scene: Scene, items: Sequence[dict[str, Any]], token: str = "") -> None:
    options = {"ClientRequestToken": token} if token else {}
    scene.client("dynamodb").transact_write_items(TransactItems=items, **options)


def _read(scene: Scene, key: str) -> dict[str, Any]:
    """The item of that key, empty where there is none."""
    item: dict[str, Any] = (
        scene.client("dynamodb")
        .get_item(TableName=scene.shared(_made), Key={"id": {"S": key}}, ConsistentRead=True)
        .get("Item", {})
    )
    return item


@assumed(
    _SOURCE,
    means="A handler is told of the wrong item, or of none, where a commit is refused.",
    plan_b="None: handlers read their items after a refusal, and `ConditionFailed.place` goes.",
)
def reasons_have_the_order_of_the_items(scene: Scene) -> str:
    """A cancelled transaction has a reason for each item in their order, with what was there."""
    key = uuid.uuid4().hex
    _write(scene, [_put(scene, f"{key}-known", text="old")])
    check = {
        "TableName": scene.shared(_made),
        "Key": {"id": {"S": f"{key}-missing"}},
        "ConditionExpression": "attribute_exists(id)",
    }
    items = [
        _put(scene, f"{key}-new"),
        _put(scene, f"{key}-known", **_NEW),
        {"ConditionCheck": check},
    ]
    try:
        _write(scene, items)
    except ClientError as error:
        reasons: Any = error.response.get("CancellationReasons", [])
    else:
        reasons = []
    codes = [one.get("Code") for one in reasons]
    refused = "ConditionalCheckFailed"
    expect(codes == ["None", refused, refused], f"{codes}")
    found = [one.get("Item", {}).get("text", {}).get("S") for one in reasons]
    expect(found == [None, "old", None], f"items {found}")
    expect(not _read(scene, f"{key}-new"), "the first item was written")
    return "the second and the third refused, with the item of the second"


@assumed(
    _SOURCE,
    means="A commit whose answer was lost is refused when it is repeated.",
    plan_b="None needed: the refusal has the outcome's own lease token, and counts as written.",
)
def repeated_transaction_writes_once(scene: Scene) -> str:
    """A transaction that is repeated under its ClientRequestToken succeeds and writes nothing."""
    key, token = uuid.uuid4().hex, uuid.uuid4().hex
    for _ in range(2):
        _write(scene, [_add(scene, key)], token)
    seen = _read(scene, key)["n"]["N"]
    expect(seen == "1", f"written {seen} times")
    return "written once"


@assumed(
    _SOURCE,
    means="The token of an attempt alone would do, without a hash of what it commits.",
    plan_b="None needed: the hash has both.",
)
def other_items_under_a_token_are_refused(scene: Scene) -> str:
    """Other items under a ClientRequestToken that is known are refused as a mismatch."""
    key, token = uuid.uuid4().hex, uuid.uuid4().hex
    _write(scene, [_add(scene, key)], token)
    write = scene.client("dynamodb").transact_write_items
    seen = scene.refusal(
        write, TransactItems=[_add(scene, f"{key}-other")], ClientRequestToken=token
    )
    expect("IdempotentParameterMismatch" in seen, seen)
    return "IdempotentParameterMismatchException"


@assumed(
    _SOURCE,
    means="A commit can have more items, or has to have fewer.",
    plan_b="None needed for more; for fewer, MOST_EFFECTS in `domain/effects.py`.",
)
def transaction_has_100_items_at_most(scene: Scene) -> str:
    """A transaction of 100 items is written, and one of 101 is refused."""
    key = uuid.uuid4().hex
    items = [_put(scene, f"{key}-{number}") for number in range(101)]
    _write(scene, items[:100])
    seen = _refused(scene, items)
    expect(_read(scene, f"{key}-99") and not _read(scene, f"{key}-100"), "other items written")
    return seen


@assumed(
    _SOURCE,
    means="A commit of more than 4 MB is refused by us, and DynamoDB would take it.",
    plan_b="None needed.",
)
def transaction_has_4_mb_at_most(scene: Scene) -> str:
    """A transaction whose items have more than 4 MB together is refused."""
    key, text = uuid.uuid4().hex, "x" * 390_000
    return _refused(scene, [_put(scene, f"{key}-{number}", text=text) for number in range(11)])


def _refused(scene: Scene, items: Sequence[dict[str, Any]]) -> str:
    """Expect that a transaction is no valid one."""
    seen = scene.refusal(scene.client("dynamodb").transact_write_items, TransactItems=items)
    expect(seen.startswith("ValidationException"), seen)
    return "ValidationException"


@assumed(
    "https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html",
    means="A command that a producer stored, and did not send, waits for the relay's schedule.",
    plan_b="None needed where it ends within six minutes; else `docs/validated.md`.",
    local="Answers where the relay exists and `notifications` turn the stream on.",
)
def stored_command_is_relayed(scene: Scene) -> str:
    """The outbox relay sends at once what a producer stores in a transaction and never sends."""
    # The framework has put it on the path.
    from command_client.producer import Producer, Work  # noqa: PLC0415
    from command_client.transaction import in_transaction  # noqa: PLC0415

    functions, endpoint, table, queue = scene.target.require(
        "functions", "commands_endpoint", "dynamodb_table_name", "sqs_queue_url"
    )
    relay = functions.get("outbox_relay")
    if not relay or not _mapped(scene, relay["name"]):
        raise NotTried("no outbox relay reads the stream: notifications = {}, or batches are on")
    group = "prove" if envelope.is_fifo(queue) else ""
    work = Work(type="echo", input={"prove": "prove"}, group=group)
    dynamodb = scene.client("dynamodb")
    command = in_transaction(Producer(queue, table=table), work, dynamodb=lambda: dynamodb)
    dynamodb.transact_write_items(TransactItems=[*command.items])
    began = time.monotonic()

    def ended() -> str:
        answer = scene.http("GET", f"{endpoint}/{command.id}")
        if answer.status in CLOSED:
            raise NotTried(f"the API answers {answer.status}: it asks for credentials")
        status = str(answer.json().get("status", ""))
        return status if status in waiting.ENDED else ""

    status = scene.until(ended, f"command {command.id} ended", PROPAGATION_SECONDS)
    expect(status == "COMPLETED", status)
    return f"{time.monotonic() - began:.1f} s after it was stored"


def _mapped(scene: Scene, function: str) -> bool:
    """Whether a function has an event source."""
    mappings = scene.client("lambda").list_event_source_mappings(FunctionName=function)
    return bool(mappings["EventSourceMappings"])


@assumed(
    _FILTERS,
    means="A command that a producer stored in a transaction is sent within six minutes.",
    plan_b="None needed: the relay's schedule sends what the stream did not tell.",
)
def transaction_reaches_the_relay(scene: Scene) -> str:
    """Of a transaction, a filter for marked new items lets exactly those reach the function."""
    table, stream = stream_table(scene)
    queue = scene.queue()
    _, role = function_role(scene, [*READ, "sqs:SendMessage"])
    sender, _ = function(scene, role, SENDS.format(queue=queue), timeout_seconds=15)
    mapped_stream(scene, stream, sender, _STORED, BatchSize=10)
    mark, heard = {"outboxNow": {"S": "true"}}, set[str]()

    def write(*items: dict[str, object]) -> None:
        puts = [{"Put": {"TableName": table, "Item": item}} for item in items]
        scene.client("dynamodb").transact_write_items(TransactItems=puts)

    def all_heard(keys: set[str]) -> bool:
        heard.update(one["Body"] for one in scene.received(queue))
        return keys <= heard

    write({"id": {"S": "order"}}, {"id": {"S": "first"}, **mark})
    # An item that is there already is not new, marked or not.
    write({"id": {"S": "order"}, **mark})
    write({"id": {"S": "second"}, **mark})
    scene.until(
        lambda: all_heard({"first", "second"}), "both reached the function", PROPAGATION_SECONDS
    )
    scene.pause(0 if scene.local else 10)
    all_heard(set())
    expect(heard == {"first", "second"}, f"{sorted(heard)}")
    return "both marked ones, and nothing else"
