"""What a client calls its request is in the worker's log and in the answer, and so is its trace."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from scripts.stack.clients import client
from tests.canary import logged
from tests.live import eventually

if TYPE_CHECKING:
    from scripts.stack.stack import LocalStack
    from tests.doors.conftest import Door

pytestmark = pytest.mark.skipif("API_ENDPOINT" in os.environ, reason="looks into the logs")
NAMING = pytest.mark.parametrize(
    "door",
    ["validated", pytest.param("rest", marks=pytest.mark.long)],
    indirect=True,
    scope="session",
)
TRACE = "1-5759e988-bd862e3fe1be46a994272793"


def line_of(stack: LocalStack, command_id: str, message: str = "completed") -> dict[str, Any]:
    """What was logged of a command: by the worker, of how it ended."""

    def look() -> dict[str, Any] | None:
        for line in logged(client(stack, "logs"), "/aws/lambda/"):
            if f'"{command_id}"' in line and f'"{message}"' in line:
                found: dict[str, Any] = json.loads(line[line.index("{") :])
                return found
        return None

    return eventually(look, seconds=60)


@NAMING
def test_a_name_goes_from_the_client_to_the_log_and_back(door: Door, stack: LocalStack) -> None:
    """Whatever case the client writes the header's name in."""
    name = f"checkout-{uuid4().hex}"
    answer = door.api.post('{"type": "echo"}', **{"X-Correlation-Id": name})
    assert (answer.status, answer.headers["x-correlation-id"]) == (202, name)
    command_id = answer.headers["x-command-id"]
    door.ended(command_id)
    assert line_of(stack, command_id)["correlation_id"] == name


@NAMING
def test_without_a_name_the_id_is_the_name(door: Door, stack: LocalStack) -> None:
    """In the answer as in the log."""
    answer = door.api.post('{"type": "echo"}')
    command_id = answer.headers["x-command-id"]
    assert answer.headers["x-correlation-id"] == command_id
    door.ended(command_id)
    assert line_of(stack, command_id)["correlation_id"] == command_id


@NAMING
@pytest.mark.parametrize("name", ["a b", "x" * 129, "a&MessageAttribute.3.Name=owner", '"'])
def test_a_name_that_cannot_be_changes_nothing(door: Door, stack: LocalStack, name: str) -> None:
    """The validated door refuses it, the REST door leaves it out."""
    answer = door.api.post('{"type": "echo"}', **{"x-correlation-id": name})
    if door.name == "validated":
        assert answer.status == 400
        return
    command_id = answer.headers["x-command-id"]
    assert (answer.status, answer.headers["x-correlation-id"]) == (202, command_id)
    assert door.ended(command_id)["status"] == "COMPLETED"
    assert line_of(stack, command_id)["correlation_id"] == command_id


@NAMING
def test_a_door_knows_the_clients_trace(door: Door, stack: LocalStack) -> None:
    """In the submit function's line, and in a REST API's access log where it traces."""
    trace = f"1-5759e988-{uuid4().hex[:24]}"
    answer = door.api.post('{"type": "echo"}', **{"x-amzn-trace-id": f"Root={trace};Sampled=1"})
    assert answer.status == 202
    name = "xray_trace_id" if door.name == "validated" else "xrayTraceId"
    found = eventually(lambda: [line for line in logged(client(stack, "logs")) if trace in line])
    assert any(json.loads(line[line.index("{") :]).get(name) == trace for line in found)


@NAMING
def test_a_trace_goes_through_the_queue_to_the_log(door: Door, stack: LocalStack) -> None:
    """In SQS's own attribute, which the emulator keeps of a message that comes by itself."""
    command_id = f"traced-{uuid4().hex}"
    client(stack, "sqs").send_message(
        QueueUrl=door.outputs["sqs_queue_url"],
        MessageBody='{"type": "echo"}',
        MessageAttributes={"command_id": {"DataType": "String", "StringValue": command_id}},
        MessageSystemAttributes={
            "AWSTraceHeader": {"DataType": "String", "StringValue": f"Root={TRACE};Sampled=1"}
        },
    )
    assert line_of(stack, command_id)["xray_trace_id"] == TRACE
