"""What happened to each command, and what must never happen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from command_api.domain.model import Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from command_api.domain.model import Command


@dataclass
class Ledger:
    """Kept outside of the code under test.

    `chances` counts the messages that clients and redrives have sent for a command,
    `misfortunes` what befell the command itself: a process killed while it ran, a call that
    failed or lost its answer, a deadline. What a neighbour did to it is not among them.
    """

    runs: Counter[str] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)
    once: Counter[str] = field(default_factory=Counter)
    claims: Counter[str] = field(default_factory=Counter)
    chances: Counter[str] = field(default_factory=Counter)
    misfortunes: Counter[str] = field(default_factory=Counter)
    kinds: dict[str, str] = field(default_factory=dict)

    def check(
        self, before: Mapping[str, Command], after: Mapping[str, Command], now: datetime
    ) -> None:
        """Hold a write to the state diagram; `now` is the clock of whoever wrote."""
        for command_id, new in after.items():
            old = before.get(command_id)
            if old is new:
                continue
            self._check_one(old, new, now)
            if new.lease and (old is None or old.lease is None or old.lease != new.lease):
                self.claims[command_id] += 1

    def _check_one(self, old: Command | None, new: Command, now: datetime) -> None:
        step = f"{old and old.status} -> {new.status}: {old} -> {new}"
        match old and old.status:
            case None:
                refused = new.failure is not None and not new.failure.retryable
                assert new.status in (Status.PROCESSING, Status.CANCELLED) or refused, step
            case Status.PENDING:
                assert new.status in (Status.PROCESSING, Status.CANCELLED), step
            case Status.PROCESSING if new.lease:
                assert old is not None
                assert old.lease is not None
                # A step that is stored, or a command taken from a worker whose lease ran out.
                overdue = old.lease.expires_at < now and old.attempts < old.max_attempts
                assert new.lease == old.lease or overdue, step
            case Status.PROCESSING:
                assert new.status is not Status.CANCELLED, step
            case Status.FAILED:
                assert old is not None
                assert old.failure is not None
                assert old.failure.retryable, step
                assert (new.status, new.attempts) == (Status.PROCESSING, 1), step
                assert new.message_id != old.message_id, step
            case _:
                raise AssertionError(step)
