"""The REST API that Terraform made, as a client sees it."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from scripts.stack.addresses import reachable
from tests.local.client import Answer, send

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_terraform.tf import TerraformTestApi

PROBLEM = "application/problem+json"
ECHO = """
import json

def handler(event, context):
    return {"statusCode": 200, "body": json.dumps(event)}
"""


def echo_package(folder: Path) -> Path:
    """The package of a function that answers with its event."""
    path = folder / "echo.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("echo.py", ECHO)
    return path


@dataclass(frozen=True)
class RestClient:
    """One of the root's APIs, by its name there."""

    applied: TerraformTestApi
    endpoint: str
    name: str = "standard"

    @property
    def outputs(self) -> dict[str, Any]:
        """Terraform's outputs, with URLs that this machine reaches."""
        plain = {name: output["value"] for name, output in self.applied.outputs.items()}
        return reachable(plain, self.endpoint)

    def send(self, route: str, body: bytes | None = None, **headers: str) -> Answer:
        """Call the API with its key; header names are given with underscores."""
        method, _, path = route.partition(" ")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = self.outputs["submit_endpoints"][self.name].removesuffix("/submit")
        return send(method, url + path, body, {"x-api-key": self.key} | named)

    @property
    def key(self) -> str:
        """The value of the API key, which no output holds."""
        key_id = self.outputs["api_key_id"]
        value: str = boto3.client("apigateway").get_api_key(apiKey=key_id, includeValue=True)[
            "value"
        ]
        return value

    def receive(self, queue: str = "") -> dict[str, Any]:
        """The next message of the API's queue, or of another one of the root, deleted."""
        sqs, url = boto3.client("sqs"), self.outputs["queue_urls"][queue or self.name]
        answer = sqs.receive_message(
            QueueUrl=url, MessageAttributeNames=["All"], AttributeNames=["All"], WaitTimeSeconds=5
        )
        [message] = answer["Messages"]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return dict(message)


def problem(answer: Answer) -> dict[str, Any]:
    """A problem document, with the status that the answer has."""
    assert answer.headers["content-type"] == PROBLEM
    document: dict[str, Any] = json.loads(answer.text)
    assert document["status"] == answer.status
    assert set(document) == {"type", "title", "status", "code", "detail"}
    assert document["type"] == f"urn:problem-type:command-api:{document['code']}"
    return document
