"""Message move tasks: start, list and cancel a dead-letter queue redrive (JSON protocol only).

AWS: the SQS API reference (API_StartMessageMoveTask, API_ListMessageMoveTasks,
API_CancelMessageMoveTask). The caller needs the action's own permission here; that AWS also asks
for ReceiveMessage, DeleteMessage and SendMessage is not checked.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ministack_extensions.http import Request, Response, json_response
from ministack_extensions.sqs.move_task import CANCELLING, RUNNING, MoveTask
from ministack_extensions.sqs.queues import Queue
from ministack_extensions.sqs.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ministack_extensions.upstream import Emulator

MAX_RATE = 500
MAX_RESULTS = 10
_JSON = "application/x-amz-json-1.0"
_NOT_FOUND = "ResourceNotFoundException"
_INVALID = "InvalidParameterValue"
_ARN_PARTS = 6


class Refused(Exception):
    """AWS would refuse the call."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.refusal = Refusal(code, message)


@dataclass
class MoveTasks:
    """All tasks since the emulator started."""

    _tasks: list[MoveTask] = field(default_factory=list)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def matches(self, request: Request) -> bool:
        """The three operations, in the JSON protocol."""
        return _operation(request) in self._operations()

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The emulator goes first: it authorizes the caller, and one day it knows the operation."""
        response = await emulator.call(request)
        if response.json().get("__type", "").rpartition("#")[2] != "InvalidAction":
            return response
        run = self._operations()[_operation(request)]
        try:
            return json_response(200, await run(request.json(), emulator), _JSON)
        except Refused as error:
            return error.refusal.as_json()

    def _operations(
        self,
    ) -> dict[str, Callable[[dict[str, Any], Emulator], Awaitable[dict[str, Any]]]]:
        return {
            "StartMessageMoveTask": self._start,
            "ListMessageMoveTasks": self._list,
            "CancelMessageMoveTask": self._cancel,
        }

    async def _start(self, wanted: dict[str, Any], emulator: Emulator) -> dict[str, Any]:
        source = _queue(wanted.get("SourceArn"), "SourceArn", emulator)
        rate = wanted.get("MaxNumberOfMessagesPerSecond")
        if rate is not None and not 1 <= rate <= MAX_RATE:
            raise Refused(
                _INVALID,
                f"Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: You must "
                f"enter a value between 1 and {MAX_RATE}.",
            )
        attributes = await source.attributes()
        if attributes is None:
            raise _no_resource("SourceArn")
        if not await source.is_dead_letter_queue():
            raise Refused(_INVALID, "Source queue must be configured as a Dead Letter Queue.")
        destination = None
        if wanted.get("DestinationArn"):
            destination = _queue(wanted["DestinationArn"], "DestinationArn", emulator)
            if await destination.attributes() is None:
                raise _no_resource("DestinationArn")
        if any(task.active and task.source.arn == source.arn for task in self._tasks):
            raise Refused(
                _INVALID,
                "There is already a task running. Only one active task is allowed for a source "
                "queue arn at a given time.",
            )
        to_move = int(attributes.get("ApproximateNumberOfMessages", "0"))
        task = MoveTask(source, destination, rate, to_move)
        self._tasks.append(task)
        running = asyncio.create_task(task.run())
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return {"TaskHandle": task.handle}

    async def _list(self, wanted: dict[str, Any], emulator: Emulator) -> dict[str, Any]:
        source = _queue(wanted.get("SourceArn"), "SourceArn", emulator)
        limit = wanted.get("MaxResults") or 1
        if not 1 <= limit <= MAX_RESULTS:
            raise Refused(
                _INVALID,
                f"Value for parameter MaxResults is invalid. Reason: You must enter a value "
                f"between 1 and {MAX_RESULTS}.",
            )
        if await source.attributes() is None:
            raise _no_resource("SourceArn")
        tasks = [task.entry() for task in self._tasks if task.source.arn == source.arn]
        return {"Results": tasks[::-1][:limit]}

    async def _cancel(self, wanted: dict[str, Any], _emulator: Emulator) -> dict[str, Any]:
        handle = wanted.get("TaskHandle")
        task = next((task for task in self._tasks if task.handle == handle), None)
        if task is None:
            raise Refused(_NOT_FOUND, "Task does not exist.")
        if task.status != RUNNING:
            raise Refused("UnsupportedOperation", "Only active tasks can be cancelled.")
        task.status = CANCELLING
        return {"ApproximateNumberOfMessagesMoved": task.moved}


def _operation(request: Request) -> str:
    prefix, _, operation = (request.header("x-amz-target") or "").partition(".")
    return operation if prefix == "AmazonSQS" else ""


def _queue(arn: str | None, parameter: str, emulator: Emulator) -> Queue:
    if not arn:
        raise Refused("MissingParameter", f"The request must contain the parameter {parameter}.")
    parts = arn.split(":")
    if len(parts) != _ARN_PARTS or parts[:3] != ["arn", "aws", "sqs"]:
        raise Refused("InvalidAddress", f"The address {arn} is not valid for this endpoint.")
    return Queue(arn, emulator)


def _no_resource(parameter: str) -> Refused:
    return Refused(
        _NOT_FOUND, f"The resource that you specified for the {parameter} parameter doesn't exist."
    )
