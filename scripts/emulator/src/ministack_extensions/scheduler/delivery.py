"""One occurrence of a schedule: the target called as the schedule's role, retried, or put aside.

AWS: "Configuring a dead-letter queue for EventBridge Scheduler" (configuring-schedule-dlq.html) and
"Adding context attributes" (managing-schedule-context-attributes.html). A refusal that another try
cannot change is not retried.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ministack_extensions.http import Request, Response, header_pairs
from ministack_extensions.scheduler.rules import SEND_MESSAGE
from ministack_extensions.service_roles import CannotAssume, ServiceRoles
from ministack_extensions.sqs.message_rules import MessageRules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ministack_extensions.upstream import Emulator

_MOST_ATTEMPTS, _OLDEST_SECONDS = 185, 86_400
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.2, 10.0


@dataclass(frozen=True)
class Delivery:
    """Delivers what one schedule sends."""

    arn: str
    roles: ServiceRoles
    emulator: Emulator
    _queues: MessageRules = field(default_factory=MessageRules)

    async def deliver(self, target: Mapping[str, Any], scheduled: datetime) -> None:
        """Call the target until it takes the event, or put the event into the dead-letter queue."""
        policy = target.get("RetryPolicy") or {}
        retries = policy.get("MaximumRetryAttempts", _MOST_ATTEMPTS)
        age = policy.get("MaximumEventAgeInSeconds", _OLDEST_SECONDS)
        execution, began = str(uuid.uuid4()), time.monotonic()
        at = scheduled.strftime("%Y-%m-%dT%H:%M:%SZ")
        attempt = 0
        while True:
            attempt += 1
            told = {
                "schedule-arn": self.arn,
                "scheduled-time": at,
                "execution-id": execution,
                "attempt-number": str(attempt),
            }
            given = _input(target, told)
            answer = await self._call(target, given)
            if answer.ok:
                return
            final = answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
            final &= answer.status != HTTPStatus.TOO_MANY_REQUESTS
            if final or attempt > retries or time.monotonic() - began >= age:
                break
            pause = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** min(attempt, 10))
            await asyncio.sleep(pause)
        error = answer.json()
        code = str(error.get("__type") or error.get("Code") or answer.status).rpartition("#")[2]
        await self._put_aside(
            target,
            given,
            {
                "SCHEDULE_ARN": self.arn,
                "TARGET_ARN": target["Arn"],
                "SCHEDULED_TIME": at,
                "EXECUTION_ID": execution,
                "RETRY_ATTEMPTS": str(attempt - 1),
                "ERROR_CODE": code,
                "ERROR_MESSAGE": str(error.get("message") or error.get("Message") or code),
            },
        )

    async def _call(self, target: Mapping[str, Any], given: str) -> Response:
        arn, role = target["Arn"], target["RoleArn"]
        if arn == SEND_MESSAGE:
            return await self._send(json.loads(given), role)
        if ":lambda:" in arn:
            path = f"/2015-03-31/functions/{arn}/invocations"
            headers = {"content-type": "application/json", "x-amz-invocation-type": "Event"}
            request = Request("POST", path, header_pairs(headers), body=given.encode())
            return await self._signed("lambda", request, role)
        message = {"QueueUrl": _url(arn, self.emulator), "MessageBody": given}
        return await self._send(message | (target.get("SqsParameters") or {}), role)

    async def _send(self, message: dict[str, Any], role: str) -> Response:
        headers = {
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": "AmazonSQS.SendMessage",
        }
        request = Request("POST", "/", header_pairs(headers), body=json.dumps(message).encode())
        return await self._signed("sqs", request, role)

    @property
    def _group_arn(self) -> str:
        prefix, group, _ = self.arn.replace(":schedule/", ":schedule-group/").split("/")
        return f"{prefix}/{group}"

    async def _signed(self, service: str, request: Request, role: str) -> Response:
        try:
            credentials = await self.roles.credentials(role, self.emulator, self._group_arn)
        except CannotAssume:
            error = {"__type": "AccessDeniedException", "message": f"Cannot assume {role}"}
            return Response(403, body=json.dumps(error).encode())
        region = self.arn.split(":")[3]
        signed = self.emulator.signed(service, region, request, credentials)
        if service == "sqs":
            return await self._queues.handle(signed, self.emulator)
        return await self.emulator.call(signed)

    async def _put_aside(self, target: Mapping[str, Any], given: str, told: dict[str, str]) -> None:
        queue = (target.get("DeadLetterConfig") or {}).get("Arn")
        if not queue:
            return
        attributes = {
            name: {"DataType": "String", "StringValue": value} for name, value in told.items()
        }
        message = {
            "QueueUrl": _url(queue, self.emulator),
            "MessageBody": given,
            "MessageAttributes": attributes,
        }
        await self._send(message, target["RoleArn"])


def _input(target: Mapping[str, Any], told: Mapping[str, str]) -> str:
    given = target.get("Input")
    if given is None:
        detail = {"source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": "{}"}
        given = json.dumps({**detail, "time": told["scheduled-time"], "id": told["execution-id"]})
    for name, value in told.items():
        given = given.replace(f"<aws.scheduler.{name}>", value)
    return str(given)


def _url(arn: str, emulator: Emulator) -> str:
    account, name = arn.split(":")[4:6]
    return f"http://{emulator.host}/{account}/{name}"
