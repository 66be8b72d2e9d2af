"""Hold messages that come before their time, without using an attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from command_api.domain.lifecycle import in_time, scheduled
from command_api.domain.model import Failure, Status
from command_api.domain.timing import LONGEST_DELAY, unreachable
from command_api.usecases.report import delivered, trouble

if TYPE_CHECKING:
    from command_api.domain.message import Message
    from command_api.domain.model import Submission
    from command_api.usecases.runtime import Runtime

_EXPIRED = Failure(
    code="expired", message="The command expired before it started.", retryable=False
)
# How early the message of a schedule arrives at most; hardly longer than a message is in flight.
SHORT = timedelta(minutes=2)
_TOO_LARGE = "The command is too large to start more than 15 minutes ahead; pass a reference."


@dataclass(frozen=True, slots=True)
class Hold:
    """What becomes of one message before its command may start."""

    runtime: Runtime
    message: Message

    def holds(self, submission: Submission) -> bool:
        """Whether the message came before its time, and its command waits for that.

        The first message of a command writes it down, so that clients can see and cancel it.
        """
        runtime, now = self.runtime, self.runtime.clock()
        if not submission.timing.wait(now) or self.out_of_time(submission):
            return False
        if self.message.copy_of and not self._is_far(submission):
            return True
        if self._waits(submission):
            return True
        if runtime.schedules is not None and self._is_far(submission):
            # This message may have been scheduled by a worker that died, and cancelled since.
            runtime.schedules.delete(submission.id)
        return False

    def _waits(self, submission: Submission) -> bool:
        """Whether the command, which is written down now if it is new, waits for its time."""
        runtime, now = self.runtime, self.runtime.clock()
        wanted = scheduled(submission, now=now, life=runtime.message_life)
        known = runtime.store.schedule(wanted)
        # What has started has had its time: a redriven message names a delay that is over.
        unstarted = known.status is Status.PENDING and known.attempts == 0
        return unstarted and not in_time(known, now=now)

    def seconds(self, submission: Submission) -> float | None:
        """How long a copy of the message is to be delayed, where the command waits for that.

        None where it does not wait, or is put aside in another way.
        """
        wait = submission.timing.wait(self.runtime.clock())
        if not wait or (wait > LONGEST_DELAY and self.runtime.schedules is not None):
            return None
        return min(wait, LONGEST_DELAY).total_seconds() if self.holds(submission) else None

    def put_aside(self, submission: Submission) -> None:
        """Replace a message by one that comes later: a delayed copy, which is not in flight, or
        that of a schedule.

        Lambda deletes the message with its batch. Where that died first, the message comes back,
        finds its schedule, or that its time has come. Only a longer wait is worth a deletion of its
        own: until its end the message would be copied again and again.
        """
        at, schedules = submission.timing.not_before, self.runtime.schedules
        if at is not None and schedules is not None and self._is_far(submission):
            schedules.create(self.message, at)
            # Whoever cancels the command writes that first, and then deletes the schedule.
            if not self._waits(submission):
                schedules.delete(submission.id)
            return
        wait = submission.timing.wait(self.runtime.clock())
        self.runtime.queue.copy(self.message, min(wait, LONGEST_DELAY).total_seconds())
        if wait > SHORT:
            self.runtime.queue.delete([self.message])

    def move(self, queue: str) -> None:
        """Let another queue have the message, at no attempt: its own worker is made for it."""
        runtime = self.runtime
        runtime.queue.move(self.message, queue)
        # A record that a submission has written goes by the first queue's retention.
        life = runtime.queues.life(queue, runtime.message_life)
        try:
            runtime.store.wait(self.message.key, runtime.clock() + life)
        except Exception as error:  # noqa: BLE001 - it is moved; another time would move it twice
            runtime.logger.warning("move not recorded", extra=trouble(error))
        runtime.logger.info("moved", extra={**delivered(self.message), "queue": queue})

    def _is_far(self, submission: Submission) -> bool:
        return submission.timing.wait(self.runtime.clock()) > LONGEST_DELAY

    def out_of_time(self, submission: Submission) -> Failure | None:
        """Why a command is not started at all: too late, or too far ahead to be waited for."""
        runtime, now, timing = self.runtime, self.runtime.clock(), submission.timing
        if timing.expires_at is not None and timing.expires_at <= now:
            return _EXPIRED
        # By this clock, what was the longest time ahead may be a little more.
        since = max(self.message.sent_at, now)
        if unfit := unreachable(timing, now=since, reach=runtime.reach):
            text = f"`{unfit.path[0]}` {unfit.detail}."
            return Failure(code="schedule_unsupported", message=text, retryable=False)
        far, schedules = self._is_far(submission), runtime.schedules
        if far and schedules is not None and not schedules.takes(self.message):
            return Failure(code="schedule_too_large", message=_TOO_LARGE, retryable=False)
        return None
