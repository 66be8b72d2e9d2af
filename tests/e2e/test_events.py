"""Endings reach the consumers of docs/events.md, which are applied as the page has them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import zipfile
from typing import TYPE_CHECKING, Any

import fastjsonschema
import pytest

from scripts.build.terraform.runner import Terraform
from tests.e2e.changes import applied
from tests.e2e.roles import without
from tests.infra.tree import ROOT
from tests.live import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.environment import Environment

PAGE = (ROOT / "docs/events.md").read_text()
SCHEMA = json.loads((ROOT / "docs/event.schema.json").read_text())
ADDRESSES = {"eventbridge": "event_bus_name", "sns": "event_topic_arn"}
# What the page leaves to its reader: a function of their own, and its table.
CONSUMER = """
resource "aws_dynamodb_table" "ended" {
  name         = "ended-commands"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "commandId"
  attribute {
    name = "commandId"
    type = "S"
  }
}

resource "aws_iam_role" "consumer" {
  name = "consumer"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "consumer" {
  role = aws_iam_role.consumer.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "dynamodb:PutItem"
      Resource = aws_dynamodb_table.ended.arn
    }]
  })
}

resource "aws_lambda_function" "consumer" {
  function_name = "consumer"
  role          = aws_iam_role.consumer.arn
  runtime       = "python3.13"
  handler       = "consumer.handler"
  filename      = "consumer.zip"
  timeout       = 10
}
"""


def examples(language: str, *, about: str) -> str:
    """The blocks of the page that are about this, one after the other."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return "\n".join(block for block in blocks if about in block)


@contextlib.contextmanager
def consumers(environment: Environment, folder: Path, address: Mapping[str, str]) -> Iterator[None]:
    """A root of a consumer's own, with what the page shows about this address."""
    (name,) = address
    folder.mkdir()
    text = f'variable "{name}" {{ type = string }}\n' + examples("hcl", about=f"var.{name}")
    if name == "event_bus_name":
        text += CONSUMER
        with zipfile.ZipFile(folder / "consumer.zip", "w") as package:
            package.writestr("consumer.py", examples("python", about="def handler"))
    (folder / "main.tf").write_text(text)
    (folder / "terraform.tfvars.json").write_text(json.dumps(address))
    terraform = Terraform(folder, {**os.environ, **environment.deployment.stack.environ})
    terraform.init()
    terraform.apply()
    assert terraform.plan_is_empty()
    yield
    terraform.destroy()


ORDER = {"productId": "p-1", "quantity": 2, "customerEmail": "ann@example.com", "unitPrice": 9.5}


def take(environment: Environment, queue: str) -> list[dict[str, Any]]:
    """The messages that a queue has, or gets within seconds; each is taken once."""
    sqs = environment.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    answer = sqs.receive_message(
        QueueUrl=url, WaitTimeSeconds=3, MessageAttributeNames=["All"], MaxNumberOfMessages=10
    )
    found: list[dict[str, Any]] = answer.get("Messages", [])
    for message in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def received(environment: Environment, queue: str) -> dict[str, Any]:
    """The one message that a queue gets."""
    (message,) = eventually(lambda: take(environment, queue))
    return message


def assert_tells(event: dict[str, Any], environment: Environment, command_id: str) -> None:
    """An event has the documented form, and says of the command what the API says."""
    fastjsonschema.compile(SCHEMA)(event)
    shown = environment.api.get(command_id).json()
    assert event["commandId"] == command_id
    assert event["statusPath"] == f"/commands/{command_id}"
    for field in ("type", "status", "attempts", "createdAt"):
        assert event[field] == shown[field]
    assert "ann@example.com" not in json.dumps(event)


def assert_told_after_all(environment: Environment, role_arn: str) -> None:
    """While the notifier may put no events nothing arrives, and afterwards what was missed."""
    with without(environment, role_arn.rpartition("/")[2], "events:PutEvents"):
        late = environment.api.submit("process_order", {**ORDER, "quantity": -2})
        environment.ended(late)
        assert take(environment, "failed-orders") == []
    assert_tells(
        json.loads(received(environment, "failed-orders")["Body"])["detail"], environment, late
    )


@pytest.mark.long
def test_rules_of_a_bus_hear_what_ended(environment: Environment, tmp_path: Path) -> None:
    """A queue gets the failed orders and no other; a function keeps the end of everything."""
    outputs = applied(environment, {"notifications": {"events": "eventbridge"}})
    bus = outputs["notifications"]["event_bus_name"]
    with consumers(environment, tmp_path / "root", {"event_bus_name": bus}):
        failed = environment.api.submit("process_order", {**ORDER, "quantity": -1})
        done = [environment.api.submit("process_order", ORDER), environment.api.submit("echo", {})]

        event = json.loads(received(environment, "failed-orders")["Body"])
        assert (event["detail-type"], event["source"]) == (
            "Command Failed",
            bus.removesuffix("-events"),
        )
        assert_tells(event["detail"], environment, failed)
        expected = {failed: "FAILED"} | dict.fromkeys(done, "COMPLETED")
        dynamodb = environment.client("dynamodb")

        def kept() -> dict[str, str]:
            items = dynamodb.scan(TableName="ended-commands")["Items"]
            return {one["commandId"]["S"]: one["status"]["S"] for one in items}

        eventually(lambda: expected.items() <= kept().items())
        assert_told_after_all(environment, outputs["functions"]["notifier"]["role_arn"])
    outputs = applied(environment, {})
    assert set(outputs["notifications"].values()) == {None}
    assert "notifier" not in outputs["functions"]


@pytest.mark.long
def test_subscriptions_of_a_topic_hear_what_ended(environment: Environment, tmp_path: Path) -> None:
    """A queue gets the completed orders and no other."""
    outputs = applied(environment, {"notifications": {"events": "sns"}})
    topic = outputs["notifications"]["event_topic_arn"]
    with consumers(environment, tmp_path / "root", {"event_topic_arn": topic}):
        environment.api.submit("process_order", {**ORDER, "quantity": -1})
        environment.api.submit("echo", {})
        completed = environment.api.submit("process_order", ORDER)

        message = received(environment, "orders")
        assert_tells(json.loads(message["Body"]), environment, completed)
        attributes = message["MessageAttributes"]
        assert {it: one["StringValue"] for it, one in attributes.items()} == {
            "type": "process_order",
            "status": "COMPLETED",
        }
    applied(environment, {})
