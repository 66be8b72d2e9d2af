"""What works only with a grant: one probe per action, true while the grant is there."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import urlopen
from uuid import uuid4

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Environment

WORKER, STATUS = "worker_function_name", "status_function_name"
# Without waiting, and without keeping what was received from the worker.
AT_ONCE = {"WaitTimeSeconds": 0, "VisibilityTimeout": 0}
PURPOSE = "third-party-api-key"
SOON_SECONDS = 6.0
LARGE: dict[str, Any] = {"type": "echo", "input": {"text": "x" * 250_000}}


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
    environment: Environment, body: object, *, receives: int = 1, age: float = 0.0, of: str = ""
) -> dict[str, Any]:
    """Deliver one message, this many seconds old, to the worker by hand; what it came to."""
    command_id, message_id = of or f"probe-{uuid4().hex}", uuid4().hex
    record = {
        "messageId": message_id,
        "receiptHandle": "none",
        "body": json.dumps(body),
        "attributes": {
            "SentTimestamp": str(int((time.time() - age) * 1000)),
            "ApproximateReceiveCount": str(receives),
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


def it_completes_a_command(environment: Environment) -> bool:
    """The worker claims and finishes."""
    return bool(deliver(environment, {"type": "echo"})["status"] == "COMPLETED")


def it_renews_a_last_receive(environment: Environment) -> bool:
    """A message on its last receive is replaced instead of run, and its copy completes."""
    delivered = deliver(environment, {"type": "echo"}, receives=100)
    return not delivered["ran"] and settled(environment, delivered["id"])


def it_lets_the_dead_go(environment: Environment) -> bool:
    """A last receive of a failed command is left to the dead-letter queue; not copied blindly."""
    failed = str(environment.api.submit("drill", {"crash": True}))
    environment.ended(failed)
    message = {"type": "drill", "input": {}}
    return not deliver(environment, message, receives=100, age=3600, of=failed)["acknowledged"]


def it_keeps_a_large_result(environment: Environment) -> bool:
    """A result that is too large for the table goes to the bucket."""
    return bool(deliver(environment, LARGE)["status"] == "COMPLETED")


def it_hands_out_a_large_result(environment: Environment) -> bool:
    """The URL in the answer works with the rights of who signed it."""
    shown = environment.api.get(deliver(environment, LARGE)["id"]).json()
    try:
        with urlopen(shown["resultUrl"]) as answer:  # noqa: S310 - the local stack's own URL
            return bool(json.load(answer)["echo"] == LARGE["input"])
    except HTTPError:
        return False


def it_backs_off(environment: Environment) -> bool:
    """A failed attempt is followed by the next one long before the visibility timeout."""
    return settled(environment, environment.api.submit("drill", {"fail_attempts": 1}))


def it_reads_the_secret(environment: Environment) -> bool:
    """A handler's secret; asked with the worker's role, since the worker itself caches it."""
    secret = environment.outputs["secret_names"][PURPOSE]
    return allowed(environment, WORKER, "secretsmanager", "get_secret_value", SecretId=secret)


def it_tells_the_status(environment: Environment) -> bool:
    """The status function answers."""
    return environment.api.get("nobody-knows-it").status == 404


def it_cancels(environment: Environment) -> bool:
    """The cancel function takes a queued command back."""
    return environment.api.cancel(f"probe-{uuid4().hex}").status == 200


def it_takes_a_command(environment: Environment) -> bool:
    """The API puts a command into the queue."""
    return environment.api.post("{}").status == 202


def the_poller_may(operation: str, **arguments: Any) -> Callable[[Environment], bool]:
    """What Lambda's poller does with the worker's role; the emulator's own poller needs none."""

    def probe(environment: Environment) -> bool:
        queue = {"QueueUrl": environment.outputs["sqs_queue_url"]}
        return allowed(environment, WORKER, "sqs", operation, **queue, **arguments)

    return probe


def allowed(
    environment: Environment, output: str, service: str, operation: str, **arguments: Any
) -> bool:
    """Whether IAM lets a function's role make this call."""
    role = environment.client("iam").get_role(RoleName=environment.outputs[output])["Role"]
    answer = environment.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="probe")
    client = boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=environment.deployment.stack.endpoint,
        region_name="us-east-1",
        aws_access_key_id=answer["Credentials"]["AccessKeyId"],
        aws_secret_access_key=answer["Credentials"]["SecretAccessKey"],
        aws_session_token=answer["Credentials"]["SessionToken"],
    )
    try:
        getattr(client, operation)(**arguments)
    except ClientError as error:
        return "denied" not in str(error).lower() and "not authorized" not in str(error).lower()
    return True


PROBES: dict[tuple[str, str], Callable[[Environment], bool]] = {
    (WORKER, "dynamodb:UpdateItem"): it_completes_a_command,
    (WORKER, "dynamodb:GetItem"): it_lets_the_dead_go,
    (WORKER, "sqs:SendMessage"): it_renews_a_last_receive,
    (WORKER, "sqs:ChangeMessageVisibility"): it_backs_off,
    (WORKER, "sqs:ReceiveMessage"): the_poller_may("receive_message", **AT_ONCE),
    (WORKER, "sqs:GetQueueAttributes"): the_poller_may("get_queue_attributes"),
    (WORKER, "sqs:DeleteMessage"): the_poller_may("delete_message", ReceiptHandle="none"),
    (WORKER, "secretsmanager:GetSecretValue"): it_reads_the_secret,
    (WORKER, "s3:PutObject"): it_keeps_a_large_result,
    (STATUS, "dynamodb:GetItem"): it_tells_the_status,
    (STATUS, "s3:GetObject"): it_hands_out_a_large_result,
    ("cancel_function_name", "dynamodb:UpdateItem"): it_cancels,
    ("api", "sqs:SendMessage"): it_takes_a_command,
}
