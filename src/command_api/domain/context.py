"""What a handler is given besides its input, and what a handler is."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from command_api.domain.errors import DoesNotFit, LeaseLost, StepInProgress
from command_api.domain.json_text import encoded
from command_api.domain.model import JSON, Step

if TYPE_CHECKING:
    from datetime import datetime
    from logging import Logger, LoggerAdapter

    from command_api.domain.effects import Effect
    from command_api.domain.model import Command, Progress
    from command_api.domain.ports import SecretReader
    from command_api.domain.retry import RetryPolicy

# A handler that looks every second is to have stopped five seconds after the request.
LOOK_INTERVAL = timedelta(seconds=3)
# All steps together: their record must keep room for how the command ends.
STEPS_BYTES = 300 * 1024


@dataclass(slots=True, kw_only=True)
class Context:
    """One attempt at a command, as its handler sees it; docs/handlers.md has examples."""

    command: Command
    # When Lambda stops the function.
    deadline: datetime
    # Adds the command's id, type and attempt to every line.
    logger: LoggerAdapter[Logger]
    # `get(purpose)` reads a secret, cached for five minutes; `refresh(purpose)` skips the cache.
    secrets: SecretReader
    # Current time, in UTC.
    clock: Callable[[], datetime]
    # Stores a step with the command; for `once`.
    remember: Callable[[str, Step], None]
    # Ends the command with a result and effects; for `commit`.
    complete: Callable[[JSON, Sequence[Effect]], None]
    # Stores the progress with the command, and says whether to stop; for `progress`.
    report: Callable[[Progress], bool]
    # Says whether a client has asked the command to stop; for `cancelled`.
    look: Callable[[], bool]
    # Stores who may report on the command, and returns their token; for `hand_over`.
    give: Callable[[timedelta, bool], str]
    # What the slice before passed to Continue; None in the first slice.
    state: JSON = None
    # The client's name for the request; the command's id if it sent none.
    correlation_id: str = ""
    _steps: dict[str, Step] = field(init=False)
    _room: int = field(init=False, default=STEPS_BYTES)
    _lost: bool = field(init=False, default=False)
    _committed: bool = field(init=False, default=False)
    _handed_over: bool = field(init=False, default=False)
    _reports_from: datetime | None = field(init=False, default=None)
    _looks_from: datetime | None = field(init=False, default=None)
    _cancelled: bool = field(init=False, default=False)
    _running: set[str] = field(init=False, default_factory=set)
    _lock: Lock = field(init=False, default_factory=Lock)

    def __post_init__(self) -> None:
        """Start from what earlier attempts have stored."""
        self._steps = dict(self.command.steps)
        for name, step in self._steps.items():
            self._room -= _size(name, encoded(step.result, limit=sys.maxsize))
        self.correlation_id = self.correlation_id or self.command.id

    @property
    def attempt(self) -> int:
        """Which attempt this is, 1 for the first."""
        return self.command.attempts

    @property
    def idempotency_key(self) -> str:
        """The same text on every attempt of this command, for outside calls that accept one."""
        return self.command.id

    @property
    def lease_lost(self) -> bool:
        """Whether a call of this context has found that another attempt runs the command."""
        return self._lost

    def remaining_seconds(self) -> float:
        """Seconds until Lambda stops the function, never negative."""
        return max(0.0, (self.deadline - self.clock()).total_seconds())

    @overload
    def once(self, name: str, step: Callable[[], Awaitable[JSON]]) -> Awaitable[JSON]: ...

    @overload
    def once(self, name: str, step: Callable[[], JSON]) -> JSON: ...

    def once(self, name: str, step: Callable[[], Any]) -> Any:
        """Run a step once per command and return its stored result on later attempts.

        The result is JSON and returned as it was stored, so a tuple is a list at first already.
        Where the step is async, so is its `once`: `await context.once("pay", pay)`.

        The result is stored right after the step returns, at the price of one write. What
        remains open is the moment between the step's effect and that write: a worker that dies
        just there repeats the step, so pass `idempotency_key` on to whoever accepts one.
        Raises StepInProgress where another thread of this handler runs the same step; a result
        that cannot be stored, or a lease that was lost, ends the attempt.
        """
        with self._lock:
            if self._lost:
                raise LeaseLost
            if name in self._steps:
                return _given(self._steps[name])
            if name in self._running:
                raise StepInProgress(name)
            self._running.add(name)
        result = None
        try:
            result = step()
            if not isinstance(result, Awaitable):
                return self._remembered(name, result, awaited=False)
        finally:
            if not isinstance(result, Awaitable):
                self._running.discard(name)
        return self._awaited(name, result)

    def commit(self, result: JSON, items: Sequence[Effect]) -> JSON:
        """Complete the command and write items of the handler's own in one transaction.

        All of it happens once, or nothing does, whatever dies: `return context.commit(…)`. Nothing
        that the handler does afterwards changes the outcome. Twice the write units of its items,
        which are at most 99; the function needs grants on their tables.

        Raises ConditionFailed, a Rejected, where a condition does not hold: catch it to retry or to
        commit something else. Raises EffectsTooLarge, and RuntimeError where it was called before.
        """
        with self._lock:
            if self._lost:
                raise LeaseLost
            if self._committed:
                raise RuntimeError("A command is committed once.")
        try:
            self.complete(result, items)
        except LeaseLost:
            self._lost = True
            raise
        self._committed = True
        return result

    def progress(self, share: float, note: str = "") -> None:
        """Report how far the work has come, from 0 to 1, with a note for people.

        Call it as often as you like: it is written at once, and then every five seconds at most,
        so a report in between is left out. Trouble with the write is logged and not raised; a
        lease that was lost ends the attempt.

        A longer note is cut to 200 characters. Raises ValueError for a share outside 0 to 1, and
        for control characters in the note.
        """
        from command_api.domain.progress import (  # noqa: PLC0415 - few handlers report
            INTERVAL,
            reported,
        )

        now = self.clock()
        progress = reported(share, note, at=now)
        with self._lock:
            if self._lost:
                raise LeaseLost
            if self._committed or (self._reports_from is not None and now < self._reports_from):
                return
            self._reports_from = now + INTERVAL
            self._looks_from = now + LOOK_INTERVAL
        self._asked_to_stop(lambda: self.report(progress))

    def hand_over(self, *, timeout: float | timedelta, retry: bool = False) -> str:
        """Let something else report how this command ends: return a token for it.

        Start the work outside with the token, and return; what the handler returns is not used.
        Whoever has the token reports progress and the outcome: docs/hand-over.md. `timeout`, in
        seconds or as a timedelta, is the longest time without a report; after it the attempt has
        failed (`hand_over_timed_out`), and another one follows only with `retry`.

        A handler that raises afterwards takes the token back. A worker that dies before its handler
        has returned repeats the attempt, unless something was reported by then. Raises ValueError
        for a timeout outside of a second to 365 days, and RuntimeError where it was called before.
        """
        from command_api.domain.hand_over import given  # noqa: PLC0415 - few handlers hand over

        wait = given(timeout if isinstance(timeout, timedelta) else timedelta(seconds=timeout))
        with self._lock:
            if self._lost:
                raise LeaseLost
            if self._committed or self._handed_over:
                raise RuntimeError("A command is handed over once, and not after its commit.")
        try:
            token = self.give(wait, retry)
        except LeaseLost:
            self._lost = True
            raise
        self._handed_over = True
        return token

    @property
    def cancelled(self) -> bool:
        """Whether a client has asked this command to stop: clean up, and `raise Cancelled`.

        Ask as often as you like: the table is read every three seconds at most, and not at all
        where a report of the progress has just heard it. Trouble with the read is logged, and the
        answer then is what it was; a lease that was lost ends the attempt.
        """
        now = self.clock()
        with self._lock:
            if self._lost:
                raise LeaseLost
            early = self._looks_from is not None and now < self._looks_from
            if self._cancelled or self._committed or early:
                return self._cancelled
            self._looks_from = now + LOOK_INTERVAL
        self._asked_to_stop(self.look)
        return self._cancelled

    def _asked_to_stop(self, ask: Callable[[], bool]) -> None:
        try:
            if ask():
                self._cancelled = True
        except LeaseLost:
            self._lost = True
            raise

    async def _awaited(self, name: str, step: Awaitable[JSON]) -> JSON:
        try:
            return self._remembered(name, await step, awaited=True)
        finally:
            self._running.discard(name)

    def _remembered(self, name: str, result: JSON, *, awaited: bool) -> JSON:
        """Store a result, and return it as every later attempt will read it."""
        text = encoded(result, limit=STEPS_BYTES)
        with self._lock:
            if (size := _size(name, text)) > self._room:
                raise DoesNotFit(f"{size} bytes")
            self._room -= size
        step = Step(json.loads(text), awaited)
        try:
            self.remember(name, step)
        except LeaseLost:
            self._lost = True
            raise
        self._steps[name] = step
        return step.result


def _size(name: str, text: str) -> int:
    """What a step takes of its record: DynamoDB counts its name, and some bytes of structure."""
    return len(name.encode()) + len(text.encode()) + 8


def _given(step: Step) -> Any:  # noqa: ANN401 - as the step
    """A stored result as its step gave it: to be awaited, or not."""
    if not step.awaited:
        return step.result

    async def result() -> JSON:
        return step.result

    return result()


Handler: TypeAlias = Callable[[Mapping[str, JSON], Context], "JSON | Awaitable[JSON]"]

# The answer to one command of a list: its result, or what a handler would have raised for it.
Outcome: TypeAlias = "JSON | BaseException"
# Inputs and contexts of some commands in the same order, and an answer to each of them.
BatchHandler: TypeAlias = Callable[
    [Sequence[Mapping[str, JSON]], Sequence[Context]],
    "Sequence[Outcome] | Awaitable[Sequence[Outcome]]",
]


def unhandled(_input: object, _context: Context) -> None:
    """What stands for a handler where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A handler with settings of its own; None takes the environment's.

    Either `handle` or `handle_many`; ValueError otherwise.
    """

    # Runs one command.
    handle: Handler = unhandled
    # Runs the commands of its type that one invocation holds; docs/batch-handlers.md.
    handle_many: BatchHandler | None = None
    # Commands that `handle_many` gets at most; all that the invocation holds where it is None.
    max_batch: int | None = None
    # Body of the 202 on a path of this type, from command id and creation time. It must be pure:
    # a repeated request gets the same answer.
    accepted: Callable[[str, datetime], Mapping[str, JSON]] | None = None
    # Attempts before the command fails.
    max_attempts: int | None = None
    # First and longest backoff, in seconds.
    base_seconds: float | None = None
    cap_seconds: float | None = None
    # Slices that a command may have, by Continue, before it fails.
    max_slices: int | None = None
    # Time that an attempt needs, in seconds; with less time left, the message returns unchanged.
    min_seconds: float = 0.0
    # Cleans up before a stopped command becomes CANCELLED; again if the worker dies over it.
    on_cancel: Handler | None = None
    # Queue of the type, by its name in the environment; empty for the default queue.
    queue: str = ""
    # How many commands may start in a period, like "10/s" or "5/min"; empty for no limit.
    rate: str = ""
    # Whether all commands of the type share the rate, or those of each owner.
    per: Literal["type", "owner"] = "type"

    def __post_init__(self) -> None:
        """Refuse what could mean two things, when the package is built."""
        if (self.handle is unhandled) == (self.handle_many is None):
            raise ValueError("Registered takes either handle or handle_many")
        if self.max_batch is not None and (self.handle_many is None or self.max_batch < 1):
            raise ValueError("max_batch is at least 1, and requires handle_many")
        if self.rate:
            from command_api.domain.rates import rate_of  # noqa: PLC0415 - few types have a rate

            rate_of(self.rate)
            if self.handle_many is not None:
                # The commands of a list start together.
                raise ValueError("rate requires handle, not handle_many")
        if self.per not in ("type", "owner") or (self.per == "owner" and not self.rate):
            raise ValueError(
                f'per must be "type" or "owner", beside a rate like "10/s", not {self.per!r}'
            )

    def policy(self, default: RetryPolicy) -> RetryPolicy:
        """The default policy with this handler's own numbers in it."""
        own = {
            "max_attempts": self.max_attempts,
            "base_seconds": self.base_seconds,
            "cap_seconds": self.cap_seconds,
            "max_slices": self.max_slices,
        }
        given = {name: value for name, value in own.items() if value is not None}
        if not given:
            return default
        return replace(default, **given)  # type: ignore[arg-type] # names and types are the policy's


Handlers: TypeAlias = Mapping[str, "Handler | Registered"]


def registered(handler: Handler | Registered) -> Registered:
    """The handler with its settings, which are the defaults where it has none."""
    return handler if isinstance(handler, Registered) else Registered(handle=handler)
