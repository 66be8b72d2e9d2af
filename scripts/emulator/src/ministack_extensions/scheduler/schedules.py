"""EventBridge Scheduler: groups, schedules and tags, held here and fired on time.

AWS: the EventBridge Scheduler API reference. The emulator judges the caller and keeps nothing: its
own schedules drop universal targets, ignore zones, roles and tokens, and list one page. Errors and
pages are those of the reference; deleting a group deletes its schedules at once.
"""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ministack_extensions.http import Response, json_response
from ministack_extensions.scheduler.delivery import Delivery
from ministack_extensions.scheduler.rules import times_of
from ministack_extensions.scheduler.shapes import Invalid, operation, parameters
from ministack_extensions.service_roles import ServiceRoles
from ministack_extensions.upstream import ACCOUNT_ID, signed_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ministack_extensions.http import Request
    from ministack_extensions.scheduler.expressions import Times
    from ministack_extensions.upstream import Emulator

Document = dict[str, Any]
_PER_PAGE = 100
_LONGEST_SLEEP_SECONDS = 3600.0


class Refused(Exception):
    """AWS would refuse the call: its status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.response = _error(status, code, message)


@dataclass
class _Schedule:
    """One schedule; `asked` is the request for it, defaults included."""

    asked: Document
    arn: str
    times: Times
    created: datetime
    changed: datetime
    task: asyncio.Task[None] | None = None


@dataclass
class _Group:
    """One group with its tags."""

    name: str
    arn: str
    created: datetime
    changed: datetime
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class _Region:
    """What one region holds; `answers` has what a client token was answered, with its request."""

    groups: dict[str, _Group] = field(default_factory=dict)
    schedules: dict[tuple[str, str], _Schedule] = field(default_factory=dict)
    answers: dict[tuple[str, str], tuple[Document, Document]] = field(default_factory=dict)


@dataclass
class Schedules:
    """Answers the twelve operations."""

    _regions: dict[str, _Region] = field(default_factory=dict)
    _roles: ServiceRoles = field(default_factory=lambda: ServiceRoles("scheduler.amazonaws.com"))
    _deliveries: set[asyncio.Task[None]] = field(default_factory=set)

    def matches(self, request: Request) -> bool:
        """Every call that is signed for the service."""
        return signed_for(request)[1] == "scheduler"

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The emulator goes first: it authorizes the caller and answers nothing else."""
        called = operation(request)
        if called is None:
            return _error(404, "UnknownOperationException", "unknown operation")
        judged = await emulator.call(request)
        if not judged.ok:
            return judged
        name = signed_for(request)[0]
        region = self._regions.setdefault(name, _Region())
        region.groups.setdefault("default", _group(name, "default"))
        try:
            asked = parameters(request, called)
            token = asked.pop("ClientToken", None)
            known = region.answers.get((called.name, token)) if token else None
            if known:
                if known[0] != asked:
                    raise _conflict("The client token was used with other parameters.")
                return json_response(200, known[1])
            if called.name in ("CreateSchedule", "UpdateSchedule"):
                answer = await self._put(called.name, name, asked, emulator)
            else:
                answer = _OPERATIONS[called.name](region, name, asked)
        except Invalid as error:
            return _error(400, "ValidationException", str(error))
        except Refused as error:
            return error.response
        if token:
            region.answers[called.name, token] = (asked, answer)
        return json_response(200, answer)

    def tagged(self, region: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        """ARN and tags of the groups of a region; schedules have no tags."""
        for group in self._regions.get(region, _Region()).groups.values():
            yield group.arn, group.tags

    async def _put(
        self, operation_name: str, region_name: str, asked: Document, emulator: Emulator
    ) -> Document:
        region = self._regions[region_name]
        asked = {
            "GroupName": "default",
            "State": "ENABLED",
            "ScheduleExpressionTimezone": "UTC",
            "ActionAfterCompletion": "NONE",
            **asked,
        }
        key = asked["GroupName"], asked["Name"]
        now = datetime.now(UTC)
        group_arn = _group_arn(region_name, asked["GroupName"])
        times = await times_of(asked, now, self._roles, group_arn, emulator)
        if asked["GroupName"] not in region.groups:
            raise _no_group(asked["GroupName"])
        known = region.schedules.get(key)
        if operation_name == "UpdateSchedule" and known is None:
            raise _no_schedule(asked["Name"])
        if operation_name == "CreateSchedule" and known is not None:
            raise _conflict(f"Schedule {asked['Name']} already exists.")
        if known:
            _stop(known)
        arn = _arn(region_name, f"schedule/{key[0]}/{key[1]}")
        created = known.created if known else now
        schedule = _Schedule(asked, arn, times, created, now)
        region.schedules[key] = schedule
        if asked["State"] == "ENABLED":
            schedule.task = asyncio.create_task(self._run(region, key, schedule, emulator))
        return {"ScheduleArn": arn}

    async def _run(
        self, region: _Region, key: tuple[str, str], schedule: _Schedule, emulator: Emulator
    ) -> None:
        """Fire at every occurrence; afterwards the schedule deletes itself where it shall."""
        moment = schedule.changed
        if schedule.times.kind == "rate" and not schedule.times.start:
            self._fire(schedule, moment, emulator)
        while (following := schedule.times.after(moment)) is not None:
            await _sleep_until(following)
            self._fire(schedule, following, emulator)
            moment = following
        if schedule.asked["ActionAfterCompletion"] == "DELETE":
            region.schedules.pop(key, None)

    def _fire(self, schedule: _Schedule, scheduled: datetime, emulator: Emulator) -> None:
        # Apart from the schedule: deleting it does not take back what has fired.
        window = schedule.asked["FlexibleTimeWindow"].get("MaximumWindowInMinutes", 0) * 60

        async def deliver() -> None:
            await asyncio.sleep(random.uniform(0, window))  # noqa: S311 - no secret
            target = schedule.asked["Target"]
            await Delivery(schedule.arn, self._roles, emulator).deliver(target, scheduled)

        task = asyncio.create_task(deliver())
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)


