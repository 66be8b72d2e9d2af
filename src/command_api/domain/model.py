"""A command: one unit of asked-for work, and the states that it goes through."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from command_api.domain.timing import ANY_TIME, Timing
from command_api.domain.work import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from command_api.domain.hand_over import HandOver

JSON: TypeAlias = "Mapping[str, JSON] | Sequence[JSON] | str | int | float | bool | None"

# The characters of an id: none of them is escaped in a URL, a key or a log.
ID_CHARACTERS = "[A-Za-z0-9._:=-]{1,128}"
# Clients, proxies and servers remove these from a path: https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4
DOT_SEGMENTS = (".", "..")
ID_PATTERN = re.compile(rf"(?!\.{{1,2}}\Z){ID_CHARACTERS}")
# Of the members of a batch, and of what follows it: only its own request submits them.
BATCH_ID_PATTERN = re.compile(r"key-[0-9a-f]{40}\.([0-9]+|then)", re.ASCII)
# Completes the sentence "... must be".
ID_RULE = '1-128 letters, digits or any of . _ : = -, but not "." or ".."'


# Attempts that a record keeps beside the last one: a few KB, which every later write costs as well.
MOST_ATTEMPTS = 10
# Characters of each one's message.
MESSAGE_LENGTH = 300


class Status(StrEnum):
    """Status of a command: PENDING → PROCESSING → COMPLETED or FAILED.

    Or CANCELLED, from PROCESSING by way of CANCELLING.
    """

    # Waits for its first attempt or for a retry; stored once a claim or a submission wrote it.
    PENDING = "PENDING"
    # An attempt holds the lease.
    PROCESSING = "PROCESSING"
    # A client has asked the running attempt to stop; it never runs again.
    CANCELLING = "CANCELLING"
    # The handler returned; nothing changes any more.
    COMPLETED = "COMPLETED"
    # Rejected, or out of attempts; a redrive restarts it if the failure is retryable.
    FAILED = "FAILED"
    # Cancelled by a client before it ran, or stopped while it did.
    CANCELLED = "CANCELLED"

    @property
    def terminal(self) -> bool:
        """True where nothing more happens to the command by itself."""
        return self in (Status.COMPLETED, Status.FAILED, Status.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The failure of an attempt, as clients read it."""

    # Machine-readable, in snake_case.
    code: str
    # For people; never quotes the input.
    message: str
    # True if another attempt could succeed: a redriven message then restarts the command.
    retryable: bool


class PastAttempt(NamedTuple):
    """An attempt that is over, and is not the command's last one."""

    # As `Command.attempts` counted it.
    number: int
    # When it was claimed; None where the command failed without a claim.
    started_at: datetime | None
    # For a lost worker, the end of its lease.
    ended_at: datetime
    # Where it left the command: PENDING, or FAILED before a restart.
    status: Status
    # Code of its failure; empty where it ended with Continue.
    code: str = ""
    # Cut to MESSAGE_LENGTH.
    message: str = ""


