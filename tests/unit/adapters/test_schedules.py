"""What EventBridge Scheduler is asked for, by the rules of its published model."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from command_api.adapters.schedules import INPUT_BYTES, EventBridgeSchedules, name_of
from tests.builders import LATER, NOW, message

ROLE = "arn:aws:iam::123456789012:role/acme-dev-work-queue"
URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/acme-dev-work-queue"
MODEL = botocore.session.get_session().get_service_model("scheduler")


@dataclass
class Scheduler:
    """A client that checks its parameters, and may refuse them with an error code."""

    refusal: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)

    def create_schedule(self, **parameters: Any) -> None:
        """Note the schedule."""
        self._call("CreateSchedule", parameters)

    def delete_schedule(self, **parameters: Any) -> None:
        """Note the deletion."""
        self._call("DeleteSchedule", parameters)

    def _call(self, operation: str, parameters: dict[str, Any]) -> None:
        shape = MODEL.operation_model(operation).input_shape
        assert shape is not None
        report = ParamValidator().validate(parameters, shape)
        assert not report.has_errors(), report.generate_report()
        self.asked.append(parameters)
        if self.refusal:
            error = {"Error": {"Code": self.refusal, "Message": ""}}
            raise ClientError(error, operation)  # type: ignore[arg-type]


def schedules(client: Scheduler, role: str = ROLE) -> EventBridgeSchedules:
    """Those of a group."""
    return EventBridgeSchedules(lambda: client, "acme-dev-work-queue", role, URL)


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_the_target_is_in_the_partition_of_the_role(partition: str) -> None:
    """Scheduler takes no other one."""
    client = Scheduler()
    schedules(client, ROLE.replace("aws", partition, 1)).create(message(), LATER)
    arn = client.asked[0]["Target"]["Arn"]
    assert arn == f"arn:{partition}:scheduler:::aws-sdk:sqs:sendMessage"


def test_a_schedule_sends_the_message_itself_a_little_early() -> None:
    """With its attributes; it fires within a minute, and must not be late."""
    client = Scheduler()
    given = message(correlation_id="checkout-7", foreign={"raw": {"BinaryValue": b"\0"}})
    schedules(client).create(given, LATER)
    [asked] = client.asked
    at = LATER.replace(second=0) - timedelta(minutes=1)
    assert asked["ScheduleExpression"] == f"at({at:%Y-%m-%dT%H:%M:%S})"
    assert asked["ActionAfterCompletion"] == "DELETE"
    assert asked["Target"]["Arn"] == "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"
    sent = json.loads(asked["Target"]["Input"])
    assert (sent["QueueUrl"], sent["MessageBody"]) == (URL, given.body)
    attributes = sent["MessageAttributes"]
    assert attributes["command_id"]["StringValue"] == "c-1"
    assert attributes["copy_of"]["StringValue"] == f"m-1 {int(NOW.timestamp() * 1000)}"
    assert attributes["raw"]["BinaryValue"] == "AA=="


def test_no_name_of_the_scheduler_is_filled_in() -> None:
    """Whatever a client writes, the message is as it was."""
    client = Scheduler()
    given = message('{"type": "echo", "input": {"a": "<aws.scheduler.schedule-arn>"}}')
    schedules(client).create(given, LATER)
    text = client.asked[0]["Target"]["Input"]
    assert "<aws" not in text
    assert json.loads(text)["MessageBody"] == given.body


def test_a_schedule_that_is_there_or_gone_is_no_trouble() -> None:
    """An earlier call has had its effect."""
    schedules(Scheduler("ConflictException")).create(message(), LATER)
    schedules(Scheduler("ResourceNotFoundException")).delete("c-1")
    refusing = schedules(Scheduler("ValidationException"))
    with pytest.raises(ClientError):
        refusing.create(message(), LATER)
    with pytest.raises(ClientError):
        refusing.delete("c-1")


def test_a_message_has_to_fit_with_its_escapes() -> None:
    """A quotation mark takes two characters inside of a text, and one of the body's own four."""
    small, large = message("x" * (INPUT_BYTES - 1000)), message('"' * (INPUT_BYTES // 2))
    assert schedules(Scheduler()).takes(small)
    assert not schedules(Scheduler()).takes(large)


def test_every_id_has_a_name() -> None:
    """Of 64 characters that AWS takes, and its own."""
    names = {name_of(one) for one in ("a" * 128, "a:=", "a", "A")}
    assert len(names) == 4
    assert all(len(name) == 64 for name in names)
    assert replace(message(), command_id=None).key == "m-1"