async def _sleep_until(moment: datetime) -> None:
    # In pieces, so that a machine that slept or set its clock is not late for ever.
    while (left := (moment - datetime.now(UTC)).total_seconds()) > 0:  # noqa: ASYNC110
        await asyncio.sleep(min(left, _LONGEST_SLEEP_SECONDS))


def _stop(schedule: _Schedule) -> None:
    if schedule.task:
        schedule.task.cancel()


def _get(region: _Region, _name: str, asked: Document) -> Document:
    schedule = _found(region, asked)
    return {
        **schedule.asked,
        "Arn": schedule.arn,
        "CreationDate": schedule.created.timestamp(),
        "LastModificationDate": schedule.changed.timestamp(),
    }


def _delete(region: _Region, _name: str, asked: Document) -> Document:
    schedule = _found(region, asked)
    _stop(schedule)
    del region.schedules[asked.get("GroupName", "default"), asked["Name"]]
    return {}


def _list(region: _Region, _name: str, asked: Document) -> Document:
    group = asked.get("GroupName")
    if group and group not in region.groups:
        raise _no_group(group)
    rows = [
        {
            "Arn": one.arn,
            "Name": name,
            "GroupName": there,
            "State": one.asked["State"],
            "Target": {"Arn": one.asked["Target"]["Arn"]},
            "CreationDate": one.created.timestamp(),
            "LastModificationDate": one.changed.timestamp(),
        }
        for (there, name), one in sorted(region.schedules.items())
        if group in (None, there)
        and name.startswith(asked.get("NamePrefix", ""))
        and asked.get("State") in (None, one.asked["State"])
    ]
    return _page("Schedules", rows, asked)


def _create_group(region: _Region, name: str, asked: Document) -> Document:
    if asked["Name"] in region.groups:
        raise _conflict(f"Schedule group {asked['Name']} already exists.")
    group = _group(name, asked["Name"])
    group.tags.update({tag["Key"]: tag["Value"] for tag in asked.get("Tags", ())})
    region.groups[group.name] = group
    return {"ScheduleGroupArn": group.arn}


