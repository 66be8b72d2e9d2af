"""Let the commands of a type start as often as its rate allows, without using attempts.

The messages of a batch take their starts together, by one write for each bucket. What finds no
start within a second gets a place in the bucket's line and comes back then: within a minute by
its visibility, later than that as a delayed copy, which is not in flight. A start that is taken and
not used, because the process dies, leaves the rate a little less used.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from command_api.domain.context import registered
from command_api.domain.decision import Then
from command_api.domain.errors import Rejected
from command_api.domain.message import parse
from command_api.domain.rates import AHEAD, FAR, SECOND, changed, lined, plan, rate_of, taken
from command_api.domain.retry import LONGEST_WAIT_SECONDS
from command_api.domain.timing import LONGEST_DELAY
from command_api.usecases.report import delivered, trouble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from command_api.domain.message import Message
    from command_api.domain.ports import Buckets
    from command_api.domain.rates import Bucket, Rate
    from command_api.usecases.away import Away
    from command_api.usecases.pause import Pause
    from command_api.usecases.process import ProcessMessage
    from command_api.usecases.runtime import Runtime

_EPOCH, _MICROSECOND = datetime.fromtimestamp(0, UTC), timedelta(microseconds=1)
# Others change a bucket meanwhile: what has not got through then comes back like after an outage.
_TRIES = 4
# Buckets that a process remembers; there may be one for each owner.
_MOST = 1_000
_MOST_CHARACTERS = 256
_LIMITED = "rate limit"
# What a write takes; starts begin after it.
_WRITE = 15_000
# The longest time that what has found no start comes back later than it might find one.
_LONGEST = 300 * SECOND


class _Turn(NamedTuple):
    """What a message got from its bucket: a start, or when to come back."""

    at: int
    starts: bool = False


class _Asked(NamedTuple):
    """The bucket of a message."""

    key: str
    type: str
    rate: Rate


class _Seen(NamedTuple):
    """A bucket as it was at some moment; `shared` if others took from it shortly before."""

    bucket: Bucket
    at: int
    shared: bool

    def expected(self, at: int, last: int) -> Bucket:
        """The bucket as it may be now, as full as others have kept it.

        After a while that is no reason any more not to ask for starts, the last of them so long
        after the first.
        """
        passed = at - self.at
        if not self.shared or passed > 2 * AHEAD:
            # While others wait in line, somebody has taken starts since.
            busy = self.bucket.line > at + AHEAD
            return self.bucket._replace(next=max(self.bucket.next, at)) if busy else self.bucket
        likely = self.bucket.next + passed
        if passed > SECOND:
            likely = max(self.bucket.next, min(likely, at + AHEAD - last))
        return self.bucket._replace(next=likely)


@dataclass(eq=False, repr=False)
class Rates:
    """The starts and places of one invocation after the other."""

    buckets: Buckets
    process: ProcessMessage
    pause: Pause
    _turns: dict[str, _Turn] = field(default_factory=dict)
    # As this process last saw them: a guess that saves a second write, and no more than that.
    _seen: dict[str, _Seen] = field(default_factory=dict)
    # Places that were taken in advance.
    _places: dict[str, Sequence[int]] = field(default_factory=dict)
    # By type; whether each owner has a bucket.
    _rates: dict[str, tuple[Rate, bool]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, messages: Sequence[Message], away: Away) -> None:
        """Take starts for messages that are about to run, all of them at once."""
        self._turns.clear()
        asking: dict[_Asked, list[Message]] = {}
        try:
            for message in messages:
                waits = self.pause.holds(message) or self._place(message) is not None
                if not waits and (asked := self._asked(message)):
                    asking.setdefault(asked, []).append(message)
            for asked, them in asking.items():
                self._take(asked, them)
        except Exception as error:  # noqa: BLE001 - then each asks for itself, or comes back
            away.table.note(error)
            self._runtime.logger.warning("no starts taken", extra=trouble(error))

    def __call__(self, message: Message, away: Away) -> Then | None:
        """What becomes of a message that must not start now; None once it may start."""
        if (asked := self._asked(message)) is None:
            return None
        if (place := self._place(message)) is not None:
            return self._wait(message, asked, place, away)
        turn = self._turn(message, asked)
        if turn.starts and self._late(turn.at, asked.rate):
            # It has waited for something else, and its start has passed.
            turn = self._turn(message, asked)
            if turn.starts:
                self._late(turn.at, asked.rate)
        return None if turn.starts else self._wait(message, asked, turn.at, away)

    @property
    def _runtime(self) -> Runtime:
        return self.process.runtime

    def _now(self) -> int:
        return (self._runtime.clock() - _EPOCH) // _MICROSECOND

    def _place(self, message: Message) -> int | None:
        """The place of a message in the line that is still to come."""
        if message.not_before is None:
            return None
        place = (message.not_before - _EPOCH) // _MICROSECOND
        return place if place > self._now() + AHEAD else None

    def _asked(self, message: Message) -> _Asked | None:
        """The bucket that a message needs a start from; None where it needs none to be processed.

        One that is before its time, too late, or in the wrong queue will not run now.
        """
        runtime, now = self._runtime, self._runtime.clock()
        try:
            submission = parse(message, default_type=runtime.default_type)
        except Rejected:
            return None
        kind, timing = submission.type, submission.timing
        if kind not in self._rates:
            handler = runtime.handlers.get(kind)
            found = registered(handler) if handler is not None else None
            if found is None or not found.rate or runtime.queues.elsewhere(found.queue):
                return None
            self._rates[kind] = (rate_of(found.rate), found.per == "owner")
        if timing.wait(now) or (timing.expires_at is not None and timing.expires_at <= now):
            return None
        if message.slices and message.not_before is not None and message.not_before > now:
            return None
        rate, by_owner = self._rates[kind]
        return _Asked(f"{kind}/{_short(message.owner)}" if by_owner else kind, kind, rate)

    def _turn(self, message: Message, asked: _Asked) -> _Turn:
        with self._lock:
            if message.message_id not in self._turns:
                self._take(asked, [message])
            return self._turns.pop(message.message_id)

    def _take(self, asked: _Asked, messages: Sequence[Message]) -> None:
        """Give each message a start, a place or neither: those first that come from the line."""
        key, rate = asked.key, asked.rate
        back = [message for message in messages if _is_back(message)]
        new = [message for message in messages if not _is_back(message)]
        at, known = self._now() + _WRITE, self._seen.get(key)
        before = known.bucket if known else None
        bucket = known.expected(at, (len(messages) - 1) * rate.spacing) if known else None
        for _ in range(_TRIES):
            kept = [place for place in self._places.get(key, ()) if place > at + FAR]
            used = kept[: len(new)] if lined(bucket, rate, at) else []
            change = plan(bucket, rate, at, back=len(back), new=len(new) - len(used))
            starts: Sequence[int] = ()
            places: Sequence[int] = ()
            if change is not None:
                found, made = self.buckets.change(key, change)
                bucket = changed(found, change) if made else found
                if bucket is not None:
                    known = _Seen(bucket, at, shared=before not in (None, found))
                if not made:
                    continue
                starts, places = taken(found, change)
            begun = [*back, *new][: len(starts)]
            waiting = new[max(len(starts) - len(back), 0) :]
            got = [*used, *places]
            self._places[key] = [*kept[len(used) :], *got[len(waiting) :]]
            for message, start in zip(begun, starts, strict=True):
                self._turns[message.message_id] = _Turn(start, starts=True)
            for message, place in zip(waiting, got, strict=False):
                # Neighbours come back together, and take their starts by one write again.
                self._turns[message.message_id] = _Turn(place - (place - got[0]) % SECOND)
            break
        # As soon as there is room for all of them, or for so many as one write takes.
        together = min((len(messages) - 1) * rate.spacing, SECOND)
        full = max((bucket.next if bucket else at) - at - AHEAD + together, SECOND)
        spread = self._runtime.spread()
        for message in messages:
            # Far more are due than may start where one comes again and again.
            more = min(full * (2 ** min(max(message.receives - 2, 0), 16)), _LONGEST)
            turn = _Turn(at + full + int(spread * more))
            self._turns.setdefault(message.message_id, turn)
        if len(self._seen) >= _MOST:
            self._seen.clear()
            self._places.clear()
        if known is not None:
            self._seen[key] = known

    def _late(self, start: int, rate: Rate) -> bool:
        """Wait for a start; whether it was over before."""
        early = start - self._now()
        if early > 0:
            self._runtime.sleep(early / SECOND)
        return self._now() - start > rate.slack

    def _wait(self, message: Message, asked: _Asked, place: int, away: Away) -> Then:
        """Let a message come back at its place; one that has come too often as after an outage."""
        self._runtime.measure(asked.type, "limited", {"Limited": 1})
        # SQS counts whole seconds.
        seconds = max(-(-(place - self._now()) // SECOND), 1)
        extra = {**delivered(message), "command_type": asked.type, "delay": seconds}
        self._runtime.logger.info(_LIMITED, extra=extra)
        if self._runtime.fifo or seconds <= FAR // SECOND:
            self.pause.hide(message, min(seconds, LONGEST_WAIT_SECONDS), away)
            return Then.RETURN
        until = _EPOCH + place * _MICROSECOND
        longest = LONGEST_DELAY.total_seconds()
        return self.pause.put_aside(replace(message, not_before=until), min(seconds, longest), away)


def _is_back(message: Message) -> bool:
    """Whether a message has waited already, for its rate, a retry or its next slice."""
    return message.receives > 1 or message.slices > 0 or message.not_before is not None


def _short(owner: str) -> str:
    """An owner as a part of a key, whose length DynamoDB limits."""
    return owner if len(owner) <= _MOST_CHARACTERS else sha256(owner.encode()).hexdigest()
