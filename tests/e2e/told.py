"""What works only with a grant of the functions that tell what becomes of commands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from command_client.websocket import WebSocket
from tests.e2e.asked import AT_ONCE, READS_STREAM, may, the_mapping_may

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.e2e.asked import Probe
    from tests.environment import Environment

NOTIFIER, PUSH, SENDER = "notifier", "push", "webhook_sender"
PURPOSE = "third-party-api-key"
SETTINGS: dict[str, Any] = {
    "notifications": {
        "events": "sns",
        "push": {},
        "webhooks": {"secrets": [PURPOSE], "allowed_hosts": ["hooks.example.com"]},
    }
}
NOBODY = "bm9ib2R5"
# Without a grant the function answers, too. A connection is opened by it, maybe from cold.
ANSWERED_SECONDS = 20.0


def it_answers_a_watch(environment: Environment) -> bool:
    """Whoever watches a command is told what it is, and may stop watching."""
    command_id = f"watched-{uuid4().hex}"
    url = environment.outputs["notifications"]["push_url"]
    with WebSocket(url, seconds=ANSWERED_SECONDS) as socket:
        socket.send(json.dumps({"watch": [command_id]}))
        said = json.loads(socket.receive(ANSWERED_SECONDS) or "{}")
    return bool(said == {"commands": [{"id": command_id, "status": None}]})


def told_of(environment: Environment) -> Mapping[str, Any]:
    """Where the functions tell."""
    found: Mapping[str, Any] = environment.outputs["notifications"]
    return found


def _watches(environment: Environment) -> str:
    [name] = [
        one
        for one in environment.client("dynamodb").list_tables()["TableNames"]
        if one.endswith("-watches")
    ]
    return str(name)


def _event(environment: Environment) -> dict[str, Any]:
    return {"TopicArn": told_of(environment)["event_topic_arn"], "Message": "probe"}


def _viewers(environment: Environment) -> dict[str, Any]:
    return {
        "TableName": _watches(environment),
        "KeyConditionExpression": "id = :id",
        "ExpressionAttributeValues": {":id": {"S": "nothing"}},
    }


def _ended_watch(environment: Environment) -> dict[str, Any]:
    gone = {"DeleteRequest": {"Key": {"id": {"S": "nothing"}, "connection": {"S": NOBODY}}}}
    return {"RequestItems": {_watches(environment): [gone]}}


def _post(environment: Environment) -> dict[str, Any]:
    url = str(told_of(environment)["push_url"]).replace("ws", "http", 1)
    return {"at": url, "ConnectionId": NOBODY, "Data": b"probe"}


def _delivery(environment: Environment) -> dict[str, Any]:
    # No delivery has this form: the sender refuses it, and it is gone.
    return {"QueueUrl": told_of(environment)["webhook_queue_url"], "MessageBody": "probe"}


def _deliveries(**arguments: Any) -> Callable[[Environment], dict[str, Any]]:
    return lambda environment: {
        "QueueUrl": told_of(environment)["webhook_queue_url"],
        **arguments,
    }


def _failed(environment: Environment) -> dict[str, Any]:
    return {"QueueUrl": told_of(environment)["webhook_dlq_url"], "MessageBody": "probe"}


def _record(environment: Environment) -> dict[str, Any]:
    table = told_of(environment)["deliveries_table_name"]
    return {"TableName": table, "Key": {"id": {"S": f"probe-{uuid4().hex}"}}}


def _key(environment: Environment) -> dict[str, Any]:
    return {"SecretId": environment.outputs["secret_names"][PURPOSE]}


TOLD: dict[tuple[str, str], Probe] = {
    **{(NOTIFIER, action): the_mapping_may(NOTIFIER, action) for action in READS_STREAM},
    (NOTIFIER, "sns:Publish"): may(NOTIFIER, "sns", "publish", _event),
    (NOTIFIER, "dynamodb:Query"): may(NOTIFIER, "dynamodb", "query", _viewers),
    (NOTIFIER, "dynamodb:BatchWriteItem"): may(
        NOTIFIER, "dynamodb", "batch_write_item", _ended_watch
    ),
    (NOTIFIER, "execute-api:ManageConnections"): may(
        NOTIFIER, "apigatewaymanagementapi", "post_to_connection", _post
    ),
    (NOTIFIER, "sqs:SendMessage"): may(NOTIFIER, "sqs", "send_message", _delivery),
    (PUSH, "dynamodb:GetItem"): it_answers_a_watch,
    (PUSH, "dynamodb:UpdateItem"): it_answers_a_watch,
    (PUSH, "dynamodb:BatchWriteItem"): it_answers_a_watch,
    (SENDER, "sqs:ReceiveMessage"): may(SENDER, "sqs", "receive_message", _deliveries(**AT_ONCE)),
    (SENDER, "sqs:GetQueueAttributes"): may(SENDER, "sqs", "get_queue_attributes", _deliveries()),
    (SENDER, "sqs:DeleteMessage"): may(
        SENDER, "sqs", "delete_message", _deliveries(ReceiptHandle="none")
    ),
    (SENDER, "sqs:ChangeMessageVisibility"): may(
        SENDER,
        "sqs",
        "change_message_visibility",
        _deliveries(ReceiptHandle="none", VisibilityTimeout=0),
    ),
    (SENDER, "sqs:SendMessage"): may(SENDER, "sqs", "send_message", _failed),
    (SENDER, "dynamodb:UpdateItem"): may(SENDER, "dynamodb", "update_item", _record),
    (SENDER, "secretsmanager:GetSecretValue"): may(
        SENDER, "secretsmanager", "get_secret_value", _key
    ),
}
