"""Workers, their store, their queue and everything that can go wrong, in one thread.

A *step* is a moment at which something may happen: before and after every call of the store and
the queue, and before and after a handler's effect. A plan says what happens at which step.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from command_api.domain.effects import Put
from command_api.domain.errors import Cancelled, Continue, Rejected, Retryable, SecretUnavailable
from command_api.domain.hand_over import HandOverEnded, InvalidToken, Outcome, Report
from command_api.domain.model import Progress
from command_api.usecases.cancel import CancelCommand
from command_api.usecases.hand_over import TakeReport
from command_api.usecases.status import ReadStatus
from tests.fakes.commands import InMemoryCommands
from tests.property.fifo import FifoQueue
from tests.property.invocation import Died, Invocation
from tests.property.ledger import Ledger
from tests.property.schedules import ModelSchedules
from tests.property.sqs import START, ModelQueue
from tests.property.worker import QUIET, RETENTION, process_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from command_api.domain.context import Context
    from command_api.domain.context import Outcome as Answered
    from command_api.domain.message import Message
    from command_api.domain.model import JSON, Command
    from tests.property.invocation import Event
    from tests.property.sqs import Mail

TIMEOUT_SECONDS, SKEW_SECONDS = 30.0, 0.4
# More often than a command has attempts its secret is away.
LOCKED_RUNS = 4
# How many slices the commands of these kinds have.
SLICES = {"sliced": 3, "long": 25}
# For how long those of these kinds are handed over, and whether another attempt follows.
HANDED_OVER = {"handed-over": (600.0, False), "handed-over-again": (2_000.0, True)}
# What module `queue` derives from a visibility timeout of 180 s and a retention of a day.
MAX_RECEIVES = 240


@dataclass
class World:
    """All there is, and what is remembered of it for the ledger."""

    fifo: bool = False
    now: float = 0.0
    away_until: float = 0.0
    diary: list[str] = field(default_factory=list)
    stack: list[Invocation] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    paused: set[str] = field(default_factory=set)
    cancels_die: bool = False
    # Commands whose handler has begun since they were submitted or restarted.
    at_work: set[str] = field(default_factory=set)
    commands: InMemoryCommands = field(default_factory=InMemoryCommands)
    queue: ModelQueue = field(init=False)
    schedules: ModelSchedules = field(init=False)
    tokens: Iterator[int] = field(default_factory=lambda: count(1))
    # Tokens of hand-overs by command, oldest first; whoever works outside adds to what it hears.
    given: dict[str, list[str]] = field(default_factory=dict)
    on_hand_over: Callable[[str, str], None] = lambda _command_id, _token: None

    def __post_init__(self) -> None:
        """Open the queue."""
        kind = FifoQueue if self.fifo else ModelQueue
        self.queue = kind(lambda: self.now, MAX_RECEIVES, on_death=self._dies, between=self.step)
        self.schedules = ModelSchedules(self.queue)

    def clock(self) -> datetime:
        """The time, as whoever is running sees it."""
        skew = self.stack[-1].skew if self.stack else 0.0
        return START + timedelta(seconds=self.now + skew)

    def pass_time(self, seconds: float) -> None:
        """Turn the clock."""
        self.now += seconds

    def next_event(self) -> float | None:
        """When the next message can be received, or the next schedule fires."""
        times = [self.queue.next_visible(), self.schedules.next_at()]
        return min((one for one in times if one is not None), default=None)

    @property
    def away(self) -> bool:
        """Whether the table answers no call."""
        return self.now < self.away_until

    def misfortune(self) -> None:
        """Excuse the command that is running from what its bad luck now leads to."""
        worker = self.stack[-1]
        if worker.running:
            self.ledger.misfortunes[worker.running[-1]] += 1

    def die(self) -> None:
        """The process ends here."""
        worker = self.stack[-1]
        if not worker.dead:
            self.misfortune()
        worker.dead = True
        raise Died

    def note(self, event: str) -> None:
        """Remember what happened, for whoever has to understand a failure."""
        self.diary.append(f"{self.now:8.2f} {'  ' * len(self.stack)}{event}")

    def step(self) -> None:
        """Something may happen here; a process beyond its deadline is dead."""
        if not self.stack:
            return
        worker = self.stack[-1]
        if worker.dead:
            raise Died
        worker.steps += 1
        event = worker.plan.pop(worker.steps, None)
        if event is not None:
            event()
        if self.now >= worker.deadline:
            self.die()

    def invoke(
        self, messages: Sequence[Message], plan: dict[int, Event], *, skew: float, fan: int
    ) -> None:
        """One invocation; what it returns comes back, what it does not is deleted."""
        if not messages:
            return
        self.note(f"delivered {[message.receipt_handle for message in messages]}")
        worker = Invocation(skew, self.now + TIMEOUT_SECONDS, fan, messages, plan)
        worker.paused = frozenset(self.paused)
        self.stack.append(worker)
        try:
            deadline = self.clock() + timedelta(seconds=TIMEOUT_SECONDS)
            returned = process_batch(self, fan)(messages, deadline=deadline)
        except Died:
            assert worker.dead
        finally:
            self.stack.remove(worker)
        if worker.dead:
            self.note("the process died")
            return
        gone = [message for message in messages if message not in returned]
        self.queue.delete(gone)

    def seen(self, command_id: str) -> Command | None:
        """The command as a client sees it."""
        return ReadStatus(store=self.commands, clock=self.clock)(command_id)

    def cancel(self, command_id: str) -> None:
        """A client takes the command back."""
        cancel = CancelCommand(
            store=self.commands,
            retention=RETENTION,
            # The client of a process that dies here may ask again, or not.
            schedules=None if self.cancels_die else self.schedules,
            clock=self.clock,
        )
        before = dict(self.commands.commands)
        cancel(command_id)
        self.ledger.check(before, self.commands.commands, self.clock())

    def report(self, command_id: str, token: str, outcome: Outcome | None) -> Command | None:
        """Something outside reports on a command: what it is told, None where it is refused."""
        take = TakeReport(store=self.commands, retention=RETENTION, logger=QUIET, clock=self.clock)
        before, now = dict(self.commands.commands), self.clock()
        progress = None if outcome else Progress(0.5, "", now)
        try:
            told = take(command_id, token, Report(progress, outcome))
        except (HandOverEnded, InvalidToken) as refused:
            self.note(f"report of {command_id} refused: {refused!r}")
            return None
        self.ledger.check(before, self.commands.commands, now)
        self.note(f"report of {command_id}: {told.status}")
        known = before[command_id]
        if known is not self.commands.commands[command_id]:
            in_time = known.lease is not None and known.lease.expires_at >= now
            ours = known.handed_over is not None and token == self.given[command_id][-1]
            self.ledger.require(in_time and ours, f"a late report of {command_id}: {known}")
            if outcome is not None:
                self.ledger.reported[command_id].append((token, outcome))
        return told

    def _hand_over(self, kind: str, context: Context) -> JSON:
        timeout, retry = HANDED_OVER[kind]
        token = context.hand_over(timeout=timeout, retry=retry)
        self.given.setdefault(context.command.id, []).append(token)
        self.on_hand_over(context.command.id, token)
        self.step()
        return "not used"

    def _dies(self, mail: Mail) -> None:
        """A dead-letter message's command has failed and may be redriven."""
        command_id, seen = mail.command_id, self.seen(mail.command_id)
        self.note(f"dead: {mail.message_id} of {command_id} {seen and seen.status}")
        failed = seen is not None and seen.failure is not None and seen.failure.retryable
        # Between the decision and the move another message may have given it fresh attempts.
        again = self.ledger.chances[command_id] > 1
        self.ledger.require(failed or again, f"dead innocent {mail.message_id}: {seen}")

    def handle(self, kind: str, _input: Mapping[str, JSON], context: Context) -> JSON:
        """Do one command's work in the way that its kind says."""
        worker, command_id = self.stack[-1], context.command.id
        self._starts_in_order(context.command)
        self._starts_alone(context.command)
        early = self.ledger.not_before.get(command_id, 0.0) - self.now
        # To the millisecond: the sums of floats differ.
        self.ledger.require(early < SKEW_SECONDS + 0.001, f"{command_id} starts {early} s early")
        self.ledger.runs[command_id] += 1
        # The neighbours of a batch run side by side: the next one starts inside this one.
        if worker.waiting and len(worker.running) < worker.fan:
            worker.waiting.pop(0)()
        self.step()
        self._begins(kind, command_id)
        if kind in ("once", "flaky"):
            context.once("effect", lambda: self._effect(command_id, self.ledger.once))
        if kind in SLICES:
            self._slice(kind, context)
        if kind == "committing":
            return context.commit(context.attempt, [Put("orders", {"id": command_id})])
        if kind in HANDED_OVER:
            return self._hand_over(kind, context)
        if kind == "stoppable":
            self._works_on(context)
        self._effect(command_id, self.ledger.effects)
        self.step()
        if kind == "rejected":
            raise Rejected("No.")
        if kind == "failing" or (kind == "flaky" and context.attempt == 1):
            raise Retryable("Not now.", after=1.0)
        return context.attempt

    def _begins(self, kind: str, command_id: str) -> None:
        if kind == "deadly":
            self.die()
        if kind == "locked" and self.ledger.runs[command_id] <= LOCKED_RUNS:
            raise SecretUnavailable("Not yet.")

    def handle_many(
        self, inputs: Sequence[Mapping[str, JSON]], contexts: Sequence[Context]
    ) -> Sequence[Answered]:
        """Do the work of a list one by one, and answer what each of them would have raised."""
        worker = self.stack[-1]
        answers: list[Answered] = []
        for given, context in zip(inputs, contexts, strict=True):
            worker.start(context.command.id)
            try:
                answers.append(self.handle(str(given["kind"]), given, context))
            except Died:
                raise
            except BaseException as error:  # noqa: BLE001 - the answer to one command
                answers.append(error)
        return answers

    def _works_on(self, context: Context) -> None:
        """Report and look, every few seconds."""
        for share in (0.25, 0.5, 0.75):
            context.progress(share)
            self.step()
            if context.cancelled:
                raise Cancelled
            self.pass_time(4.0)

    def _slice(self, kind: str, context: Context) -> None:
        """Do one slice of the work; every other one waits for longer than SQS delays a message."""
        command_id, done = context.command.id, context.command.slices
        self.ledger.require(context.state == (done or None), f"{command_id} has another state")
        self.ledger.slices[command_id, done] += 1
        name = f"slice {done}"
        context.once(name, lambda: self._step_of_slice(command_id, name))
        if done + 1 < SLICES[kind]:
            self._effect(command_id, self.ledger.effects)
            self.step()
            raise Continue(done + 1, after=done % 2 * 1_000.0)

    def _step_of_slice(self, command_id: str, name: str) -> JSON:
        steps = self.commands.commands[command_id].steps
        self.ledger.require(name not in steps, f"{command_id} repeats {name}")
        return self._effect(command_id, Counter())

    def _starts_in_order(self, command: Command) -> None:
        for earlier in self.queue.ahead(command.message_id):
            seen = self.seen(earlier)
            # What a purge has stranded keeps nobody waiting; a message of it may be garbage.
            passed = earlier == command.id or earlier in self.queue.purged
            ended = passed or (seen is not None and seen.status.terminal)
            self.ledger.require(ended, f"{command.id} starts before {earlier} has ended: {seen}")

    def _starts_alone(self, command: Command) -> None:
        schedule = self.queue.schedule_of(command.id)
        for other in self.at_work - {command.id} if schedule else ():
            seen = self.seen(other)
            over = self.queue.schedule_of(other) != schedule or (seen and seen.status.terminal)
            self.ledger.require(bool(over), f"{command.id} starts beside {other}: {seen}")
        self.at_work.add(command.id)

    def _effect(self, command_id: str, ledger: Counter[str]) -> JSON:
        command = self.commands.get(command_id)
        runs = command is not None and not command.status.terminal
        self.ledger.require(runs, f"effect of {command_id} after the end: {command}")
        ledger[command_id] += 1
        return None
