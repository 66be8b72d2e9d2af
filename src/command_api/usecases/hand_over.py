"""Hand a command over to something else, and take its reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from command_api.domain.decision import Stopped, Terms, ended
from command_api.domain.errors import CancelRequested, LeaseLost, Rejected
from command_api.domain.hand_over import (
    HandOver,
    InvalidToken,
    Outcome,
    concluded,
    confirmed,
    digest_of,
    new_token,
    require,
)
from command_api.domain.retry import RetryPolicy
from command_api.usecases.report import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta
    from logging import Logger

    from command_api.domain.hand_over import Report
    from command_api.domain.model import JSON, Command
    from command_api.domain.ports import CommandStore, Meter
    from command_api.domain.violations import Violation
    from command_api.usecases.runtime import Runtime

_UNSUPPORTED = (
    "Nothing can be reported here: set api = { outcomes = true }, with a queue that is not FIFO."
)
# A report meets another writer of its command at most as often.
_TRIES = 3


def give(
    runtime: Runtime, command: Command, policy: RetryPolicy, timeout: timedelta, *, retry: bool
) -> tuple[str, HandOver]:
    """A token for a command that is claimed, and what is to be stored of it.

    Raises Rejected where nobody could report.
    """
    if not runtime.outcomes or runtime.fifo or command.lease is None:
        raise Rejected(_UNSUPPORTED, code="hand_over_unsupported")
    token = new_token()
    given = HandOver(
        lease=command.lease.token,
        digest=digest_of(command.id, token),
        timeout=timeout,
        attempts=policy.max_attempts,
        retry=retry,
    )
    return token, given


class InvalidResult(Exception):
    """The result is not what its type promises."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__()
        self.violations = violations


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TakeReport:
    """Write what the bearer of a hand-over's token says of its command.

    One read and one write. The write needs the lease that the token was given under, so that of a
    report, a deadline and another attempt exactly one wins.
    """

    store: CommandStore
    retention: timedelta
    logger: Logger
    check_result: Callable[[str, JSON], Sequence[Violation]] = lambda *_: ()
    measure: Meter = lambda *_: None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, command_id: str, token: str, report: Report) -> Command:
        """The command after the report, or as it is where the same outcome was reported before.

        Raises InvalidToken, HandOverEnded, InvalidResult, and DoesNotFit for a result that cannot
        be stored.
        """
        for _ in range(_TRIES):
            known = self.store.get(command_id, newest=True)
            now = self.clock()
            given = require(known, token, report.outcome, now=now)
            if known is None:
                raise InvalidToken
            if given is None:
                return known
            try:
                if report.outcome is None:
                    return self._progress(known, given, report, now)
                return self._end(known, given, report.outcome, now)
            except LeaseLost:
                # Somebody else has written in the meantime: look what it was.
                continue
        raise ConnectionError("the command changes too often")

    def _progress(self, known: Command, given: HandOver, report: Report, now: datetime) -> Command:
        longer = confirmed(known, given, now=now)
        asked = self.store.hand_over(longer, given.lease, report.progress)
        return longer.cancelling(now=now) if asked else longer

    def _end(self, known: Command, given: HandOver, outcome: Outcome, now: datetime) -> Command:
        succeeded = outcome.failure is None and not outcome.stopped
        if succeeded and (violations := self.check_result(known.type, outcome.result)):
            raise InvalidResult(violations)
        # The next attempt has no delay of its own: the copy that watches begins it.
        policy = RetryPolicy(max_attempts=given.attempts)
        terms = Terms(now=now, policy=policy, retention=self.retention, spread=0.0)
        done = concluded(known, given, outcome, terms)
        try:
            self.store.finish(done, given.lease)
        except CancelRequested:
            told = done.hand_over or given
            done = ended(known.handed(told), Stopped(), terms).command or known
            self.store.finish(done, given.lease)
        self._tell(done)
        return done

    def _tell(self, done: Command) -> None:
        waits = not done.status.terminal
        outcome = "retried" if waits else str(done.status).lower()
        counts = {"Retries": 1.0} if waits else {"Attempts": float(done.attempts)}
        if not waits:
            counts["CommandAge"] = (done.updated_at - done.created_at).total_seconds()
        self.logger.info(outcome, extra=describe(done.id, done))
        self.measure(done.type, outcome, counts)
