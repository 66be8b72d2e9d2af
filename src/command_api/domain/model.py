"""A command: one unit of asked-for work, and the states that it goes through."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from command_api.domain.work import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

JSON: TypeAlias = "Mapping[str, JSON] | Sequence[JSON] | str | int | float | bool | None"

# The characters of an id: none of them is escaped in a URL, a key or a log.
ID_CHARACTERS = "[A-Za-z0-9._:=-]{1,128}"
# Clients, proxies and servers remove these from a path: https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4
DOT_SEGMENTS = (".", "..")
ID_PATTERN = re.compile(rf"(?!\.{{1,2}}\Z){ID_CHARACTERS}")
# Completes the sentence "... must be".
ID_RULE = '1-128 letters, digits or any of . _ : = -, but not "." or ".."'


class Status(StrEnum):
    """Where a command is in its life: PENDING → PROCESSING → COMPLETED or FAILED.

    CANCELLED is the end of a command that was taken back while it was not running.
    """

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def terminal(self) -> bool:
        """True where nothing more happens to the command by itself."""
        return self in (Status.COMPLETED, Status.FAILED, Status.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an attempt did not succeed, in words that the client may read.

    `code` is for programs (snake_case), `message` for people; `retryable` says whether the same
    command could succeed later, which is what makes a redriven message run again.
    """

    code: str
    message: str
    retryable: bool


class EarlierFailure(NamedTuple):
    """A failure that a command had, after so many attempts, before it started over."""

    at: datetime
    code: str
    message: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a message asks for, already parsed.

    `group` is for a FIFO queue; `correlation_id` and `trace` say where the request comes from;
    `work` is the hash of type and input.
    """

    id: str
    type: str
    input: Mapping[str, JSON]
    submitted_at: datetime
    owner: str = ""
    group: str = ""
    correlation_id: str = ""
    trace: str = ""
    work: str = field(init=False)

    def __post_init__(self) -> None:
        """Hash what is asked for; RecursionError where the input is nested too deeply."""
        object.__setattr__(self, "work", fingerprint(self.type, self.input))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One delivery of a command's message, asking for the right to run the command.

    `token` is new for every attempt; `lease_until` is when the right ends at the latest;
    `waits_until` is when the queue drops the message at the latest; `takes_over` says that the
    attempt may follow a worker that died, which is asked for separately because such a command is a
    suspect: it may have been what killed that worker.
    """

    token: str
    message_id: str
    at: datetime
    lease_until: datetime
    waits_until: datetime
    max_attempts: int
    takes_over: bool = False


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one attempt to run a command, until `expires_at`.

    `token` is a fencing token: whoever finishes a command must still hold the token that it was
    claimed with, so a worker that was overtaken can never overwrite its successor.
    """

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Unsent:
    """A stored command that, for all the table knows, is not in the queue yet.

    `since` is when it was stored; `until` when whoever sends it must have come to an end; `input`
    and `trace` go with the message, and whoever only reads the command need not have the input.
    """

    since: datetime
    until: datetime
    input: Mapping[str, JSON] | None = None
    trace: str = ""


class Step(NamedTuple):
    """The stored result of a step of `Context.once`, and whether its handler awaited it."""

    result: JSON
    awaited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command as it is stored; state changes return new values.

    `owner` is empty where commands have none; `attempts` counts the claims since the command was
    submitted or last redriven; `earlier_failures`, the oldest first, are from before that; `work`
    is the hash of type and input, empty where nothing was asked for yet; `steps` holds the results
    of `Context.once` by name; `result_key` names a result that is kept elsewhere; `purge_at` is
    when the record may disappear; `waits_until` is when the last message of a command that has not
    ended is gone from the queue; `unsent` means something only before the first attempt, and
    `group` is the FIFO group to send it to; `correlation_id` is the client's, where an API has
    stored one.
    """

    id: str
    type: str
    status: Status
    created_at: datetime
    updated_at: datetime
    work: str = ""
    attempts: int = 0
    max_attempts: int = 1
    message_id: str = ""
    lease: Lease | None = None
    steps: Mapping[str, Step] = field(default_factory=dict)
    result: JSON = None
    result_key: str | None = None
    failure: Failure | None = None
    earlier_failures: Sequence[EarlierFailure] = ()
    completed_at: datetime | None = None
    purge_at: datetime | None = None
    waits_until: datetime | None = None
    owner: str = ""
    group: str = ""
    correlation_id: str = ""
    unsent: Unsent | None = None

    @property
    def on_last_attempt(self) -> bool:
        """True where a failure of the current attempt is the end."""
        return self.attempts >= self.max_attempts

    @property
    def redrivable(self) -> bool:
        """True where the command has failed, and may succeed if it is sent again."""
        retryable = self.failure is not None and self.failure.retryable
        return self.status is Status.FAILED and retryable

    @property
    def undone_steps(self) -> Mapping[str, Step]:
        """The steps that still hold where the work is done again: it never came to its end."""
        return {} if self.status in (Status.COMPLETED, Status.CANCELLED) else self.steps

    def completed(self, result: JSON, *, now: datetime, purge_at: datetime) -> Command:
        """The command with its work done."""
        ended = self._ended(Status.COMPLETED, now, purge_at)
        # Its steps have served: what is read for its status need not carry them.
        return replace(ended, result=result, failure=None, lease=None, steps={})

    def with_result_apart(self, key: str) -> Command:
        """The completed command with its result somewhere else, under `key`."""
        return replace(self, result=None, result_key=key)

    def failed(self, failure: Failure, *, now: datetime, purge_at: datetime) -> Command:
        """The command given up, for good or until it is redriven (`failure.retryable`)."""
        return replace(self._ended(Status.FAILED, now, purge_at), failure=failure, lease=None)

    def cancelled(self, *, now: datetime, purge_at: datetime) -> Command:
        """The command taken back; an earlier attempt's failure no longer matters."""
        return replace(self._ended(Status.CANCELLED, now, purge_at), failure=None, lease=None)

    def released(self, failure: Failure, *, now: datetime) -> Command:
        """The command back in line for its next attempt, with what went wrong in this one."""
        return replace(self, status=Status.PENDING, failure=failure, lease=None, updated_at=now)

    def found_by(self, message_id: str) -> Command:
        """The command in the hands of another of its messages."""
        return replace(self, message_id=message_id)

    def unclaimed(self, failure: Failure | None, *, now: datetime) -> Command:
        """The command back in line as if this attempt had not been, with what it waits for."""
        waiting = replace(self, status=Status.PENDING, failure=failure, lease=None, updated_at=now)
        return replace(waiting, attempts=self.attempts - 1)

    def _ended(self, status: Status, now: datetime, purge_at: datetime) -> Command:
        return replace(self, status=status, updated_at=now, completed_at=now, purge_at=purge_at)


class Claim(NamedTuple):
    """What came of a claim: the command as claimed, or what stood in the way.

    `known` says that the command was in the table before, by a submission or an earlier attempt.
    """

    command: Command
    won: bool
    known: bool = True
