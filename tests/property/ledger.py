"""What happened to each command, and what must never happen."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from command_api.domain.history import changes
from command_api.domain.model import MOST_ATTEMPTS, Command, Failure, Lease, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from command_api.domain.hand_over import Outcome


@dataclass
class Ledger:
    """Kept outside of the code under test.

    `chances` counts the messages that clients and redrives have sent for a command, `untried` the
    claims that cost nothing: the trouble was not the command's, or its slice has ended; `slices`
    the runs of each slice; `reported` the outcomes that were taken from outside, with their
    tokens; `not_before` when a scheduled one may start,
    `misfortunes` what befell the command itself: a process killed while it ran, a call that
    failed or lost its answer, a deadline. What a neighbour did to it is not among them. `broken`
    is what must never happen and did: raised on the spot, it would be just another error that the
    worker survives.
    """

    runs: Counter[str] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)
    once: Counter[str] = field(default_factory=Counter)
    claims: Counter[str] = field(default_factory=Counter)
    untried: Counter[str] = field(default_factory=Counter)
    chances: Counter[str] = field(default_factory=Counter)
    misfortunes: Counter[str] = field(default_factory=Counter)
    not_before: dict[str, float] = field(default_factory=dict)
    slices: Counter[tuple[str, int]] = field(default_factory=Counter)
    reported: dict[str, list[tuple[str, Outcome]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    kinds: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def require(self, holds: bool, otherwise: str) -> None:  # noqa: FBT001
        """Note what must never happen."""
        if not holds:
            self.broken.append(otherwise)

    def check(
        self, before: Mapping[str, Command], after: Mapping[str, Command], now: datetime
    ) -> None:
        """Hold a write to the state diagram; `now` is the clock of whoever wrote."""
        for command_id, new in after.items():
            old = before.get(command_id)
            if old is new:
                continue
            kept = old is None or old.slices <= new.slices
            self.require(kept, f"{command_id} loses slices: {old} -> {new}")
            self._check_one(old, new, now, f"{old and old.status} -> {new.status}: {old} -> {new}")
            if old is not None:
                self._check_past(command_id, old, new)
            if new.lease and not (old and old.lease and old.lease.token == new.lease.token):
                self.claims[command_id] += 1
            if old is not None and new.status is Status.PENDING:
                self.untried[command_id] += old.attempts - new.attempts

    def _check_past(self, command_id: str, old: Command, new: Command) -> None:
        """Each end of an attempt is in the record with its times, and nothing is forgotten."""
        told, text = list(changes(new)), f"{command_id} tells another past: {old} -> {new}"
        self.require(told[-1].status is new.status and len(new.past) <= MOST_ATTEMPTS, text)
        began = [one for one in told if one.status is Status.PROCESSING]
        # What is told is told by the write that follows this one's count.
        self.require(len(began) <= self.claims[command_id] + 1, text)
        if new.work == old.work:
            self.require(len(new.past) >= len(old.past), text)
        if not old.lease or new.lease:
            return
        if new.status.terminal:
            self.require(new.started_at == old.updated_at, text)
        elif new.attempts == old.attempts or new.slices > old.slices:
            ended = (new.past[-1].started_at, new.past[-1].ended_at) if new.past else ()
            self.require(ended == (old.updated_at, new.updated_at), text)

    def _check_one(self, old: Command | None, new: Command, now: datetime, step: str) -> None:
        match old:
            case None:
                refused = new.failure is not None and not new.failure.retryable
                begun = new.status in (Status.PROCESSING, Status.CANCELLED)
                held = new.timing.not_before is not None and new.timing.not_before > now
                self.require(begun or refused or held, step)
            case Command(status=Status.PENDING):
                self.require(new.status in (Status.PROCESSING, Status.CANCELLED), step)
            case Command(status=Status.PROCESSING, lease=Lease() as lease) if new.lease:
                # A step that is stored, or a command taken from a worker whose lease ran out.
                left = old.attempts < old.max_attempts or new.attempts == 1
                overdue = lease.expires_at < now and left
                self.require(_kept(new, lease) or overdue, step)
            case Command(status=Status.CANCELLING, lease=Lease() as lease) if new.lease:
                # A step or a progress of the same attempt: there is no other one.
                self.require(new.status is old.status and _kept(new, lease), step)
            case Command(status=Status.CANCELLING):
                self.require(new.status.terminal and not new.redrivable, step)
            case Command(status=Status.PROCESSING):
                # A handler stops by itself only where it heard of a request.
                self.require(new.status is not Status.CANCELLED, step)
            case Command(status=Status.FAILED, failure=Failure(retryable=True)):
                self.require((new.status, new.attempts) == (Status.PROCESSING, 1), step)
                self.require(new.message_id != old.message_id, step)
            case _:
                self.broken.append(step)


def _kept(new: Command, lease: Lease) -> bool:
    """Whether the same attempt holds a command, for longer where something outside reports."""
    same = new.lease is not None and new.lease.token == lease.token
    return new.lease == lease or (same and new.handed_over is not None)
