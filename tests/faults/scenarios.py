"""The scenarios of fault injection: which commands are submitted, and what fails."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from typing import TYPE_CHECKING, Literal

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
    "before_dead_letter",
    "after_dead_letter",
)
# A command that commits makes no other calls.
COMMIT_DEATHS = ("before_claim", "after_claim", "before_commit", "after_commit")


_MAX_RECEIVES = 1000  # the most that SQS takes


@dataclass(frozen=True)
class Limits:
    """The timeouts of worker and queue, in seconds, and what Terraform derives from them.

    A lease outlives the function by five seconds; the queue waits a little longer than that. Six
    timeouts, as AWS advises, would make every death of a process a long wait.
    """

    timeout: int = 3
    visibility: int = 9
    retention: int = 24 * 60 * 60

    @property
    def max_receives(self) -> int:
        """The queue's maxReceiveCount: reached after half the retention of a killer's message."""
        return min(_MAX_RECEIVES, self.retention // (2 * self.visibility))


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
        """Where the process dies, empty where it does not; a killer always does."""
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

    With `groups` the queue is a FIFO queue, and this is how many groups it has. `away` is what does
    not work while all commands wait, for `seconds`: their table, or the worker's package. `killers`
    is how many messages kill every worker before their claim, while other commands keep arriving.
    With `commits`, those that die commit their effects. With `in_lists`, the handler takes several
    commands at once. With `here_only`, no account's function reaches what is on this machine.
    With `listening`, a notifier tells what ended, and its process dies at many of its calls; so
    does with `here_only` a sender of webhooks.
    """

    name: str
    claim: str
    shares: dict[str, int] = field(default_factory=dict)
    deaths: Sequence[str] = ()
    failure_rate: float = 0.0
    twice: bool = False
    two_workers: bool = False
    groups: int = 0
    limits: Limits = field(default_factory=Limits)
    away: Literal["", "table", "package"] = ""
    seconds: int = 90
    killers: int = 0
    listening: bool = False
    here_only: bool = False
    commits: bool = False
    in_lists: bool = False

    def lasting(self, seconds: int) -> Scenario:
        """The same with an outage of so many seconds.

        A batch whose invocation fails comes back by the visibility timeout alone: twenty times in
        a long outage, as it would within an hour with the timeouts of `environments/dev`.
        """
        visibility = max(self.limits.visibility, seconds // 20)
        return replace(self, seconds=seconds, limits=replace(self.limits, visibility=visibility))

    def commands(self, count: int, random: Random) -> list[Planned]:
        """So many commands, in random order."""
        kinds = [kind for kind, share in self.shares.items() for _ in range(_part(count, share))]
        deaths = [*self.deaths, *["killer"] * self.killers]
        rest = islice(cycle(BYSTANDERS), max(0, count - len(kinds) - len(deaths)))
        pairs = [("committed" if self.commits else _dying(death), death) for death in deaths]
        pairs += [(kind, "") for kind in (*kinds, *rest)]
        random.shuffle(pairs)
        work = "works" if self.in_lists else "work"
        planned = [_planned(number, *pair, work=work) for number, pair in enumerate(pairs)]
        if not self.groups:
            return planned
        return [replace(one, group=f"group-{random.randrange(self.groups)}") for one in planned]


def bystander(number: int) -> Planned:
    """A command with which nothing is wrong."""
    return _planned(number, BYSTANDERS[number % len(BYSTANDERS)], "")


def _part(count: int, share: int) -> int:
    return max(1, round(count * share / 100))


def _dying(death: str) -> str:
    """A step is written by a handler that uses `once`, a dead-letter message by one that fails."""
    if death == "killer":
        return death
    return "failing" if death.endswith("dead_letter") else "once"


def _planned(number: int, kind: str, death: str, *, work: str = "work") -> Planned:
    command_id = f"{number}.{death}" if death else str(number)
    known = "nobody-knows" if kind == "unknown" else work
    body = "no json" if kind == "garbage" else json.dumps({"type": known, "input": {"kind": kind}})
    return Planned(command_id, kind, body)


_POISON = {"garbage": 5, "unknown": 5, "raising": 5, "rejected": 2, "flaky": 5, "cancelled": 5}
SCENARIOS = (
    Scenario("duplicates", "every message is sent twice", twice=True),
    Scenario("two-workers", "two workers get the same event at once", two_workers=True),
    Scenario("poison", "5 % not JSON, 5 % unknown type, 5 % raising", _POISON),
    Scenario("crashes", "processes die at every point", {"deadly": 5}, deaths=DEATHS),
    Scenario(
        "commits",
        "processes die before and after every call of commands that commit, five times each",
        {"committed": 100},
        deaths=COMMIT_DEATHS * 5,
        commits=True,
    ),
    Scenario("timeouts", "5 % outlast the function", {"slow": 5}),
    Scenario("throttled", "10 % of all DynamoDB calls fail", {"flaky": 5}, failure_rate=0.1),
    Scenario(
        "fifo",
        "groups of commands, all of it at once; submitted over HTTP, deployed by Terraform",
        {**_POISON, "deadly": 2, "slow": 2},
        deaths=DEATHS,
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
    Scenario(
        "lists",
        "all of it at once, in the lists of a handler that takes several commands",
        {**_POISON, "deadly": 2, "slow": 2},
        deaths=DEATHS,
        twice=True,
        in_lists=True,
    ),
    Scenario(
        "endings",
        "all of it at once, while a notifier that dies and fails again and again tells what ended",
        {**_POISON, "deadly": 2},
        deaths=DEATHS,
        twice=True,
        listening=True,
    ),
    Scenario(
        "webhooks",
        "notifier and sender of webhooks die and fail at each kind of their calls",
        {"rejected": 5, "cancelled": 5},
        # As shipped: a process that starts on a busy machine may take as long as the others' limit.
        limits=Limits(timeout=30, visibility=40),
        listening=True,
        here_only=True,
    ),
    Scenario(
        "outage",
        "the table is away while all commands wait, then it works",
        limits=Limits(timeout=30, visibility=45),
        away="table",
    ),
    Scenario(
        "import-fails",
        "the worker's package cannot be imported while all commands wait, then a good one is there",
        away="package",
    ),
    Scenario(
        "killer",
        "one message kills every worker before its claim, among commands that keep arriving",
        # Scaled down from a day and minutes: 24 receives of nine seconds each.
        limits=Limits(retention=432),
        killers=1,
    ),
)
