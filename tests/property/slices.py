"""A job of many slices whose workers are killed again and again, in virtual time."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from command_api.domain.model import Status
from tests.property.world import SLICES, World

KILLS = 50
# An invocation that runs a slice has at least so many moments at which it can be killed.
_STEPS = 12


@dataclass
class Job:
    """One job; `kills` is how often its worker was killed."""

    world: World
    random: Random
    kills: int = 0

    @property
    def repeated(self) -> int:
        """How many runs of a slice were not its first."""
        return self.world.ledger.slices.total() - SLICES["long"]

    def play(self) -> Job:
        """Let the job run to its end."""
        world, random = self.world, self.random
        world.queue.submit('{"type": "long"}', "c-1", "a")
        while (visible := world.queue.next_visible()) is not None:
            world.now = max(world.now, visible)
            dies = self.kills < KILLS and random.random() < 0.97
            plan = {random.randint(1, _STEPS): self._kill} if dies else {}
            world.invoke(world.queue.receive(10), plan, skew=0.0, fan=1)
        return self

    def contradictions(self) -> list[str]:
        """What must not be."""
        wrong, stored = list(self.world.ledger.broken), self.world.commands.commands.get("c-1")
        if stored is None or stored.status is not Status.COMPLETED:
            wrong.append(f"the job has not completed: {stored}")
        elif stored.slices + 1 != SLICES["long"]:
            wrong.append(f"{stored.slices + 1} slices")
        if self.kills != KILLS:
            wrong.append(f"{self.kills} kills")
        if not 0 <= self.repeated <= self.kills:
            wrong.append(f"{self.repeated} slices repeated by {self.kills} kills")
        if self.world.queue.dead:
            wrong.append("a dead-letter message")
        return wrong

    def _kill(self) -> None:
        self.kills += 1
        self.world.die()


def job(seed: int, *, fifo: bool) -> Job:
    """A job that was played, the same for the same seed."""
    return Job(World(fifo=fifo), Random(seed)).play()  # noqa: S311 - the same in every run
