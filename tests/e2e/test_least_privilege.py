"""Every granted action is needed: take it away, and something that worked fails."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.e2e.roles import policies, role_of, without
from tests.live import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Environment

WORKER, STATUS = "worker_function_name", "status_function_name"
# Without waiting, and without keeping what was received from the worker.
AT_ONCE = {"WaitTimeSeconds": 0, "VisibilityTimeout": 0}
PURPOSE = "third-party-api-key"
SOON_SECONDS = 6.0
# Lambda writes the log itself with the function's role; the emulator does so without asking IAM.
NOT_ENFORCED_HERE = {"logs:CreateLogStream", "logs:PutLogEvents"}


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


def deliver(environment: Environment, body: dict[str, Any], *, receives: int = 1) -> dict[str, Any]:
    """Deliver one message to the worker by hand; what it returned, and the command's item."""
    command_id, message_id = f"probe-{uuid4().hex}", uuid4().hex
    record = {
        "messageId": message_id,
        "receiptHandle": "none",
        "body": json.dumps(body),
        "attributes": {
            "SentTimestamp": str(int(time.time() * 1000)),
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


def it_may_look_up(environment: Environment) -> bool:
    """The worker's role may read a command; without it a last receive is renewed blindly."""
    table = {"TableName": environment.outputs["dynamodb_table_name"], "Key": {"id": {"S": "c"}}}
    return allowed(environment, WORKER, "dynamodb", "get_item", **table)


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


def the_results_are(operation: str, output: str) -> Callable[[Environment], bool]:
    """What the function does with a result that is too large for the table."""

    def probe(environment: Environment) -> bool:
        where = {"Bucket": environment.outputs["results_bucket_name"], "Key": "results/probe"}
        return allowed(environment, output, "s3", operation, **where)

    return probe


PROBES: dict[tuple[str, str], Callable[[Environment], bool]] = {
    (WORKER, "dynamodb:UpdateItem"): it_completes_a_command,
    (WORKER, "dynamodb:GetItem"): it_may_look_up,
    (WORKER, "sqs:SendMessage"): it_renews_a_last_receive,
    (WORKER, "sqs:ChangeMessageVisibility"): it_backs_off,
    (WORKER, "sqs:ReceiveMessage"): the_poller_may("receive_message", **AT_ONCE),
    (WORKER, "sqs:GetQueueAttributes"): the_poller_may("get_queue_attributes"),
    (WORKER, "sqs:DeleteMessage"): the_poller_may("delete_message", ReceiptHandle="none"),
    (WORKER, "secretsmanager:GetSecretValue"): it_reads_the_secret,
    (WORKER, "s3:PutObject"): the_results_are("put_object", WORKER),
    (STATUS, "dynamodb:GetItem"): it_tells_the_status,
    (STATUS, "s3:GetObject"): the_results_are("get_object", STATUS),
    ("cancel_function_name", "dynamodb:UpdateItem"): it_cancels,
    ("api", "sqs:SendMessage"): it_takes_a_command,
}


def test_every_grant_has_a_probe(environment: Environment) -> None:
    """A grant that no probe below needs is one too many."""
    granted = set()
    for owner in {owner for owner, _ in PROBES}:
        for document in policies(environment, role_of(environment, owner)).values():
            for statement in document["Statement"]:
                actions = statement["Action"]
                listed = [actions] if isinstance(actions, str) else actions
                granted |= {(owner, action) for action in listed}
    assert {one for one in granted if one[1] not in NOT_ENFORCED_HERE} == set(PROBES)


@pytest.mark.parametrize(
    ("owner", "action"), PROBES, ids=[f"{owner.split('_')[0]}-{action}" for owner, action in PROBES]
)
def test_what_a_grant_is_needed_for(environment: Environment, owner: str, action: str) -> None:
    """The probe succeeds with the grant, fails without it, and succeeds again."""
    environment.client("secretsmanager").put_secret_value(
        SecretId=environment.outputs["secret_names"][PURPOSE], SecretString="value"
    )
    probe = PROBES[owner, action]
    assert probe(environment)
    with without(environment, role_of(environment, owner), action):
        assert not probe(environment)
    eventually(lambda: probe(environment), seconds=10)
