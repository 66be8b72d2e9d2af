"""Commands that are handed over, in virtual time: workers are killed, and reporters are unreliable.

Each hand-over starts something outside that reports its progress and an outcome, each of them once
or twice and in any order of worker and deadline; some report too late, some never.
"""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from command_api.domain.hand_over import Outcome
from command_api.domain.model import Failure, Status
from tests.property.world import HANDED_OVER, World

if TYPE_CHECKING:
    from collections.abc import Callable

TAKES = ("at once", "minutes", "reports for hours", "too long", "silent", "fails", "stops")
_DEATHS = 0.3
# An invocation that hands over has so many moments at which it can be killed.
_STEPS = 10
# The next attempt after a reported failure begins with the copy that watches.
_LATER = Failure(code="later", message="Later.", retryable=True)


@dataclass
class Outside:
    """Commands, the worker, and everything that works outside of it."""

    world: World
    random: Random
    count: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    _tasks: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)

    def play(self, commands: int) -> Outside:
        """Submit so many commands and let all of them end."""
        world = self.world
        world.on_hand_over = self._start
        for number in range(commands):
            kind = self.random.choice([*HANDED_OVER])
            world.ledger.kinds[f"c-{number}"] = kind
            world.ledger.chances[f"c-{number}"] += 1
            world.queue.submit(f'{{"type": "{kind}"}}', f"c-{number}", "a")
        while (at := self._next()) is not None:
            world.now = max(world.now, at)
            while self._tasks and self._tasks[0][0] <= world.now:
                heapq.heappop(self._tasks)[2]()
            plan = {self.random.randint(1, _STEPS): self._kill} if self._dies() else {}
            world.invoke(world.queue.receive(10), plan, skew=0.0, fan=1)
        return self

    def _next(self) -> float | None:
        times = [self.world.queue.next_visible(), self._tasks[0][0] if self._tasks else None]
        return min((one for one in times if one is not None), default=None)

    def _dies(self) -> bool:
        return self.random.random() < _DEATHS

    def _kill(self) -> None:
        self.count["kills"] += 1
        self.world.die()

    def _start(self, command_id: str, token: str) -> None:
        """Something begins outside, maybe before its handler has returned."""
        way, timeout = (
            self.random.choice(TAKES),
            HANDED_OVER[self.world.ledger.kinds[command_id]][0],
        )
        self.count["started"] += 1
        self.count[way] += 1
        report = partial(self._report, command_id, token)
        done = Outcome({"token": token})
        match way:
            case "at once":
                report(done)
            case "minutes":
                self._at(timeout / 2, partial(report, done))
            case "reports for hours":
                for number in range(20):
                    self._at(number * timeout * 0.9, report)
                self._at(20 * timeout * 0.9, partial(report, done))
            case "too long":
                self._at(timeout + 60, partial(report, done, late=True))
            case "fails":
                self._at(30, partial(report, Outcome(failure=_LATER)))
            case "stops":
                self._at(30, lambda: self.world.cancel(command_id))
                self._at(60, partial(report, Outcome(stopped=True)))

    def _at(self, seconds: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._tasks, (self.world.now + seconds, self.count["tasks"], what))
        self.count["tasks"] += 1

    def _report(
        self, command_id: str, token: str, outcome: Outcome | None = None, *, late: bool = False
    ) -> None:
        """Report, and again where the answer got lost."""
        known = self.world.commands.get(command_id)
        stopping = known is not None and known.status is Status.CANCELLING
        if outcome is not None and outcome.stopped and not stopping:
            return
        told = self.world.report(command_id, token, outcome)
        self.count["reports"] += 1
        self.count["refused"] += told is None
        if late and told is not None:
            self.broken.append(f"{command_id}: a late report is taken: {told}")
        if outcome is not None and self.random.random() < _DEATHS:
            again = self.world.report(command_id, token, outcome)
            if again != told:
                self.broken.append(f"{command_id}: repeated, {told} becomes {again}")

    def contradictions(self) -> list[str]:
        """What must not be."""
        wrong = [*self.world.ledger.broken, *self.broken]
        for command_id in self.world.ledger.kinds:
            wrong += self._of(command_id)
        if self.world.queue.mails:
            wrong.append(f"{len(self.world.queue.mails)} messages are left")
        return wrong

    def _of(self, command_id: str) -> list[str]:
        stored = self.world.commands.get(command_id)
        if stored is None or not stored.status.terminal:
            return [f"{command_id} is stuck: {stored}"]
        reported = self.world.ledger.reported[command_id]
        tokens = [token for token, _ in reported]
        wrong = [f"{command_id}: two outcomes of one hand-over"] * (len({*tokens}) < len(tokens))
        done = [outcome.result for _, outcome in reported if not outcome.failure and outcome.result]
        completed = stored.status is Status.COMPLETED
        if done != ([stored.result] if completed else []):
            wrong.append(f"{command_id}: {done} were reported: {stored}")
        dead = [it for it in self.world.queue.dead.values() if it.command_id == command_id]
        if bool(dead) != stored.redrivable:
            wrong.append(f"{command_id}: {len(dead)} dead-letter messages: {stored}")
        self.count[stored.failure.code if stored.failure else stored.status.lower()] += 1
        return wrong


def played(seed: int, commands: int) -> Outside:
    """So many commands that were handed over, the same for the same seed."""
    return Outside(World(), Random(seed)).play(commands)  # noqa: S311 - the same in every run
