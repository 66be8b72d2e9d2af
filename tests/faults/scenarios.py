"""The bad days: which commands are submitted, and what stands against them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

BYSTANDERS = ("plain", "once", "keyed")
DEATHS = (
    "before_claim",
    "after_claim",
    "before_effect",
    "after_effect",
    "before_step",
    "after_step",
    "before_finish",
    "after_finish",
)


@dataclass(frozen=True)
class Planned:
    """A command: what it is, and how it must end; `death` is where it kills its process once.

    `group` is its FIFO group, empty where the queue is a standard one.
    """

    id: str
    kind: str
    body: str
    group: str = ""

    @property
    def death(self) -> str:
        """Where the process dies, empty where it does not."""
        return self.id.partition(".")[2]

    @property
    def bystander(self) -> bool:
        """True where nothing is wrong with the command itself."""
        return self.kind in BYSTANDERS and not self.death

    @property
    def expected(self) -> str:
        """How it must end: a status, and a code where it failed."""
        return {
            "garbage": "FAILED malformed_body",
            "unknown": "FAILED unknown_type",
            "rejected": "FAILED rejected",
            "failing": "FAILED temporary_failure",
            "raising": "FAILED unexpected_error",
            "deadly": "FAILED worker_lost",
            "cancelled": "CANCELLED",
        }.get(self.kind, "COMPLETED")


@dataclass(frozen=True)
class Scenario:
    """What happens, with which share of the commands (in percent), and how often calls fail.

    With `groups` the queue is a FIFO queue, and this is how many groups it has.
    """

    name: str
    claim: str
    shares: dict[str, int] = field(default_factory=dict)
    deaths: Sequence[str] = ()
    failure_rate: float = 0.0
    twice: bool = False
    two_workers: bool = False
    groups: int = 0

    def commands(self, count: int, random: Random) -> list[Planned]:
        """So many commands, in random order."""
        kinds = [kind for kind, share in self.shares.items() for _ in range(_part(count, share))]
        deaths = list(self.deaths)
        rest = islice(cycle(BYSTANDERS), max(0, count - len(kinds) - len(deaths)))
        fates = [(_dying(death), death) for death in deaths]
        fates += [(kind, "") for kind in (*kinds, *rest)]
        random.shuffle(fates)
        planned = [_planned(number, kind, death) for number, (kind, death) in enumerate(fates)]
        if not self.groups:
            return planned
        return [replace(one, group=f"group-{random.randrange(self.groups)}") for one in planned]


def _part(count: int, share: int) -> int:
    return max(1, round(count * share / 100))


def _dying(death: str) -> str:
    """A step is only written by a handler that uses `once`, a dead letter by one that fails."""
    return "failing" if death.endswith("condemn") else "once"


def _planned(number: int, kind: str, death: str) -> Planned:
    command_id = f"{number}.{death}" if death else str(number)
    known = "nobody-knows" if kind == "unknown" else "work"
    body = "no json" if kind == "garbage" else json.dumps({"type": known, "input": {"kind": kind}})
    return Planned(command_id, kind, body)


_POISON = {"garbage": 5, "unknown": 5, "raising": 5, "rejected": 2, "flaky": 5, "cancelled": 5}
SCENARIOS = (
    Scenario("duplicates", "every message is sent twice", twice=True),
    Scenario("two-workers", "two workers get the same event at once", two_workers=True),
    Scenario("poison", "5 % not JSON, 5 % unknown type, 5 % raising", _POISON),
    Scenario("crashes", "processes die at every point", {"deadly": 5}, deaths=DEATHS),
    Scenario("timeouts", "5 % outlast the function", {"slow": 5}),
    Scenario("throttled", "10 % of all DynamoDB calls fail", {"flaky": 5}, failure_rate=0.1),
    Scenario(
        "fifo",
        "groups of commands, all of it at once; submitted over HTTP, deployed by Terraform",
        {**_POISON, "deadly": 2, "slow": 2},
        deaths=(*DEATHS, "before_condemn", "after_condemn"),
        twice=True,
        groups=8,
    ),
    Scenario(
        "everything",
        "all of it at once",
        {**_POISON, "deadly": 2, "slow": 2},
        deaths=DEATHS,
        twice=True,
    ),
)
