"""What the environment keeps to itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from scripts.aws_session import client_of, session_in_role
from tests import canary
from tests.live import eventually

if TYPE_CHECKING:
    from tests.environment import Environment

CANARY = f"canary-{uuid4().hex}"


def logged(environment: Environment) -> list[str]:
    """Every line of every log group: the functions and the API."""
    return list(canary.logged(environment.client("logs")))


def test_no_input_reaches_a_log(environment: Environment) -> None:
    """Whatever becomes of a command, its input is in no log; its id is in every one."""
    bodies: list[dict[str, Any]] = [
        {"type": "echo", "input": {"text": CANARY}},
        {"type": "demo", "input": {"text": CANARY, "reject": True}},
        {"type": "demo", "input": {"text": CANARY, "crash": True}},
        {"type": "demo", "input": {"text": CANARY, "fail_attempts": 1}},
        {"type": CANARY},
        {CANARY: 1},
    ]
    answers = [environment.api.post(json.dumps(body)) for body in bodies]
    answers.append(environment.api.post(CANARY))
    ids = [answer.headers["x-command-id"] for answer in answers]
    for command_id in ids:
        environment.ended(command_id)

    def all_named() -> list[str] | None:
        lines = logged(environment)
        return lines if all(any(one in line for line in lines) for one in ids) else None

    lines = eventually(all_named)
    assert not [line for line in lines if CANARY in line]


def test_log_lines_are_structured(environment: Environment) -> None:
    """Each outcome is one JSON line with the command's id, its correlation id and its type."""
    command_id = environment.api.submit("demo", {"fail_attempts": 1})
    environment.ended(command_id)

    def outcomes() -> list[dict[str, Any]] | None:
        lines = [line for line in logged(environment) if command_id in line and "{" in line]
        found = [json.loads(line[line.index("{") :]) for line in lines]
        ended = [one for one in found if one.get("message") == "completed"]
        return found if ended else None

    found = [one for one in eventually(outcomes) if "command_id" in one]
    assert {one["command_id"] for one in found} == {command_id}
    assert {one["correlation_id"] for one in found} == {command_id}
    assert [(one["message"], one["attempt"]) for one in found] == [
        ("retry scheduled", 1),
        ("completed", 2),
    ]


def calls(environment: Environment) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """One call for every neighbouring permission: service, operation and arguments."""
    outputs = environment.outputs
    table, key = {"TableName": outputs["dynamodb_table_name"]}, {"id": {"S": "c-1"}}
    queue, dlq = {"QueueUrl": outputs["sqs_queue_url"]}, {"QueueUrl": outputs["sqs_dlq_url"]}
    result = {"Bucket": outputs["results_bucket_name"], "Key": "k/t.json"}
    secret = {"SecretId": outputs["secret_names"]["third-party-api-key"]}
    return {
        "read a command": ("dynamodb", "get_item", {**table, "Key": key}),
        "write a command": ("dynamodb", "update_item", {**table, "Key": key}),
        "replace a command": ("dynamodb", "put_item", {**table, "Item": key}),
        "delete a command": ("dynamodb", "delete_item", {**table, "Key": key}),
        "scan the table": ("dynamodb", "scan", table),
        "receive a message": ("sqs", "receive_message", queue),
        "send a message": ("sqs", "send_message", {**queue, "MessageBody": "{}"}),
        "purge the queue": ("sqs", "purge_queue", queue),
        "receive a dead-letter message": ("sqs", "receive_message", dlq),
        "read a result": ("s3", "get_object", result),
        "write a result": ("s3", "put_object", {**result, "Body": b"{}"}),
        "delete a result": ("s3", "delete_object", result),
        "list the results": ("s3", "list_objects_v2", {"Bucket": result["Bucket"]}),
        "read the secret": ("secretsmanager", "get_secret_value", secret),
        "read another secret": ("secretsmanager", "get_secret_value", {"SecretId": "/prod/x/y"}),
        "write the secret": ("secretsmanager", "put_secret_value", {**secret, "SecretString": "x"}),
        "list secrets": ("secretsmanager", "list_secrets", {}),
    }


@pytest.mark.parametrize(
    ("function", "allowed"),
    [
        (
            "worker",
            {
                "read a command",
                "write a command",
                "write a result",
                "receive a message",
                "send a message",
                "read the secret",
            },
        ),
        ("status", {"read a command", "read a result"}),
        ("cancel", {"write a command"}),
    ],
)
def test_a_function_may_do_what_it_needs_and_no_more(
    environment: Environment, function: str, allowed: set[str]
) -> None:
    """With a function's own role, IAM refuses every neighbour of what its grants name."""
    role = environment.outputs["functions"][function]["role_arn"]
    answer = environment.client("sts").assume_role(RoleArn=role, RoleSessionName="probe")
    session = session_in_role(answer["Credentials"], "us-east-1")
    may = set()
    for name, (service, operation, arguments) in calls(environment).items():
        client = client_of(session, service, endpoint_url=environment.deployment.stack.endpoint)
        try:
            getattr(client, operation)(**arguments)
        except ClientError as error:
            if "denied" in str(error).lower() or "not authorized" in str(error).lower():
                continue
        may.add(name)
    assert may == allowed


def test_the_queue_refuses_plain_http_by_policy(environment: Environment) -> None:
    """Both queues deny whatever does not come over TLS."""
    for output in ("sqs_queue_url", "sqs_dlq_url"):
        answer = environment.client("sqs").get_queue_attributes(
            QueueUrl=environment.outputs[output], AttributeNames=["Policy"]
        )
        (statement,) = json.loads(answer["Attributes"]["Policy"])["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
