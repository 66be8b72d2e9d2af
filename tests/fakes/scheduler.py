"""EventBridge Scheduler as strict as its published model, with schedules that fire when told to."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from command_api.domain import envelope

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from botocore.model import ServiceModel

    from command_api.domain.message import Message

# Of a page.
_MOST = 2
_KEYWORDS = re.compile(r"<aws\.scheduler\.([a-z-]+)>")


@cache
def _model() -> ServiceModel:
    return botocore.session.get_session().get_service_model("scheduler")


@dataclass
class FakeScheduler:
    """The client of one group.

    `before` and `after` are called with the operation before it has its effect, and before its
    answer is given: what they raise is what the caller meets.
    """

    group: str
    now: datetime
    schedules: dict[str, dict[str, Any]] = field(default_factory=dict)
    before: Callable[[str], None] = lambda _: None
    after: Callable[[str], None] = lambda _: None
    calls: list[str] = field(default_factory=list)

    def create_schedule(self, **asked: Any) -> dict[str, Any]:
        """CreateSchedule."""
        self._begin("CreateSchedule", asked)
        if asked["Name"] in self.schedules:
            raise self._refusal("ConflictException")
        self.schedules[asked["Name"]] = {**asked, "CreationDate": self.now}
        return self._changed("CreateSchedule", asked)

    def update_schedule(self, **asked: Any) -> dict[str, Any]:
        """UpdateSchedule: what is left out is gone."""
        self._begin("UpdateSchedule", asked)
        created = self._known(asked)["CreationDate"]
        self.schedules[asked["Name"]] = {**asked, "CreationDate": created}
        return self._changed("UpdateSchedule", asked)

    def get_schedule(self, **asked: Any) -> dict[str, Any]:
        """GetSchedule."""
        self._begin("GetSchedule", asked)
        found = dict(self._known(asked))
        self.after("GetSchedule")
        return found

    def delete_schedule(self, **asked: Any) -> dict[str, Any]:
        """DeleteSchedule."""
        self._begin("DeleteSchedule", asked)
        self._known(asked)
        del self.schedules[asked["Name"]]
        self.after("DeleteSchedule")
        return {}

    def list_schedules(self, **asked: Any) -> dict[str, Any]:
        """ListSchedules, in small pages and without what a schedule sends."""
        self._begin("ListSchedules", asked)
        names = sorted(one for one in self.schedules if one.startswith(asked["NamePrefix"]))
        start = int(asked.get("NextToken", "0"))
        end = start + min(asked["MaxResults"], _MOST)
        more = {"NextToken": str(end)} if end < len(names) else {}
        self.after("ListSchedules")
        return {"Schedules": [{"Name": name} for name in names[start:end]], **more}

    def fired(self, name: str, at: str, number: int = 1) -> Message:
        """The message that a schedule sends for a time, as a worker receives it."""
        known = {"scheduled-time": at, "execution-id": str(number), "schedule-arn": f"arn:{name}"}
        text = _KEYWORDS.sub(lambda found: known[found[1]], self.schedules[name]["Target"]["Input"])
        sent = json.loads(text)
        shape = botocore.session.get_session().get_service_model("sqs")
        _validate(shape, "SendMessage", sent)
        return envelope.received(
            {
                "messageId": f"m-{number}",
                "receiptHandle": f"r-{number}",
                "body": sent["MessageBody"],
                "messageAttributes": {
                    key: {"dataType": one["DataType"], "stringValue": one["StringValue"]}
                    for key, one in sent["MessageAttributes"].items()
                },
                "attributes": {
                    "SentTimestamp": str(int(self.now.timestamp() * 1000)),
                    "ApproximateReceiveCount": "1",
                    "MessageGroupId": sent.get("MessageGroupId"),
                },
            }
        )

    def _begin(self, operation: str, asked: dict[str, Any]) -> None:
        self.calls.append(operation)
        _validate(_model(), operation, asked)
        self.before(operation)
        if asked["GroupName"] != self.group:
            raise self._refusal("ResourceNotFoundException")

    def _changed(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        self.schedules[asked["Name"]]["LastModificationDate"] = self.now
        self.after(operation)
        return {"ScheduleArn": f"arn:{asked['Name']}"}

    def _known(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["Name"] not in self.schedules:
            raise self._refusal("ResourceNotFoundException")
        return self.schedules[asked["Name"]]

    @staticmethod
    def _refusal(code: str, message: str = "No.") -> ClientError:
        return ClientError({"Error": {"Code": code, "Message": message}}, "x")


def _validate(model: ServiceModel, operation: str, asked: dict[str, Any]) -> None:
    """Check parameters with their patterns, which botocore itself leaves to AWS."""
    shape = model.operation_model(operation).input_shape
    assert shape is not None
    report = ParamValidator().validate(asked, shape)
    assert not report.has_errors(), report.generate_report()
    for name, value in asked.items():
        metadata = shape.members[name].metadata
        if isinstance(value, str):
            assert len(value) <= metadata.get("max", len(value)), name
            assert re.fullmatch(metadata.get("pattern") or ".*", value, re.DOTALL), name