class Callback(NamedTuple):
    """Where a client wants to be told of its command's end."""

    # Not judged yet: where it may not be called, that is said of its delivery.
    url: str
    # Whether a small result is to come along.
    include_result: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A request to run a command, parsed from an HTTP request or a message."""

    id: str
    type: str
    input: Mapping[str, JSON]
    # When the request arrived, or when SQS received its message.
    submitted_at: datetime
    # Subject of the token; empty where commands have no owners.
    owner: str = ""
    # Message group on a FIFO or fair queue; empty on others.
    group: str = ""
    # The client's name for the request; empty if it sent none.
    correlation_id: str = ""
    # X-Ray trace header of the request; empty without tracing.
    trace: str = ""
    # Whom to tell of the end; not part of the work.
    callback: Callback | None = None
    # When it may start; not part of the work.
    timing: Timing = ANY_TIME
    # Queue to send it to, by its name; empty for the default one. Not part of the work.
    queue: str = ""
    # Batch that it is a member of; empty outside of one. Not part of the work.
    batch: str = ""
    # Hash of type and input.
    work: str = field(init=False)

    def __post_init__(self) -> None:
        """Hash what is asked for; RecursionError where the input is nested too deeply."""
        object.__setattr__(self, "work", fingerprint(self.type, self.input))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One delivery of a command's message that claims the right to run the command."""

    # Fencing token, new for every attempt.
    token: str
    # SQS id of the message, or of the message that a delayed copy stands for.
    message_id: str
    at: datetime
    # End of the lease: the function's deadline plus a margin.
    lease_until: datetime
    # Latest time at which the queue still has the message.
    waits_until: datetime
    # Attempts that the command may have.
    max_attempts: int
    # Slices that were finished when the message was sent; 0 unless it was sent by one of them.
    slices: int = 0
    # True to follow a worker that died. Asked for separately, because the command is then a
    # suspect: it may have killed that worker.
    takes_over: bool = False


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one attempt to run a command."""

    # Fencing token: a write that finishes the attempt requires it, so an overtaken worker cannot
    # overwrite its successor.
    token: str
    # From then on another attempt may acquire the lease.
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """An entry of the outbox: a stored command that is not known to be in the queue."""

    # When the command was stored.
    since: datetime
    # Until then its sender has the exclusive right to send it.
    lease_until: datetime
    # Input for the message; None where only the command was read.
    input: Mapping[str, JSON] | None = None
    # X-Ray trace header for the message; empty without tracing.
    trace: str = ""
    # Whether nobody is sending it, so that the relay may at once.
    at_once: bool = False


class Progress(NamedTuple):
    """How far a running command has come, as its handler last reported it."""

    # 0 to 1, in thousandths.
    share: float
    # For people; at most 200 characters, maybe none.
    note: str
    at: datetime


class Step(NamedTuple):
    """The stored result of a step of `Context.once`."""

    result: JSON
    # True if the step was async, so that later attempts return an awaitable.
    awaited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command as it is stored; state changes return new values.

    Who writes it: a validated submission or the first claim creates it, attempts and cancellations
    change it. docs/record.md shows the item.
    """

    id: str
    # Empty where a message had no readable type.
    type: str
    status: Status
    # When the command was submitted.
    created_at: datetime
    # Last change of the status, or of what an attempt came to.
    updated_at: datetime
    # Hash of type and input; empty for a command that was cancelled before it was submitted.
    work: str = ""
    # Claims since the command was submitted, last restarted or last continued.
    attempts: int = 0
    # Attempts it may have, from the handler or the environment; set by the claim.
    max_attempts: int = 1
    # SQS id of the message that claimed it last; empty before the first claim.
    message_id: str = ""
    # Set while PROCESSING or CANCELLING.
    lease: Lease | None = None
    # Results of `Context.once` by name; empty once the command is COMPLETED.
    steps: Mapping[str, Step] = field(default_factory=dict)
    # Slices that have ended with Continue.
    slices: int = 0
    # What the last one has passed on; None without one, and where `state_key` is set.
    state: JSON = None
    # S3 key of a state too large for the record.
    state_key: str | None = None
    # What the handler last reported; None where it reports nothing, and once COMPLETED.
    progress: Progress | None = None
    # Who may report on it from outside of the worker, of the last attempt that has said so.
    hand_over: HandOver | None = None
    # The handler's result; None until COMPLETED, and where `result_key` is set.
    result: JSON = None
    # S3 key of a result too large for the record.
    result_key: str | None = None
    # Failure of the last attempt; None after a success.
    failure: Failure | None = None
    # Earlier attempts, oldest first; see domain/history.py.
    past: Sequence[PastAttempt] = ()
    # When the last attempt of an ended command was claimed; a running one's is `updated_at`.
    started_at: datetime | None = None
    # When a client asked the running command to stop; it may have ended otherwise.
    cancel_requested_at: datetime | None = None
    # When the command reached a terminal status.
    completed_at: datetime | None = None
    # When the record may be deleted; None until the status is terminal.
    purge_at: datetime | None = None
    # When the last message of an unfinished command is gone from the queue.
    waits_until: datetime | None = None
    # Subject of the submitter's token; empty where commands have no owners.
    owner: str = ""
    # Message group to send it to; written by validated submissions.
    group: str = ""
    # The client's name for the request; written by validated submissions.
    correlation_id: str = ""
    # Whom to tell of the end.
    callback: Callback | None = None
    # When it may start; its deadline is known to its message, and to its outbox entry.
    timing: Timing = ANY_TIME
    # Queue to send it to, by its name; written by validated submissions, empty for the default one.
    queue: str = ""
    # Batch that it is a member of; written by its submission, empty outside of one.
    batch: str = ""
    # Outbox entry of a stored command; None once it was sent, and from the first attempt on.
    pending_entry: PendingEntry | None = None

    @property
    def changed_at(self) -> datetime:
        """When clients last had something new to see."""
        handed_over = self.hand_over and self.hand_over.at
        others = (self.progress and self.progress.at, self.cancel_requested_at, handed_over)
        return max([self.updated_at, *filter(None, others)])

    @property
    def on_last_attempt(self) -> bool:
        """True where a failure of the current attempt is the end."""
        return self.attempts >= self.max_attempts

    @property
    def handed_over(self) -> HandOver | None:
        """The hand-over of the attempt that holds the lease."""
        ours = self.hand_over and self.lease and self.hand_over.lease == self.lease.token
        return self.hand_over if ours else None

    @property
    def redrivable(self) -> bool:
        """True where the command has failed, and may succeed if it is sent again."""
        retryable = self.failure is not None and self.failure.retryable
        return self.status is Status.FAILED and retryable

    @property
    def may_run_again(self) -> bool:
        """True where another attempt may follow this state: nobody may have asked to stop."""
        return self.status is Status.PENDING or self.redrivable

    @property
    def undone(self) -> bool:
        """True where steps and state still hold if the work is done again: it never ended."""
        return self.status not in (Status.COMPLETED, Status.CANCELLED)

    def completed(self, result: JSON, *, now: datetime, purge_at: datetime) -> Command:
        """The command with its work done."""
        ended = self._ended(Status.COMPLETED, now, purge_at)
        # Its steps have served: what is read for its status need not carry them.
        done = replace(ended, result=result, failure=None, lease=None, steps={}, progress=None)
        return replace(done, state=None, state_key=None)

    def with_result_apart(self, key: str) -> Command:
        """The completed command with its result somewhere else, under `key`."""
        return replace(self, result=None, result_key=key)

    def continued(self, state: JSON, *, now: datetime) -> Command:
        """The command back in line for its next slice, which has all its attempts."""
        waiting = replace(self, status=Status.PENDING, failure=None, lease=None, updated_at=now)
        waiting = replace(waiting, past=self.past_with(Status.PENDING, None, now=now))
        slices = self.slices + 1
        return replace(waiting, attempts=0, slices=slices, state=state, state_key=None)

    def with_state_apart(self, key: str) -> Command:
        """The continued command with its state somewhere else, under `key`."""
        return replace(self, state=None, state_key=key)

    def failed(self, failure: Failure, *, now: datetime, purge_at: datetime) -> Command:
        """The command given up, for good or until it is redriven (`failure.retryable`)."""
        return replace(self._ended(Status.FAILED, now, purge_at), failure=failure, lease=None)

    def cancelled(self, *, now: datetime, purge_at: datetime) -> Command:
        """The command taken back; an earlier attempt's failure no longer matters."""
        return replace(self._ended(Status.CANCELLED, now, purge_at), failure=None, lease=None)

    def with_attempts(self, most: int) -> Command:
        """The command that may have so many attempts."""
        return replace(self, max_attempts=most)

    def handed(self, hand_over: HandOver, *, until: datetime | None = None) -> Command:
        """The command that somebody may report on, until then where the lease is theirs."""
        given = replace(self, hand_over=hand_over)
        if until is None or self.lease is None:
            return given
        longer = max(until - self.lease.expires_at, timedelta(0))
        waits_until = self.waits_until and self.waits_until + longer
        last = self.attempts if not hand_over.retry else self.max_attempts
        lease = Lease(self.lease.token, until)
        return replace(given, lease=lease, waits_until=waits_until, max_attempts=last)

    def cancelling(self, *, now: datetime) -> Command:
        """The running command asked to stop."""
        return replace(self, status=Status.CANCELLING, cancel_requested_at=now)

    def released(self, failure: Failure, *, now: datetime) -> Command:
        """The command back in line for its next attempt, with what went wrong in this one."""
        waiting = replace(self, status=Status.PENDING, failure=failure, lease=None, updated_at=now)
        return replace(waiting, past=self.past_with(Status.PENDING, failure, now=now))

    def past_with(
        self, status: Status, failure: Failure | None, *, now: datetime
    ) -> Sequence[PastAttempt]:
        """The earlier attempts and the current one, which has left the command in `status`."""
        code, text = (failure.code, failure.message[:MESSAGE_LENGTH]) if failure else ("", "")
        ended = PastAttempt(self.attempts, self._claimed_at, now, status, code, text)
        return (*self.past, ended)[-MOST_ATTEMPTS:]

    def found_by(self, message_id: str) -> Command:
        """The command in the hands of another of its messages."""
        return replace(self, message_id=message_id)

    def unclaimed(self, failure: Failure | None, *, now: datetime) -> Command:
        """The command back in line as if this attempt had not been, with what it waits for."""
        waiting = replace(self, status=Status.PENDING, failure=failure, lease=None, updated_at=now)
        return replace(waiting, attempts=self.attempts - 1)

    @property
    def _claimed_at(self) -> datetime | None:
        return self.updated_at if self.lease else self.started_at

    def _ended(self, status: Status, now: datetime, purge_at: datetime) -> Command:
        at = self._claimed_at
        return replace(
            self, status=status, updated_at=now, started_at=at, completed_at=now, purge_at=purge_at
        )


class Claim(NamedTuple):
    """What came of a claim: the command as claimed, or what stood in the way.

    `known` says that the command was in the table before, by a submission or an earlier attempt.
    """

    command: Command
    won: bool
    known: bool = True
