"""Schedules of clients under kills: no orphan, no second run, whatever dies where.

The real use cases and the real adapter, around a model of EventBridge Scheduler whose calls end the
process before or after their effect, and a worker that gets each firing as often as it likes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from command_api.adapters.recurring import EventBridgeRecurringSchedules
from command_api.domain.access import Caller
from command_api.domain.recurring import Overlap, Schedule, When, fired
from command_api.usecases.recurring import ListSchedules, PutSchedule, TooMany
from tests.builders import NOW
from tests.fakes.scheduler import FakeScheduler
from tests.unit.conftest import Bench

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api.domain.context import Context

MOST = 3
OWNERS, IDS = ("ann", "bob"), ("a", "b", "c", "d")
# Which call of a request ends its process, before or after its effect; None for no call.
DEATHS = st.none() | st.tuples(st.integers(1, 4), st.booleans())
SLOT = st.tuples(st.sampled_from(OWNERS), st.sampled_from(IDS))
ROLE = "arn:aws:iam::123456789012:role/work-recurring"
URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/work"
UNSENT = "arn:aws:sqs:eu-west-1:123456789012:work-recurring"


class Killed(BaseException):
    """The process is gone."""


class Clients(RuleBasedStateMachine):
    """Two owners, few names, and all that may happen to their schedules."""

    def __init__(self) -> None:
        super().__init__()
        self.client = FakeScheduler("work-api", NOW)
        self.schedules = EventBridgeRecurringSchedules(
            lambda: self.client, group="work-api", role=ROLE, url=URL, unsent=UNSENT
        )
        self.bench = Bench()
        self.bench.handle(lambda _: None)
        self.versions = 0
        # What each may be: an input, or None for no schedule. More than one after a kill.
        self.possible: dict[tuple[str, str], set[int | None]] = {}
        self.wanted: dict[tuple[str, str], Schedule | None] = {}
        self.messages = 0

    @rule(slot=SLOT, death=DEATHS, skips=st.booleans(), enabled=st.booleans())
    def put(
        self, slot: tuple[str, str], death: tuple[int, bool] | None, *, skips: bool, enabled: bool
    ) -> None:
        """A client makes or changes one; its process may die on the way."""
        self.versions += 1
        schedule = Schedule(
            id=slot[1],
            owner=slot[0],
            when=When("* * * * ? *", "UTC"),
            type="echo",
            input={"version": self.versions},
            overlap=Overlap.SKIP if skips else Overlap.QUEUE,
            enabled=enabled,
        )
        self._ask(slot, schedule, death)

    @rule(slot=SLOT, death=DEATHS)
    def delete(self, slot: tuple[str, str], death: tuple[int, bool] | None) -> None:
        """A client deletes one."""
        self._ask(slot, None, death)

    @rule()
    def repeat(self) -> None:
        """The clients whose requests had no answer ask again, and get one."""
        for slot, wanted in list(self.wanted.items()):
            self._ask(slot, wanted, None)

    @rule()
    def remove_the_group(self) -> None:
        """An apply turns the setting off: whatever a client asks for then comes to nothing."""
        self.client.schedules.clear()
        self.possible.clear()
        self.wanted.clear()

    @rule(times=st.integers(1, 3))
    def fire(self, times: int) -> None:
        """A minute passes; each schedule fires at least once, and a worker gets all of it."""
        self.bench.now += timedelta(minutes=1)
        self.client.now = self.bench.now
        at = fired(self.bench.now.replace(second=0))
        ran = len(self.bench.seen)
        firing = [name for name, one in self.client.schedules.items() if one["State"] == "ENABLED"]
        for name in firing:
            for _ in range(times):
                self.messages += 1
                self.bench.deliver(self.client.fired(name, at, self.messages))
        assert len(self.bench.seen) - ran == len(firing)
        for name in firing:
            command = self.bench.store.get(f"{name}:{at}")
            assert command is not None
            (owner,) = (one for one, known in self.possible if self._name(one, known) == name)
            seeing = [one for one in OWNERS if Caller(owner=one).sees(command)]
            assert (command.owner, seeing) == (owner, [owner])

    @rule(owner=st.sampled_from(OWNERS))
    def look(self, owner: str) -> None:
        """A client lists its own: each is what it may be, and from now on it is that."""
        found, more = ListSchedules(schedules=self.schedules)(owner, after="", most=100)
        assert not more
        shown = {one.id: one for one in found}
        for name in IDS:
            one = shown.get(name)
            version = one.input["version"] if one else None
            assert version in self.possible.get((owner, name), {None})
            if (owner, name) not in self.wanted:
                continue
            self.possible[owner, name] = {version}  # type: ignore[arg-type]

    @invariant()
    def nothing_is_orphaned(self) -> None:
        """Every schedule that may fire is one that its owner can have, and can list."""
        there = {name for name, it in self.client.schedules.items() if it}
        may = {self._name(*slot) for slot, versions in self.possible.items() if versions - {None}}
        must = {
            self._name(*slot)
            for slot, versions in self.possible.items()
            if versions and None not in versions
        }
        assert must <= there <= may

    @invariant()
    def nobody_has_too_many(self) -> None:
        """One request after the other."""
        for owner in OWNERS:
            assert len(self.schedules.ids(owner)) <= MOST

    @invariant()
    def nothing_runs_twice(self) -> None:
        """By its id."""
        runs: list[Context] = self.bench.seen
        ids = [context.command.id for context in runs]
        assert len(ids) == len({*ids})

    def _ask(
        self, slot: tuple[str, str], wanted: Schedule | None, death: tuple[int, bool] | None
    ) -> None:
        owner, schedule_id = slot
        before = self.possible.get(slot, {None})
        version = int(str(wanted.input["version"])) if wanted else None
        if death is not None:
            self._die_at(*death)
        try:
            if wanted is None:
                self.schedules.delete(owner, schedule_id)
            else:
                PutSchedule(schedules=self.schedules, most=MOST)(replace(wanted))
        except Killed:
            self.possible[slot] = before | {version}
            self.wanted[slot] = wanted
            return
        except TooMany:
            # It may not be there, or it would have been changed.
            assert None in before
            self.possible[slot] = {None}
        else:
            self.possible[slot] = {version}
        finally:
            self.client.before = self.client.after = lambda _: None
        self.wanted.pop(slot, None)

    def _die_at(self, number: int, after: bool) -> None:  # noqa: FBT001 - as drawn
        left = iter(range(number - 1, -1, -1))

        def die(_: str) -> None:
            if next(left, 1) == 0:
                raise Killed

        named: dict[str, Callable[[str], None]] = {"after" if after else "before": die}
        for name, call in named.items():
            setattr(self.client, name, call)

    @staticmethod
    def _name(owner: str, schedule_id: str) -> str:
        when = When("* * * * ? *", "UTC")
        return Schedule(id=schedule_id, owner=owner, when=when, type="echo", input={}).name


TestClients = Clients.TestCase
TestClients.settings = settings(stateful_step_count=25, max_examples=25, deadline=None)
