"""How the probes reach behind the API: deliveries by hand, and calls with a function's role."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

from scripts.aws_session import client_of, session_in_role

if TYPE_CHECKING:
    from tests.environment import Environment

SOON_SECONDS = 6.0


def settled(environment: Environment, command_id: str) -> bool:
    """Whether a command is completed soon."""

    def look() -> bool:
        shown = environment.api.get(command_id)
        return shown.status == 200 and shown.json()["status"] == "COMPLETED"

    deadline = time.monotonic() + SOON_SECONDS
    while time.monotonic() < deadline:
        if look():
            return True
        time.sleep(0.1)
    return False


def deliver(
    environment: Environment, body: object, *, of: str = "", message_id: str = ""
) -> dict[str, Any]:
    """Deliver one message to the worker by hand; what it came to."""
    command_id, message_id = of or f"probe-{uuid4().hex}", message_id or uuid4().hex
    record = {
        "messageId": message_id,
        "receiptHandle": "none",
        "body": json.dumps(body),
        "attributes": {
            "SentTimestamp": str(int(time.time() * 1000)),
            "ApproximateReceiveCount": "1",
        },
        "messageAttributes": {"command_id": {"stringValue": command_id, "dataType": "String"}},
    }
    answer = environment.client("lambda").invoke(
        FunctionName=environment.outputs["worker_function_name"],
        Payload=json.dumps({"Records": [record]}),
    )
    returned = json.loads(answer["Payload"].read())
    item = environment.client("dynamodb").get_item(
        TableName=environment.outputs["dynamodb_table_name"], Key={"id": {"S": command_id}}
    )
    return {
        "id": command_id,
        "acknowledged": returned == {"batchItemFailures": []},
        "ran": item.get("Item", {}).get("messageId", {}).get("S") == message_id,
        "status": item.get("Item", {}).get("status", {}).get("S"),
    }


def allowed(
    environment: Environment,
    function: str,
    service: str,
    operation: str,
    *,
    at: str = "",
    **arguments: Any,
) -> bool:
    """Whether IAM lets a function's role make this call; `at` is the URL of an API's stage."""
    role = environment.outputs["functions"][function]["role_arn"]
    answer = environment.client("sts").assume_role(RoleArn=role, RoleSessionName="probe")
    session = session_in_role(answer["Credentials"], "us-east-1")
    client = client_of(session, service, endpoint_url=at or environment.deployment.stack.endpoint)
    try:
        getattr(client, operation)(**arguments)
    except ClientError as error:
        return "denied" not in str(error).lower() and "not authorized" not in str(error).lower()
    return True
