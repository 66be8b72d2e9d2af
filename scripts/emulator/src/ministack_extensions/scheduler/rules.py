"""What EventBridge Scheduler refuses when a schedule is created or changed.

AWS: the EventBridge Scheduler API reference (API_CreateSchedule.html, API_Target.html) and "Using
universal targets in EventBridge Scheduler" (managing-targets-universal.html).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ministack_extensions.scheduler.cron import InvalidExpression
from ministack_extensions.scheduler.expressions import Times, UnknownZone
from ministack_extensions.scheduler.shapes import Invalid
from ministack_extensions.service_roles import CannotAssume

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ministack_extensions.service_roles import ServiceRoles
    from ministack_extensions.upstream import Emulator

SEND_MESSAGE = "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"
_UNIVERSAL = "arn:aws:scheduler:::aws-sdk:"
_QUEUE = re.compile(r"arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}(\.fifo)?")
_FUNCTION = re.compile(r"arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,64}(:[\w$-]+)?")
_LARGEST_INPUT = 256 * 1024
_TARDY_SECONDS = 300


async def times_of(
    schedule: Mapping[str, Any],
    now: datetime,
    roles: ServiceRoles,
    group_arn: str,
    emulator: Emulator,
) -> Times:
    """The occurrences of a schedule; Invalid where AWS refuses it.

    Scheduler assumes the role on behalf of the group (cross-service-confused-deputy-prevention.html
    in its user guide).
    """
    try:
        times = Times.of(schedule, now)
    except InvalidExpression as error:
        expression = schedule["ScheduleExpression"]
        raise Invalid(f"Invalid Schedule Expression {expression}.") from error
    except UnknownZone as error:
        raise Invalid(f"The timezone {error} is not valid.") from error
    _require_dates(times, now)
    window = schedule["FlexibleTimeWindow"]
    flexible = window["Mode"] == "FLEXIBLE"
    if flexible != ("MaximumWindowInMinutes" in window):
        told = "must" if flexible else "must not"
        raise Invalid(f"A flexible time window of this mode {told} have MaximumWindowInMinutes.")
    _require_target(schedule["Target"])
    try:
        await roles.credentials(schedule["Target"]["RoleArn"], emulator, group_arn)
    except CannotAssume as error:
        raise Invalid(
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the"
            " role."
        ) from error
    return times


def _require_dates(times: Times, now: datetime) -> None:
    if times.once:
        return
    if times.start and (now - times.start).total_seconds() > _TARDY_SECONDS:
        raise Invalid("The StartDate you specify cannot be earlier than 5 minutes ago.")
    if times.end and (times.end <= now or (times.start and times.end <= times.start)):
        raise Invalid("The EndDate you specify must come after the StartDate and after now.")


def _require_target(target: Mapping[str, Any]) -> None:
    arn, given = target["Arn"], target.get("Input")
    if given is not None and len(given.encode()) > _LARGEST_INPUT:
        raise Invalid(f"The input is larger than {_LARGEST_INPUT} bytes.")
    if arn.startswith(_UNIVERSAL):
        if arn != SEND_MESSAGE:
            raise Invalid(f"This emulator calls {SEND_MESSAGE} only, not {arn}.")
        if not isinstance(_document(given), dict):
            raise Invalid("The input of a universal target must be well-formed JSON.")
    elif queue := _QUEUE.fullmatch(arn):
        group = (target.get("SqsParameters") or {}).get("MessageGroupId")
        if bool(queue[1]) != bool(group):
            raise Invalid("MessageGroupId is required for FIFO queues, and for them alone.")
    elif _FUNCTION.fullmatch(arn):
        if given is not None and _document(given) is None:
            raise Invalid("The input of a Lambda target must be well-formed JSON.")
    else:
        raise Invalid(f"Provided Arn is not in correct format or not supported here: {arn}")


def _document(text: str | None) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(text or "")
    except ValueError:
        return None
