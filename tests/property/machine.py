"""Clients, workers, operators and bad luck around one queue and one table, and the invariants.

The rules and the invariants are those of docs/lifecycle.md; a test decides which queue it is.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from unittest.mock import patch

from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from command_api.domain.hand_over import Outcome
from command_api.domain.lifecycle import MESSAGE_LOST
from command_api.domain.model import Failure, Status
from command_api.domain.submission import OUTBOX_RETENTION
from tests.property.injection import EVENTS, Injection
from tests.property.stored import Producers
from tests.property.watched import Neighbours
from tests.property.worker import MAX_ATTEMPTS, MESSAGE_LIFE
from tests.property.world import SKEW_SECONDS, World

if TYPE_CHECKING:
    from command_api.domain.model import JSON

KINDS = (
    *("good", "committing", "once", "sliced", "flaky", "locked"),
    *("rejected", "failing", "deadly", "garbage", "unknown", "stoppable"),
    *("handed-over", "handed-over-again"),
)
NEVER_FAILS = {"good", "committing", "once", "sliced", "locked", "stoppable"}
OUTCOMES = {
    "progress": None,
    "completed": Outcome(7),
    "failed": Outcome(failure=Failure(code="no", message="No.", retryable=False)),
    "failed for now": Outcome(failure=Failure(code="later", message="Later.", retryable=True)),
    "stopped": Outcome(stopped=True),
}
MOST_STEPS = 2_000
DELAYS = (5, 200, 900, 4000, 200_000)
# Most invocations have few steps, and in their first ones messages are looked up and claimed.
STEPS = st.integers(1, 6) | st.integers(1, 40)
PLANS = st.dictionaries(STEPS, st.sampled_from(EVENTS), max_size=4)
A_KIND, A_GROUP = st.sampled_from(KINDS), st.sampled_from("ab")
# What is no JSON is never stored.
A_STORED_KIND = st.sampled_from([kind for kind in KINDS if kind != "garbage"])
SKEWS = st.sampled_from([-SKEW_SECONDS, 0.0, SKEW_SECONDS])


LONG = settings(stateful_step_count=30)
# Of a variant, which repeats most of what the machine itself does.
SHORTER = settings(LONG, max_examples=LONG.max_examples * 2 // 5)


class Lifecycle(RuleBasedStateMachine):
    """Everything that may happen to commands, in any order."""

    fifo: ClassVar[bool] = False
    # All kinds are of one type, whose handler takes several commands at once.
    in_lists: ClassVar[bool] = False
    # Whether commands are runs of schedules that skip overlapping ones, by their group.
    skips: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.world = World(fifo=self.fifo)
        self.groups: dict[str, str] = {}
        if self.skips:
            self.world.queue.schedule_of = self.groups.__getitem__
        self.delays: dict[str, int] = {}
        self.producers = Producers(self.world)
        self.injection = Injection(
            self.world, self.redrive, lambda: self.world.cancel(self._pick(0))
        )
        pool = "command_api.usecases.batch.ThreadPoolExecutor"
        self.patched = patch(pool, lambda *_: Neighbours(self.world))
        self.patched.start()

    @initialize(work=st.lists(st.tuples(A_KIND, A_GROUP), min_size=1, max_size=6))
    def begin(self, work: list[tuple[str, str]]) -> None:
        """Some commands wait already."""
        for kind, group in work:
            self.submit(kind, group)

    @rule(kind=A_KIND, group=A_GROUP)
    def submit(self, kind: str, group: str) -> None:
        """POST: a new id, in a group of commands that only a FIFO queue keeps in order."""
        command_id = f"c-{len(self.world.ledger.kinds) + 1}"
        self.world.ledger.kinds[command_id], self.groups[command_id] = kind, group
        self._send(command_id, kind)

    @rule(kind=A_STORED_KIND, group=A_GROUP, sends=st.booleans(), dies=st.booleans())
    def store(self, kind: str, group: str, *, sends: bool, dies: bool) -> None:
        """A producer stores a command beside its own items, and sends it or leaves that."""
        command_id = f"c-{len(self.world.ledger.kinds) + 1}"
        self.world.ledger.kinds[command_id], self.groups[command_id] = kind, group
        self.producers.dies = dies
        self.producers.store(command_id, *self._work(kind), group, sends=sends)

    @rule(dies=st.booleans())
    def relay(self, *, dies: bool) -> None:
        """The relay looks for what was not sent, in a process that may die once it has sent it."""
        self.producers.dies = dies
        self.producers.relay()

    @precondition(lambda self: not self.fifo)
    @rule(kind=A_KIND, seconds=st.sampled_from(DELAYS))
    def schedule(self, kind: str, seconds: int) -> None:
        """POST: a new id, with the time at which it may start."""
        command_id = f"c-{len(self.world.ledger.kinds) + 1}"
        self.delays[command_id] = seconds
        self.world.ledger.not_before[command_id] = self.world.now + seconds
        self.world.ledger.kinds[command_id], self.groups[command_id] = kind, ""
        self._send(command_id, kind)

    @rule(number=st.integers(0, 20), kind=st.sampled_from(["same", "garbage"]))
    def submit_again(self, number: int, kind: str) -> None:
        """PUT: an id that is known, with the same body or with garbage."""
        command_id = self._pick(number)
        if kind == "garbage" and self.fifo and command_id in self.producers.waiting:
            # A FIFO queue takes it for the command's own message, and drops that one.
            return
        if kind == "garbage":
            self.world.ledger.kinds[command_id] += "?"
        self._send(command_id, self.world.ledger.kinds[command_id] if kind == "same" else kind)

    @rule(most=st.integers(1, 10), plan=PLANS, skew=SKEWS, fan=st.sampled_from([1, 2, 10]))
    def deliver(self, most: int, plan: dict[int, str], skew: float, fan: int) -> None:
        """A batch is delivered, and things happen while it is processed."""
        if (visible := self.world.next_event()) is not None:
            self.world.now = max(self.world.now, visible)
        self.world.schedules.fire()
        events = {step: self.injection.event(name) for step, name in plan.items()}
        self.world.invoke(self.world.queue.receive(most), events, skew=skew, fan=fan)

    @rule(skew=SKEWS)
    def deliver_twice(self, skew: float) -> None:
        """What is in flight is delivered to another worker too."""
        self.world.invoke(self.injection.again(), {}, skew=skew, fan=10)

    @rule(seconds=st.sampled_from([0.5, 6.0, 36.0, 200.0, 4000.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.world.pass_time(seconds)

    @precondition(lambda self: self.world.given)
    @rule(
        number=st.integers(0, 20),
        told=st.sampled_from([*OUTCOMES]),
        stale=st.booleans(),
        again=st.booleans(),
    )
    def report(self, number: int, told: str, *, stale: bool, again: bool) -> None:
        """Something outside reports, maybe with an old token, maybe twice."""
        command_id, tokens = [*self.world.given.items()][number % len(self.world.given)]
        outcome, token = OUTCOMES[told], tokens[0 if stale else -1]
        known = self.world.commands.get(command_id)
        if told == "stopped" and (known is None or known.status is not Status.CANCELLING):
            return
        first = self.world.report(command_id, token, outcome)
        if again and outcome is not None and first is not None:
            assert self.world.report(command_id, token, outcome) == first

    @rule(number=st.integers(0, 20), dies=st.booleans())
    def cancel(self, number: int, *, dies: bool) -> None:
        """DELETE, known to the table or not, in a process that may die before its last call."""
        self.world.cancels_die = dies
        self.world.cancel(self._pick(number))
        self.world.cancels_die = False
        if not dies:
            self.no_schedule_is_left_behind(self._pick(number))

    def no_schedule_is_left_behind(self, command_id: str) -> None:
        """What a client has cancelled is scheduled no more."""
        cancelled = self.world.commands.get(command_id)
        if cancelled is not None and cancelled.status is Status.CANCELLED:
            assert command_id not in self.world.schedules.messages, f"{command_id} is scheduled"

    @rule(kinds=st.sets(A_KIND, max_size=3))
    def pause(self, kinds: set[str]) -> None:
        """An operator pauses these types, and resumes all others."""
        self.world.paused = kinds

    @rule(seconds=st.sampled_from([20.0, 600.0, 3600.0]))
    def table_goes_away(self, seconds: float) -> None:
        """No call of the table succeeds for a while."""
        self.world.away_until = self.world.now + seconds

    @precondition(lambda self: not self.world.queue.purged)
    @rule()
    def purge(self) -> None:
        """An operator purges the queue."""
        self.world.queue.purge()

    @precondition(lambda self: self.world.queue.dead)
    @rule()
    def redrive(self) -> None:
        """An operator moves the dead-letter messages back."""
        for mail in self.world.queue.dead.values():
            self.world.ledger.chances[mail.command_id] += 1
        self.world.queue.redrive()

    @invariant()
    def nothing_is_broken(self) -> None:
        """What the ledger and the world watch over while something runs."""
        assert not self.world.ledger.broken, "\n".join(self.world.ledger.broken)

    @invariant()
    def nothing_is_stuck(self) -> None:
        """What has not ended has a message in the queue; what could be redriven has one at all.

        Unless a purge took it: `teardown` says what becomes of that.
        """
        dead_mails = self.world.queue.dead.values()
        queued = {
            mail.command_id for mail in self.world.queue.mails.values()
        } | self.world.queue.purged
        queued |= {message.key for message, _ in self.world.schedules.messages.values()}
        queued |= self.producers.waiting
        dead = {mail.command_id for mail in dead_mails}
        for command_id in self.world.ledger.kinds:
            seen = self.world.seen(command_id)
            if seen is None or not seen.status.terminal:
                assert command_id in queued, f"{command_id} is stuck: {seen}"
            elif seen.failure is not None and seen.failure.retryable:
                assert command_id in queued | dead, f"{command_id} is lost: {seen}"

    @invariant()
    def neighbours_do_no_harm(self) -> None:
        """A command that never fails by itself fails only after misfortunes of its own."""
        for command_id, kind in self.world.ledger.kinds.items():
            seen = self.world.seen(command_id)
            if kind in NEVER_FAILS and seen is not None and seen.status is Status.FAILED:
                if seen.failure is MESSAGE_LOST or (
                    seen.failure and seen.failure.code == "skipped"
                ):
                    continue
                own = self.world.ledger.misfortunes[command_id]
                # A neighbour may cost one attempt: a suspect runs alone.
                assert own >= MAX_ATTEMPTS - 1, f"{command_id} fell after {own}: {seen}"

    @invariant()
    def nothing_runs_too_often(self) -> None:
        """Runs and effects are bounded by claims, claims by what was asked for."""
        ledger = self.world.ledger
        for command_id in ledger.kinds:
            assert ledger.effects[command_id] <= ledger.runs[command_id]
            assert ledger.runs[command_id] <= ledger.claims[command_id]
            asked = MAX_ATTEMPTS * ledger.chances[command_id] + ledger.untried[command_id]
            assert ledger.claims[command_id] <= asked, f"{command_id} was claimed too often"
            assert ledger.once[command_id] <= 1 + ledger.misfortunes[command_id]

    @invariant()
    def what_is_committed_happens_once(self) -> None:
        """Where the command is completed, and nowhere else, whatever died and was repeated."""
        effects: list[Any] = self.world.commands.effects
        committed = Counter(it.item["id"] for it in effects)
        for command_id, kind in self.world.ledger.kinds.items():
            if kind == "committing":
                seen = self.world.commands.get(command_id)
                completed = seen is not None and seen.status is Status.COMPLETED
                assert committed[command_id] == int(completed), f"{command_id}: {seen}"

    @invariant()
    def what_is_reported_is_the_outcome(self) -> None:
        """Of each hand-over one is taken, and a command that completed did so by one of them."""
        for command_id, kind in self.world.ledger.kinds.items():
            if not kind.startswith("handed-over") or self.fifo:
                continue
            reported = self.world.ledger.reported[command_id]
            assert len({token for token, _ in reported}) == len(reported), f"twice: {reported}"
            seen = self.world.commands.get(command_id)
            completed = seen is not None and seen.status is Status.COMPLETED
            done = [outcome for _, outcome in reported if outcome == OUTCOMES["completed"]]
            assert len(done) == int(completed), f"{command_id}: {seen}"

    def teardown(self) -> None:
        """When the faults are over, everything ends, and again after a redrive of everything."""
        self.world.paused = set()
        try:
            self._drain()
            if self.world.queue.dead:
                self.redrive()
                self._drain()
            self._nothing_waits_for_ever()
        finally:
            note("\n".join(self.world.diary))
            self.patched.stop()

    def _drain(self) -> None:
        self.producers.relay_all()
        for _ in range(MOST_STEPS):
            if self.world.next_event() is None:
                break
            self.deliver(10, {}, 0.0, 10)
            self.nothing_is_broken()
            self.nothing_is_stuck()
            self.neighbours_do_no_harm()
            self.nothing_runs_too_often()
        assert not self.world.queue.mails, "the queue never drains"
        assert not self.world.schedules.messages, "an orphan schedule"
        for command_id in self.world.ledger.kinds.keys() - self.world.queue.purged:
            assert (seen := self.world.seen(command_id)) and seen.status.terminal, command_id  # noqa: PT018

    def _nothing_waits_for_ever(self) -> None:
        """What a purge has stranded ends with its messages' time, and runs if it is asked for."""
        # A producer that sent a command itself does not know for how long its queue keeps it.
        stored, sent = OUTBOX_RETENTION, MESSAGE_LIFE + timedelta(seconds=max(DELAYS))
        self.world.pass_time(max(stored, sent).total_seconds() + 1)
        kinds, lost = self.world.ledger.kinds, set()
        for command_id in self.world.queue.purged:
            seen = self.world.seen(command_id)
            assert seen is None or seen.status.terminal, f"{command_id} waits for ever: {seen}"
            if seen is not None and seen.failure is MESSAGE_LOST:
                lost.add(command_id)
                self._send(command_id, kinds[command_id].rstrip("?"))
        self.world.queue.purged -= lost
        self._drain()
        for command_id in lost:
            seen = self.world.seen(command_id)
            assert seen is not None
            assert seen.failure is not MESSAGE_LOST, f"{command_id} does not run again: {seen}"

    def _send(self, command_id: str, kind: str) -> None:
        timing = {"delaySeconds": self.delays[command_id]} if command_id in self.delays else {}
        command_type, command_input = self._work(kind)
        work = {"type": command_type, "input": command_input}
        body = "no json" if kind == "garbage" else json.dumps({**work, **timing})
        sent = self.world.queue.submit(body, command_id, self.groups[command_id])
        self.world.ledger.chances[command_id] += sent

    def _work(self, kind: str) -> tuple[str, dict[str, JSON]]:
        """The type and the input of a command."""
        in_list = self.in_lists and kind != "unknown"
        return ("bulk", {"kind": kind}) if in_list else (kind, {})

    def _pick(self, number: int) -> str:
        return f"c-{number % len(self.world.ledger.kinds) + 1}"
