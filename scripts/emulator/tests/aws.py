"""What tests create in the emulator, and how they look at it."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3

from tests.client import Answer, send

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.serving import Served

REQUEST_PARAMETERS = {"MessageBody": "$request.body"}
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


@dataclass(frozen=True)
class Api:
    """An HTTP API and the integration behind its route `POST /commands`."""

    api_id: str
    endpoint: str
    integration_id: str

    def post(self, body: bytes | None = b"{}", path: str = "/commands", **headers: str) -> Answer:
        """POST to the API; header names are given with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return send("POST", self.endpoint + path, body, named)


@dataclass
class Aws:
    """Clients and builders for one emulator."""

    emulator: Served
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A boto3 client as the account's root."""
        if service not in self._clients:
            self._clients[service] = self.session("test", "test").client(
                service,  # type: ignore[call-overload]
                endpoint_url=self.emulator.endpoint,
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

    def receive(self, queue: Queue) -> dict[str, Any]:
        """The next message, waited for and deleted."""
        sqs = self.client("sqs")
        [message] = sqs.receive_message(
            QueueUrl=queue.url,
            WaitTimeSeconds=5,
            MessageAttributeNames=["All"],
            AttributeNames=["All"],
        )["Messages"]
        sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])
        received: dict[str, Any] = message
        return received

    def depth(self, queue: Queue) -> int:
        """How many messages wait in the queue."""
        name = "ApproximateNumberOfMessages"
        answer = self.client("sqs").get_queue_attributes(QueueUrl=queue.url, AttributeNames=[name])
        return int(answer["Attributes"][name])

    def role(
        self,
        service: str,
        *statements: Mapping[str, Any],
        logs: bool = True,
        condition: Mapping[str, Any] | None = None,
    ) -> str:
        """A role that the service may assume, with the statements as its policy.

        A function's role may also write logs, unless `logs` is false. `condition` is that of the
        trust policy.
        """
        iam = self.client("iam")
        name = f"role-{uuid4().hex[:8]}"
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
            **({"Condition": condition} if condition else {}),
        }
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))["Role"][
            "Arn"
        ]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="it", PolicyDocument=_policy(*statements))
        if logs and service == "lambda.amazonaws.com":
            iam.put_role_policy(RoleName=name, PolicyName="logs", PolicyDocument=_policy(LOGS))
        return arn

    def sender(self, queue: Queue) -> str:
        """The role with which API Gateway may send to the queue."""
        allowed = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue.arn}
        return self.role("apigateway.amazonaws.com", allowed)

    def api(  # noqa: PLR0913  each test names the one setting it is about
        self,
        queue: Queue,
        *,
        route: str = "POST /commands",
        role: str | None = None,
        parameters: Mapping[str, str] | None = None,
        responses: Mapping[str, Mapping[str, str]] | None = None,
        stage: Mapping[str, Any] | None = None,
        cors: Mapping[str, Any] | None = None,
    ) -> Api:
        """An HTTP API with one route into the queue."""
        gateway = self.client("apigatewayv2")
        settings = {"CorsConfiguration": cors} if cors else {}
        api = gateway.create_api(Name="test", ProtocolType="HTTP", **settings)
        integration = gateway.create_integration(
            ApiId=api["ApiId"],
            IntegrationType="AWS_PROXY",
            IntegrationSubtype="SQS-SendMessage",
            PayloadFormatVersion="1.0",
            CredentialsArn=role or self.sender(queue),
            RequestParameters={"QueueUrl": queue.url, **(parameters or REQUEST_PARAMETERS)},
            ResponseParameters=responses or {},
        )["IntegrationId"]
        target = f"integrations/{integration}"
        gateway.create_route(ApiId=api["ApiId"], RouteKey=route, Target=target)
        gateway.create_stage(ApiId=api["ApiId"], **{"StageName": "$default", **(stage or {})})
        return Api(api["ApiId"], api["ApiEndpoint"], integration)

    def function(
        self,
        code: str,
        *,
        timeout: int = 3,
        role: str | None = None,
        publish: bool = False,
        beside: Mapping[str, str] | None = None,
    ) -> str:
        """A Python function whose file is `code` with a `handler` in it, and files beside it."""
        name = f"function-{uuid4().hex[:8]}"
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            for path, content in {"index.py": code, **(beside or {})}.items():
                file.writestr(path, content)
        self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="index.handler",
            Role=role or self.role("lambda.amazonaws.com"),
            Code={"ZipFile": archive.getvalue()},
            Timeout=timeout,
            Publish=publish,
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
