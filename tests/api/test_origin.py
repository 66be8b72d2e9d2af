"""What a client calls its request is in the worker's log and in the answer, and so is its trace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from scripts.stack.clients import client
from tests.canary import logged
from tests.live import eventually

if TYPE_CHECKING:
    from scripts.stack.stack import LocalStack
    from tests.api.conftest import ApiUnderTest

pytestmark = pytest.mark.own_stack
NAMING = pytest.mark.parametrize(
    "tested",
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
def test_a_name_goes_from_the_client_to_the_log_and_back(
    tested: ApiUnderTest, stack: LocalStack
) -> None:
    """Whatever case the client writes the header's name in."""
    name = f"checkout-{uuid4().hex}"
    answer = tested.api.post('{"type": "echo"}', **{"X-Correlation-Id": name})
    assert (answer.status, answer.headers["x-correlation-id"]) == (202, name)
    command_id = answer.headers["x-command-id"]
    tested.ended(command_id)
    assert line_of(stack, command_id)["correlation_id"] == name


@NAMING
def test_without_a_name_the_id_is_the_name(tested: ApiUnderTest, stack: LocalStack) -> None:
    """In the answer as in the log."""
    answer = tested.api.post('{"type": "echo"}')
    command_id = answer.headers["x-command-id"]
    assert answer.headers["x-correlation-id"] == command_id
    tested.ended(command_id)
    assert line_of(stack, command_id)["correlation_id"] == command_id


@NAMING
@pytest.mark.parametrize("name", ["a b", "x" * 129, "a&MessageAttribute.3.Name=owner", '"'])
def test_a_name_that_cannot_be_changes_nothing(
    tested: ApiUnderTest, stack: LocalStack, name: str
) -> None:
    """Validated submission refuses it, the REST API leaves it out."""
    answer = tested.api.post('{"type": "echo"}', **{"x-correlation-id": name})
    if tested.name == "validated":
        assert answer.status == 400
        return
    command_id = answer.headers["x-command-id"]
    assert (answer.status, answer.headers["x-correlation-id"]) == (202, command_id)
    assert tested.ended(command_id)["status"] == "COMPLETED"
    assert line_of(stack, command_id)["correlation_id"] == command_id


@NAMING
def test_an_api_knows_the_clients_trace(tested: ApiUnderTest, stack: LocalStack) -> None:
    """In the submit function's line, and in a REST API's access log where it traces."""
    trace = f"1-5759e988-{uuid4().hex[:24]}"
    answer = tested.api.post('{"type": "echo"}', **{"x-amzn-trace-id": f"Root={trace};Sampled=1"})
    assert answer.status == 202
    name = "xray_trace_id" if tested.name == "validated" else "xrayTraceId"
    found = eventually(lambda: [line for line in logged(client(stack, "logs")) if trace in line])
    assert any(json.loads(line[line.index("{") :]).get(name) == trace for line in found)


@NAMING
def test_a_trace_goes_through_the_queue_to_the_log(tested: ApiUnderTest, stack: LocalStack) -> None:
    """In SQS's own attribute, which the emulator keeps of a message that comes by itself."""
    command_id = f"traced-{uuid4().hex}"
    client(stack, "sqs").send_message(
        QueueUrl=tested.outputs["sqs_queue_url"],
        MessageBody='{"type": "echo"}',
        MessageAttributes={"command_id": {"DataType": "String", "StringValue": command_id}},
        MessageSystemAttributes={
            "AWSTraceHeader": {"DataType": "String", "StringValue": f"Root={TRACE};Sampled=1"}
        },
    )
    assert line_of(stack, command_id)["xray_trace_id"] == TRACE