def _get_group(region: _Region, _name: str, asked: Document) -> Document:
    return _described(_found_group(region, asked["Name"]))


def _delete_group(region: _Region, _name: str, asked: Document) -> Document:
    group = _found_group(region, asked["Name"])
    if group.name == "default":
        raise Invalid("The default schedule group cannot be deleted.")
    for key in [key for key in region.schedules if key[0] == group.name]:
        _stop(region.schedules.pop(key))
    del region.groups[group.name]
    return {}


def _list_groups(region: _Region, _name: str, asked: Document) -> Document:
    rows = [
        _described(group)
        for name, group in sorted(region.groups.items())
        if name.startswith(asked.get("NamePrefix", ""))
    ]
    return _page("ScheduleGroups", rows, asked)


def _list_tags(region: _Region, _name: str, asked: Document) -> Document:
    tags = _by_arn(region, asked).tags
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _tag(region: _Region, _name: str, asked: Document) -> Document:
    _by_arn(region, asked).tags.update({tag["Key"]: tag["Value"] for tag in asked["Tags"]})
    return {}


def _untag(region: _Region, _name: str, asked: Document) -> Document:
    tags = _by_arn(region, asked).tags
    for key in asked["TagKeys"]:
        tags.pop(key, None)
    return {}


_OPERATIONS = {
    "GetSchedule": _get,
    "DeleteSchedule": _delete,
    "ListSchedules": _list,
    "CreateScheduleGroup": _create_group,
    "GetScheduleGroup": _get_group,
    "DeleteScheduleGroup": _delete_group,
    "ListScheduleGroups": _list_groups,
    "ListTagsForResource": _list_tags,
    "TagResource": _tag,
    "UntagResource": _untag,
}


def _found(region: _Region, asked: Document) -> _Schedule:
    group = asked.get("GroupName", "default")
    if group not in region.groups:
        raise _no_group(group)
    known = region.schedules.get((group, asked["Name"]))
    if known is None:
        raise _no_schedule(asked["Name"])
    return known


def _found_group(region: _Region, name: str) -> _Group:
    if name not in region.groups:
        raise _no_group(name)
    return region.groups[name]


def _by_arn(region: _Region, asked: Document) -> _Group:
    return _found_group(region, asked["ResourceArn"].rpartition("/")[2])


def _group(region: str, name: str) -> _Group:
    now = datetime.now(UTC)
    return _Group(name, _group_arn(region, name), now, now)


def _described(group: _Group) -> Document:
    return {
        "Arn": group.arn,
        "Name": group.name,
        "State": "ACTIVE",
        "CreationDate": group.created.timestamp(),
        "LastModificationDate": group.changed.timestamp(),
    }


def _group_arn(region: str, name: str) -> str:
    return _arn(region, f"schedule-group/{name}")


def _arn(region: str, resource: str) -> str:
    return f"arn:aws:scheduler:{region}:{ACCOUNT_ID}:{resource}"


def _page(kind: str, rows: list[Document], asked: Document) -> Document:
    token = asked.get("NextToken", "0")
    if not token.isdecimal():
        raise Invalid("The NextToken is not valid.")
    end = int(token) + asked.get("MaxResults", _PER_PAGE)
    return {
        kind: rows[int(token) : end],
        **({"NextToken": str(end)} if end < len(rows) else {}),
    }


def _no_group(name: str) -> Refused:
    return Refused(404, "ResourceNotFoundException", f"Schedule group {name} does not exist.")


def _no_schedule(name: str) -> Refused:
    return Refused(404, "ResourceNotFoundException", f"Schedule {name} does not exist.")


def _conflict(message: str) -> Refused:
    return Refused(409, "ConflictException", message)


def _error(status: int, code: str, message: str) -> Response:
    body = json.dumps({"Message": message}).encode()
    return Response(
        status, (("content-type", "application/json"), ("x-amzn-errortype", code)), body
    )
