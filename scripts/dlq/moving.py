"""SQS's own message move task: all dead letters, without anything being received here."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from scripts.aws_errors import error_message
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sqs import SQSClient

    from scripts.dlq.stop import Stop

PAUSE_SECONDS = 1.0
# So often a task that was just started is looked for.
LOOKS = 30
_ACTIVE = {"RUNNING", "CANCELLING"}


@dataclass
class MoveTask:
    """The task of one dead-letter queue; SQS allows one at a time.

    The destination is always named: only what SQS itself has moved there knows where it came from,
    and letters are put there by the worker. Without one SQS ends the task as FAILED, with the
    reason CouldNotDetermineMessageSource.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/troubleshooting-dlq-redrive.html
    """

    client: SQSClient
    source_arn: str
    destination_arn: str
    _earlier: int = 0

    def start(self, rate: int | None) -> bool:
        """Start it; False where one runs already, which is then the one to follow."""
        last = self._last()
        if last.get("Status") in _ACTIVE:
            return False
        self._earlier = last.get("StartedTimestamp", 0)
        limits: Any = {"MaxNumberOfMessagesPerSecond": rate} if rate else {}
        try:
            self.client.start_message_move_task(
                SourceArn=self.source_arn, DestinationArn=self.destination_arn, **limits
            )
        except ClientError as error:
            # So it is when an answer got lost and the request was repeated.
            if "already a task running" in error_message(error):
                return False
            raise
        return True

    def follow(self, stop: Stop, told: Callable[[int], None]) -> int:
        """Wait for its end, or end it when asked to stop; how many messages it moved, roughly.

        `told` hears how many more were moved.
        """
        cancelled, before = False, 0
        while True:
            state = self._state()
            moved = int(state.get("ApproximateNumberOfMessagesMoved", 0))
            told(moved - before)
            before = moved
            if state["Status"] == "FAILED":
                raise OperatorError(
                    f"SQS ended the redrive after about {moved} messages"
                    f" ({state.get('FailureReason', 'no reason given')}); the rest is still here"
                )
            if state["Status"] not in _ACTIVE:
                return moved
            if stop.asked and not cancelled:
                self._cancel(state)
                cancelled = True
            time.sleep(PAUSE_SECONDS)

    def _cancel(self, state: dict[str, Any]) -> None:
        try:
            self.client.cancel_message_move_task(TaskHandle=state["TaskHandle"])
        except (ClientError, KeyError):  # it has ended by itself, as the next look shows
            return

    def _state(self) -> dict[str, Any]:
        """The task that was started; SQS's list may need a moment to show it."""
        for _ in range(LOOKS):
            last = self._last()
            if last.get("StartedTimestamp", 0) > self._earlier:
                return last
            time.sleep(PAUSE_SECONDS)
        raise OperatorError(
            "SQS does not show the redrive that it has started; look at what is left with: show"
        )

    def _last(self) -> dict[str, Any]:
        answer = self.client.list_message_move_tasks(SourceArn=self.source_arn, MaxResults=1)
        return dict(answer["Results"][0]) if answer.get("Results") else {}
