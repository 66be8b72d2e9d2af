"""EventBridge Scheduler and DynamoDB as far as the tool knows them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

GROUP = "acme-dev-work-queue-recurring"
API_GROUP = "acme-dev-work-queue-api"
OUTPUTS = {
    "sqs_queue_arn": "arn:aws:sqs:us-east-1:000000000000:acme-dev-work-queue",
    "dynamodb_table_name": "commands",
    "dynamodb_ttl_attribute": "expiresAt",
}
NOW = datetime(2026, 3, 28, 12, 0, 30, tzinfo=UTC)
CHANGED = datetime(2026, 3, 1, tzinfo=UTC)
# What UpdateSchedule takes: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html
_TAKES = {
    *("Name", "GroupName", "State", "ScheduleExpression", "ScheduleExpressionTimezone"),
    *("FlexibleTimeWindow", "Target", "ActionAfterCompletion", "Description", "KmsKeyArn"),
    *("StartDate", "EndDate", "ClientToken"),
}


def schedule(
    name: str, cron: str, zone: str = "UTC", *, skips: bool = False, **own: Any
) -> dict[str, Any]:
    """A schedule, as GetSchedule tells it."""
    named = {"schedule": {"DataType": "String", "StringValue": name}} if skips else {}
    owner = own.pop("owner", "")
    named |= {"owner": {"DataType": "String", "StringValue": owner}} if owner else {}
    body = {"type": "echo", "input": {"secret": "s3cr3t"}}
    sent = {"MessageBody": json.dumps(body), "MessageAttributes": named}
    return {
        "Name": name,
        "GroupName": _group(name),
        "State": "ENABLED",
        "ScheduleExpression": f"cron({cron})",
        "ScheduleExpressionTimezone": zone,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": "arn", "RoleArn": "role", "Input": json.dumps(sent)},
        "Arn": f"arn:{name}",
        "CreationDate": CHANGED,
        "LastModificationDate": CHANGED,
        **own,
    }


@dataclass
class FakeScheduler:
    """Two groups of schedules, those of clients with a full stop, listed one a page."""

    schedules: dict[str, dict[str, Any]] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)

    def get_paginator(self, operation: str) -> FakeScheduler:
        """The client itself."""
        assert operation == "list_schedules"
        return self

    def paginate(self, **asked: str) -> Any:
        """The names, one a page; a group without schedules was never made."""
        names = [name for name in self.schedules if _group(name) == asked["GroupName"]]
        assert asked.keys() == {"GroupName"}
        for name in reversed(names):
            yield {"Schedules": [{"Name": name}]}
        if not names:
            raise _refusal("ResourceNotFoundException")

    def get_schedule(self, **asked: str) -> dict[str, Any]:
        """A schedule with what comes along in every answer."""
        assert asked["GroupName"] == _group(asked["Name"])
        if asked["Name"] not in self.schedules:
            code = "ResourceNotFoundException" if asked["Name"].isalpha() else "ValidationException"
            raise _refusal(code)
        return {**self.schedules[asked["Name"]], "ResponseMetadata": {}}

    def update_schedule(self, **asked: Any) -> None:
        """Replace all of a schedule; what is left out is gone."""
        assert not asked.keys() - _TAKES
        self.updates.append(asked)
        known = self.schedules[asked["Name"]]
        kept = {name: known[name] for name in ("Arn", "CreationDate")}
        self.schedules[asked["Name"]] = {**asked, **kept, "LastModificationDate": NOW}


@dataclass
class FakeTable:
    """Records by id; a batch of reads leaves all but the first key for the next one."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict)

    def run(self, command_id: str, status: str, code: str = "") -> None:
        """Store the record of a run."""
        failure = {"code": {"S": code}, "message": {"S": ""}, "retryable": {"BOOL": False}}
        self.items[command_id] = {
            "id": {"S": command_id},
            "type": {"S": "echo"},
            "status": {"S": status},
            "attempts": {"N": "1"},
            "maxAttempts": {"N": "3"},
            "createdAt": {"S": "2026-03-28T01:00:00.000Z"},
            "updatedAt": {"S": "2026-03-28T01:00:01.000Z"},
            **({"error": {"M": failure}} if code else {}),
        }

    def batch_get_item(self, *, RequestItems: Any) -> dict[str, Any]:  # noqa: N803 - boto3's name
        """Read the first key."""
        ((name, asked),) = RequestItems.items()
        first, *rest = asked["Keys"]
        found = self.items.get(first["id"]["S"])
        left = {name: {**asked, "Keys": rest}} if rest else {}
        return {"Responses": {name: [found] if found else []}, "UnprocessedKeys": left}


def _group(name: str) -> str:
    return API_GROUP if "." in name else GROUP


def _refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "No."}}, "GetSchedule")
