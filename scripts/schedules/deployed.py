"""The recurring schedules of an environment, and the records of their runs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from botocore.exceptions import ClientError

from scripts import cli
from scripts.aws_errors import error_code
from scripts.errors import OperatorError
from scripts.framework import cron, envelope
from scripts.stored_commands import StoredCommands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scripts.framework import model
    from scripts.target.target import Target

ENABLED, DISABLED = "ENABLED", "DISABLED"
# What GetSchedule tells and UpdateSchedule does not take.
_TOLD = frozenset({"Arn", "CreationDate", "LastModificationDate", "ResponseMetadata"})
# Where past occurrences are looked for: most are found in the first.
_WINDOWS = tuple(timedelta(days=days) for days in (1 / 24, 1, 32, 366, 8 * 366))


@dataclass(frozen=True)
class Schedule:
    """One schedule, as GetSchedule tells it."""

    told: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name, with which the ids of its runs begin."""
        return str(self.told["Name"])

    @property
    def by_api(self) -> bool:
        """Whether a client has made it; no name in Terraform has a full stop."""
        return "." in self.name

    @property
    def owner(self) -> str:
        """Whose it is; empty where it belongs to nobody, or cannot be told."""
        try:
            sent = json.loads(self.told["Target"]["Input"])
            return envelope.value(sent["MessageAttributes"], envelope.OWNER)
        except (KeyError, TypeError, ValueError, AttributeError):
            return ""

    @property
    def enabled(self) -> bool:
        """Whether it fires."""
        return bool(self.told["State"] == ENABLED)

    @property
    def expression(self) -> str:
        """The six fields of its cron."""
        return str(self.told["ScheduleExpression"]).removeprefix("cron(").removesuffix(")")

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone; OperatorError where this machine does not know it."""
        name = str(self.told.get("ScheduleExpressionTimezone") or "UTC")
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise OperatorError(
                f"this machine does not know the time zone {name} of {self.name}; run: python -m"
                " pip install tzdata"
            ) from error

    @cached_property
    def _cron(self) -> cron.Cron:
        try:
            return cron.Cron.parse(self.expression)
        except cron.InvalidExpression as error:
            raise OperatorError(
                f"{self.name} has an expression that this tool does not understand:"
                f" {self.told['ScheduleExpression']}; see when it fires in the AWS console"
            ) from error

    def following(self, moment: datetime) -> Iterator[datetime]:
        """The times after a moment at which it fires unless it is paused, in UTC."""
        return self._cron.occurrences(moment, self.zone)

    def latest(self, moment: datetime, most: int) -> list[datetime]:
        """Up to `most` of the times before a moment, the newest first, in UTC."""
        found: list[datetime] = []
        for window in _WINDOWS:
            following = self.following(moment - window)
            found = list(takewhile(lambda one: one <= moment, following))
            if len(found) >= most:
                break
        return found[-most:][::-1]

    def run_id(self, at: datetime) -> str:
        """The id of the command that it sends for a time; see modules/queue/recurring.tf."""
        return f"{self.name}:{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    def last_fired(self, most: int, *, now: datetime) -> list[str]:
        """Ids of its last runs, as far as it was not paused then, the newest first."""
        until = now if self.enabled else min(now, self.told["LastModificationDate"])
        return [self.run_id(at) for at in self.latest(until, most)]


@dataclass(frozen=True)
class DeployedSchedules:
    """The schedules of one environment; `flags` name it on a command line, `apply` applies it.

    Those of Terraform are in one group, those of clients in another.
    """

    group: str
    api_group: str
    table: str
    ttl_attribute: str
    scheduler: Any
    dynamodb: Any
    flags: str
    apply: str

    def command(self, tool: str, *words: str) -> str:
        """A command line of `scripts.<tool>` about the same environment, for the operator."""
        return cli.command_line(tool, *words, flags=self.flags)

    def found(self) -> list[str]:
        """Their names, sorted, Terraform's first."""
        return [*self._in(self.group), *self._in(self.api_group)]

    def _in(self, group: str) -> list[str]:
        """The names in a group; none where Terraform has not made it."""
        pages = self.scheduler.get_paginator("list_schedules").paginate(GroupName=group)
        try:
            return sorted(one["Name"] for page in pages for one in page["Schedules"])
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
        return []

    def names(self) -> list[str]:
        """The same; OperatorError where there are none."""
        names = self.found()
        if not names:
            raise OperatorError(
                "this environment has no recurring schedules; add one to commands.schedules in its"
                f" terraform.tfvars and apply: {self.apply} (see docs/recurring.md)"
                "; or let clients make them (see docs/client-schedules.md)"
            )
        return names

    def get(self, name: str) -> Schedule:
        """One of them; OperatorError where there is no such schedule."""
        group = self.api_group if "." in name else self.group
        try:
            return Schedule(self.scheduler.get_schedule(Name=name, GroupName=group))
        except ClientError as error:
            # A name that AWS would not take is no name of a schedule, either.
            if error_code(error) not in ("ResourceNotFoundException", "ValidationException"):
                raise
        raise OperatorError(
            f"this environment has no schedule {name!r}; it has: {', '.join(self.names())}"
        )

    def set_state(self, schedule: Schedule, state: str) -> None:
        """Pause or resume one."""
        self.update(schedule, State=state)

    def update(self, schedule: Schedule, **changes: str) -> None:
        """Change one; everything else becomes what it was, as UpdateSchedule replaces all of it."""
        kept = {name: value for name, value in schedule.told.items() if name not in _TOLD}
        self.scheduler.update_schedule(**{**kept, **changes})

    def runs(self, ids: Sequence[str], *, now: datetime) -> dict[str, model.Command]:
        """The records among those of these commands, by id; one whose time has passed is none."""
        found = StoredCommands(self).find(ids, now=now)
        return {command_id: one.command for command_id, one in found.items()}


def schedules_of(target: Target) -> DeployedSchedules:
    """The schedules that the target's outputs describe; OperatorError where they do not."""
    target.require("sqs_queue_arn", "dynamodb_table_name", "dynamodb_ttl_attribute")
    scheduler, dynamodb = target.client("scheduler"), target.client("dynamodb")
    return of(target.outputs, scheduler, dynamodb, target.flags, target.apply)


def of(
    outputs: Mapping[str, Any],
    scheduler: Any,  # noqa: ANN401 - there are no types for it here
    dynamodb: Any,  # noqa: ANN401
    flags: str,
    apply: str,
) -> DeployedSchedules:
    """The schedules that Terraform's outputs describe; KeyError where they do not."""
    # modules/queue/recurring.tf names the groups by the queue.
    queue = str(outputs["sqs_queue_arn"]).rpartition(":")[2].removesuffix(".fifo")
    groups = f"{queue}-recurring", f"{queue}-api"
    table, ttl = outputs["dynamodb_table_name"], outputs["dynamodb_ttl_attribute"]
    return DeployedSchedules(*groups, table, ttl, scheduler, dynamodb, flags, apply)
