"""What tests create in the local stack, and how they look at it."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3

from scripts.aws_session import client_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scripts.stack.stack import LocalStack

# A statement that lets a function write its log.
LOGS: Mapping[str, Any] = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": "*",
}


@dataclass(frozen=True)
class Queue:
    """A queue's two names."""

    url: str
    arn: str


@dataclass
class Aws:
    """Clients and builders for one local stack."""

    stack: LocalStack
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A boto3 client as the account's root."""
        if service not in self._clients:
            self._clients[service] = client_of(
                self.session("test", "test"), service, endpoint_url=self.stack.endpoint
            )
        return self._clients[service]

    @staticmethod
    def session(key: str, secret: str, token: str | None = None) -> boto3.Session:
        """A session with given credentials, blind to the machine's own settings."""
        return boto3.Session(key, secret, token, region_name="us-east-1")

    def queue(self, **attributes: str) -> Queue:
        """A new queue."""
        name = f"queue-{uuid4().hex[:8]}" + (".fifo" if "FifoQueue" in attributes else "")
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return Queue(url, answer["Attributes"]["QueueArn"])

    def depth(self, queue: Queue) -> int:
        """How many messages wait in the queue."""
        name = "ApproximateNumberOfMessages"
        answer = self.client("sqs").get_queue_attributes(QueueUrl=queue.url, AttributeNames=[name])
        return int(answer["Attributes"][name])

    def role(self, service: str, *statements: Mapping[str, Any]) -> str:
        """A role that the service may assume, with the statements as its policy.

        A function's role may also write logs.
        """
        if service == "lambda.amazonaws.com":
            statements = (*statements, LOGS)
        iam = self.client("iam")
        name = f"role-{uuid4().hex[:8]}"
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
        }
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))["Role"][
            "Arn"
        ]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="it", PolicyDocument=_policy(*statements))
        return arn

    def function(self, code: str, *, timeout: int = 3) -> str:
        """A Python function whose file is `code` with a `handler` in it."""
        name = f"function-{uuid4().hex[:8]}"
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("index.py", code)
        self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="index.handler",
            Role=self.role("lambda.amazonaws.com"),
            Code={"ZipFile": archive.getvalue()},
            Timeout=timeout,
        )
        return name

    def log_lines(self, group: str) -> list[str]:
        """All lines of a log group; none when it does not exist."""
        logs = self.client("logs")
        try:
            events = logs.filter_log_events(logGroupName=group)["events"]
        except logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in events]


def _policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
