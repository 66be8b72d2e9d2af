"""`redrive`: send dead-letter messages back to their queue, where the worker runs them again.

Without a filter SQS moves all of them by its own task. With one, each message that matches is sent
anew and deleted once SQS has taken it. The record is the worker's alone: it turns FAILED into
PROCESSING, with fresh attempts and the failure among the earlier ones, in the one conditional write
that claims the command. Why nobody else may: docs/dead-letter-messages.md.

Killed before the send, a message comes back by itself. Killed after it, the command has a message
in the queue and one left over, which the worker drops when it is redriven in its turn.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from scripts.aws_errors import error_message
from scripts.dlq.session import many
from scripts.dlq.show import SAMPLE, show
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_sqs import SQSClient

    from scripts.dlq.browser import QueueBrowser
    from scripts.dlq.filter import Filter
    from scripts.dlq.message import DeadLetterMessage
    from scripts.dlq.session import Session
    from scripts.interrupts import GracefulShutdown

# Between two looks at a move task, and while it is being ended.
PAUSE_SECONDS, ENDING_PAUSE_SECONDS = 1.0, 0.1
# So often a task that was just started is looked for.
LOOKS = 30
_ACTIVE = {"RUNNING", "CANCELLING"}


def redrive(session: Session, wanted: Filter, *, apply: bool, rate: int | None) -> int:
    """Send back what matches, or say what that would be; the exit code."""
    if not apply:
        return _dry_run(session, wanted, rate)
    return _move_all(session, rate) if wanted.empty else _send_matching(session, wanted, rate)


def _dry_run(session: Session, wanted: Filter, rate: int | None) -> int:
    found = show(session, wanted, SAMPLE)
    if (found.matching or found.about > found.seen) and not session.shutdown.requested:
        options = [*wanted.options(), *(["--rate", str(rate)] if rate else [])]
        again = session.target.command("redrive", "--apply", *options)
        session.notes(f"dry run: nothing was moved; next: {again}")
    return 0


@dataclass
class _Tally:
    """What became of the messages that match.

    `undeleted` were sent and are still here; `refused` says why a message was not taken; `stuck`
    are the FIFO groups in which that happened: what follows there stays behind it.
    """

    matching: int = 0
    sent: int = 0
    undeleted: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    stuck: set[str] = field(default_factory=set)


def _send_matching(session: Session, wanted: Filter, rate: int | None) -> int:
    """Redrive what matches; what does not stays where it is."""
    tally, limiter = _Tally(), session.rate_limiter(rate)
    step = 1 if session.queue.fifo else limiter.step
    session.queue.attributes()  # says so, if it is missing, before anything is touched
    try:
        with (
            session.progress(session.target.redriving, None) as on_progress,
            session.browse(rate=rate) as browser,
        ):
            for batch in browser:
                stored = session.commands.find(one.command_id for one in batch)
                now = datetime.now(UTC)
                matching = [
                    one for one in batch if wanted.matches(one, stored.get(one.command_id), now=now)
                ]
                tally.matching += len(matching)
                for start in range(0, len(matching), step):
                    some = [
                        one
                        for one in matching[start : start + step]
                        if not session.queue.fifo or one.group not in tally.stuck
                    ]
                    limiter.acquire(len(some))
                    if session.shutdown.requested:
                        break
                    on_progress(_send(session, some, browser, tally))
    except (ClientError, BotoCoreError, OperatorError):
        done = f"{session.target.redrove} {many(tally.sent)}"
        session.notes(f"{done} before that; the others are unchanged")
        raise
    finally:
        if tally.undeleted:
            session.notes(
                f"{many(tally.undeleted)} of those could not be deleted from the dead-letter"
                " queue; if sent again, the worker skips them"
            )
    return _report(session, tally, browser)


def _send(
    session: Session,
    messages: Sequence[DeadLetterMessage],
    browser: QueueBrowser,
    tally: _Tally,
) -> int:
    """One step: send, then delete what was taken; how many that were."""
    refused = session.queue.send(
        [one.as_sent_again() for one in messages],
        # The same dead-letter message is the same message, however often this is tried.
        dedup=[f"redrive-{one.message_id}" for one in messages],
    )
    for number, code in refused.items():
        tally.refused[messages[number].message_id] = code
        tally.stuck.add(messages[number].group)
    sent = [one for number, one in enumerate(messages) if number not in refused]
    tally.sent += len(sent)
    tally.undeleted += len(sent)
    session.so_far = f"{session.target.redrove} {many(tally.sent)}"
    kept = session.dlq.delete([one.receipt for one in sent])
    tally.undeleted -= len(sent) - len(kept)
    browser.gone([one for number, one in enumerate(sent) if number not in kept])
    return len(sent)


def _report(session: Session, tally: _Tally, browser: QueueBrowser) -> int:
    done = f"{session.target.redrove} {tally.sent}"
    session.notes(f"{done} of {tally.matching} matching; read {browser.seen}")
    if not session.shutdown.requested:
        left = session.count() - (browser.seen - tally.sent)
        if left := max(left, 0 if browser.complete else 1):
            session.notes(
                f"about {left} more could not be read (in use by another reader, or above SQS's"
                " limit of messages in flight); run the same command again"
            )
    if tally.refused:
        codes = ", ".join(f"{code} ({n})" for code, n in Counter(tally.refused.values()).items())
        raise OperatorError(
            f"SQS refused {many(len(tally.refused))}: {codes}; they are still in"
            f" {session.dlq.name}; run the same command again"
        )
    return 1 if tally.undeleted else 0


def _move_all(session: Session, rate: int | None) -> int:
    task = MoveTask(
        session.target.sqs,
        session.dlq.attributes()["QueueArn"],
        session.queue.attributes()["QueueArn"],
        session.shutdown,
    )
    if session.shutdown.requested:
        return 0
    session.so_far = f"SQS may continue; check with: {session.target.command('show')}"
    if not task.start(rate):
        session.notes(
            "a redrive of this queue is already running; following it at the rate it was"
            " started with"
        )
    with session.progress(session.target.redriving, session.count()) as on_progress:
        moved = task.follow(on_progress)
    session.notes(f"{session.target.redrove} about {many(moved)}")
    if left := session.count():
        session.notes(
            f"about {left} are still in {session.dlq.name} (in use by another reader, or"
            f" dead-lettered again); see: {session.target.command('show')}"
        )
    return 0


@dataclass
class MoveTask:
    """SQS's message move task of one dead-letter queue, which has one at a time.

    The destination is always named: only what SQS itself has moved there knows where it came from,
    and messages are put there by the worker. Without one SQS ends the task as FAILED, with the
    reason CouldNotDetermineMessageSource.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/troubleshooting-dlq-redrive.html
    """

    client: SQSClient
    source_arn: str
    destination_arn: str
    shutdown: GracefulShutdown
    _earlier: int = 0

    def start(self, rate: int | None) -> bool:
        """Start it; False where one runs already, which is then the one to follow."""
        last = self._last()
        while last.get("Status") == "CANCELLING" and not self.shutdown.requested:
            self._pause()
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

    def follow(self, on_progress: Callable[[int], None]) -> int:
        """Wait for its end, or end it when interrupted; how many messages it moved, roughly.

        `on_progress` hears how many more were moved.
        """
        cancelled, before = False, 0
        while True:
            state = self._state()
            moved = int(state.get("ApproximateNumberOfMessagesMoved", 0))
            on_progress(moved - before)
            before = moved
            if state["Status"] == "FAILED":
                raise OperatorError(
                    f"SQS ended the redrive after about {moved} messages"
                    f" ({state.get('FailureReason', 'no reason given')}); the other messages are"
                    " still in the dead-letter queue"
                )
            if state["Status"] not in _ACTIVE:
                return moved
            if self.shutdown.requested and not cancelled:
                self._cancel(state)
                cancelled = True
            self._pause()

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
            self._pause()
        raise OperatorError(
            "SQS does not list the redrive that was started; check the remaining messages with:"
            " show"
        )

    def _last(self) -> dict[str, Any]:
        answer = self.client.list_message_move_tasks(SourceArn=self.source_arn, MaxResults=1)
        return dict(answer["Results"][0]) if answer.get("Results") else {}

    def _pause(self) -> None:
        if self.shutdown.requested:
            time.sleep(ENDING_PAUSE_SECONDS)
        else:
            self.shutdown.wait(PAUSE_SECONDS)
