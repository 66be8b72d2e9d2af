"""Recurring schedules of EventBridge Scheduler, made at run time.

A schedule itself has all that is known of it: its name says whose it is, and the message that it
sends has owner, type and input. Its target is SendMessage with all attributes, so that no function
runs for a firing. modules/queue/recurring.tf makes the same of what Terraform declares.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from command_api.adapters.availability import unavailable
from command_api.adapters.schedules import INPUT_BYTES, target
from command_api.domain import envelope
from command_api.domain.errors import Rejected, Unavailable
from command_api.domain.message import body_of
from command_api.domain.recurring import KEYWORD, Overlap, Schedule, When, prefix_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PAGE = 100
_ENABLED, _DISABLED = "ENABLED", "DISABLED"
_OTHER_KEYWORDS = re.compile("<(?!" + re.escape(KEYWORD[1:]) + ")")


@dataclass(frozen=True, eq=False, repr=False)
class EventBridgeRecurringSchedules:
    """The schedules of one group, whose `role` sends to the queue of this URL.

    `unsent` is the ARN of the queue for what could not be sent within a day. In a `fair` queue an
    owner's messages are a group.
    """

    client: Callable[[], Any]
    group: str
    role: str
    url: str
    unsent: str
    fair: bool = False

    def takes(self, schedule: Schedule) -> bool:
        """Whether the message fits into a schedule, with its quotes escaped."""
        return len(self._input(schedule).encode()) <= INPUT_BYTES

    def create(self, schedule: Schedule) -> bool:
        """Call CreateSchedule."""
        return self._changed("create_schedule", schedule, unless="ConflictException")

    def replace(self, schedule: Schedule) -> bool:
        """Call UpdateSchedule, which replaces all of a schedule."""
        return self._changed("update_schedule", schedule, unless="ResourceNotFoundException")

    def get(self, owner: str, schedule_id: str) -> Schedule | None:
        """Call GetSchedule."""
        found = self._found("get_schedule", owner, schedule_id)
        return _schedule(found, schedule_id) if found is not None else None

    def ids(self, owner: str) -> list[str]:
        """Call ListSchedules, once for each hundred."""
        prefix = prefix_of(owner)
        asked = {"GroupName": self.group, "NamePrefix": prefix, "MaxResults": _PAGE}
        found: list[str] = []
        while True:
            with unavailable():
                page = self.client().list_schedules(**asked)
            names = [str(one["Name"]) for one in page["Schedules"]]
            found += [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
            if not page.get("NextToken"):
                return found
            asked["NextToken"] = page["NextToken"]

    def delete(self, owner: str, schedule_id: str) -> bool:
        """Call DeleteSchedule."""
        return self._found("delete_schedule", owner, schedule_id) is not None

    def _found(self, operation: str, owner: str, schedule_id: str) -> Mapping[str, Any] | None:
        name = f"{prefix_of(owner)}{schedule_id}"
        try:
            with unavailable():
                found: Mapping[str, Any] = getattr(self.client(), operation)(
                    Name=name, GroupName=self.group
                )
        except ClientError as error:
            if _code(error) == "ResourceNotFoundException":
                return None
            raise
        return found

    def _changed(self, operation: str, schedule: Schedule, *, unless: str) -> bool:
        try:
            with unavailable():
                getattr(self.client(), operation)(**self._asked(schedule))
        except ClientError as error:
            if _code(error) == unless:
                return False
            # The group or the role is being made or removed by an apply.
            text = error.response["Error"].get("Message", "")
            if _code(error) != "ValidationException" or "execution role" in text:
                raise Unavailable(_code(error)) from error
            raise Rejected("EventBridge Scheduler refuses it") from error
        return True

    def _asked(self, schedule: Schedule) -> dict[str, Any]:
        return {
            "Name": schedule.name,
            "GroupName": self.group,
            "ScheduleExpression": f"cron({schedule.when.cron})",
            "ScheduleExpressionTimezone": schedule.when.timezone,
            "State": _ENABLED if schedule.enabled else _DISABLED,
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {
                "Arn": target(self.role),
                "RoleArn": self.role,
                "Input": self._input(schedule),
                "DeadLetterConfig": {"Arn": self.unsent},
            },
        }

    def _input(self, schedule: Schedule) -> str:
        """The arguments of SendMessage.

        Scheduler replaces keywords wherever they stand: none in what names the owner, and none but
        the time in the input, because the others differ between two firings for one time.
        """
        run, fifo = schedule.run_id(KEYWORD), envelope.is_fifo(self.url)
        skips = schedule.name if schedule.overlap is Overlap.SKIP else ""
        named = envelope.attributes(None, owner=schedule.owner, schedule=skips)
        identity = envelope.attributes(run)
        attributes = ",".join(
            f"{json.dumps(name)}:{_text(value, time=name in identity)}"
            for name, value in (named | identity).items()
        )
        arguments = {
            "QueueUrl": _text(self.url),
            "MessageBody": _text(body_of(schedule.type, schedule.input), time=True),
            "MessageAttributes": f"{{{attributes}}}",
        }
        if fifo:
            # The runs of a schedule one after the other.
            arguments |= {
                "MessageGroupId": _text(schedule.name),
                "MessageDeduplicationId": _text(run, time=True),
            }
        elif self.fair:
            arguments["MessageGroupId"] = _text(envelope.group_of(schedule.owner))
        return "{" + ",".join(f'"{name}":{text}' for name, text in arguments.items()) + "}"


def _text(value: object, *, time: bool = False) -> str:
    """A value as JSON without any keyword of Scheduler, or with that of the time alone."""
    text = json.dumps(value, ensure_ascii=False)
    if time:
        return _OTHER_KEYWORDS.sub(r"\\u003c", text)
    return text.replace("<", "\\u003c")


def _schedule(told: Mapping[str, Any], schedule_id: str) -> Schedule:
    """The schedule that GetSchedule tells of."""
    sent = json.loads(told["Target"]["Input"])
    body, attributes = json.loads(sent["MessageBody"]), sent["MessageAttributes"]
    expression = str(told["ScheduleExpression"]).removeprefix("cron(").removesuffix(")")
    return Schedule(
        id=schedule_id,
        owner=envelope.value(attributes, envelope.OWNER),
        when=When(expression, str(told.get("ScheduleExpressionTimezone") or "UTC")),
        type=body["type"],
        input=body["input"],
        overlap=Overlap.SKIP if envelope.SCHEDULE in attributes else Overlap.QUEUE,
        enabled=told["State"] == _ENABLED,
        created_at=told["CreationDate"],
        changed_at=told["LastModificationDate"],
    )


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
