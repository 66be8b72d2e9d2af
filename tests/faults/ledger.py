"""Add up what happened, and find every line that contradicts."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from command_api.domain.history import changes
from command_api.domain.model import Status
from command_api.records import observed
from tests.faults.order import out_of_order
from tests.faults.stage import TTL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from command_api.domain.model import Command
    from tests.faults.scenarios import Planned
    from tests.faults.stage import Stage

# Item times are cut to milliseconds; here the clock is the same, and on AWS there are several.
_CLOCK_SECONDS = {True: 0.002, False: 0.1}


@dataclass(frozen=True)
class Trace:
    """What a handler noted: `run`, `effect` or `kept`, in which attempt, and when (epoch)."""

    what: str
    attempt: str
    at: float


@dataclass
class Ledger:
    """The books of one run; `contradictions` must be empty.

    `healed` is when what made commands fail was repaired (epoch), zero before; `calm` says that
    nothing happens which may cost an attempt. Two clocks differ by `clock_seconds` at most.
    """

    commands: Sequence[Planned]
    left: int
    found: dict[str, Command]
    dead: Counter[str]
    traces: dict[str, list[Trace]]
    deaths: set[str]
    healed: float
    trouble: bool
    calm: bool
    clock_seconds: float
    contradictions: list[str] = field(default_factory=list)

    @classmethod
    def read(
        cls,
        stage: Stage,
        commands: Sequence[Planned],
        left: int,
        *,
        healed: float = 0.0,
        calm: bool = False,
    ) -> Ledger:
        """Read tables and queues, and add up."""
        now = datetime.now(UTC)
        stored = [observed(item, TTL, now=now) for item in _items(stage, stage.table)]
        seen = {one.id: one for one in stored if one}
        traces: dict[str, list[Trace]] = defaultdict(list)
        deaths = set[str]()
        for item in _items(stage, stage.traces):
            if item.get("what", {}).get("S") == "death":
                deaths.add(item["id"]["S"].removeprefix("death#"))
            if "command" in item:
                trace = Trace(item["what"]["S"], item["attempt"]["N"], float(item["at"]["N"]))
                traces[item["command"]["S"]].append(trace)
        ledger = cls(
            commands=commands,
            left=left,
            found=seen,
            dead=stage.dead_letter_messages(),
            traces=traces,
            deaths=deaths,
            healed=healed,
            trouble=stage.failure_rate > 0,
            calm=calm,
            clock_seconds=_CLOCK_SECONDS[stage.scene.local],
        )
        ledger._add_up()
        return ledger

    @property
    def completed(self) -> int:
        """How many commands have completed."""
        return sum(one.status is Status.COMPLETED for one in self.found.values())

    @property
    def attempts_lost(self) -> int:
        """How many attempts bystanders needed beyond their first."""
        ids = {one.id for one in self.commands if one.bystander}
        return sum(max(0, one.attempts - 1) for one in self.found.values() if one.id in ids)

    @property
    def _fault_heavy(self) -> bool:
        fatal = any(one.death or one.kind in ("deadly", "slow") for one in self.commands)
        return fatal or self.trouble

    def of(self, planned: Planned, what: str) -> list[Trace]:
        """What a command's handler noted."""
        return [trace for trace in self.traces[planned.id] if trace.what == what]

    def retryable(self) -> set[str]:
        """The commands that have failed until a redrive."""
        return {
            one.id
            for one in self.found.values()
            if one.status is Status.FAILED and one.failure is not None and one.failure.retryable
        }

    def _killers(self) -> set[str]:
        """The commands that can have no record: nobody lives to claim them."""
        return set() if self.healed else {one.id for one in self.commands if one.kind == "killer"}

    def _add_up(self) -> None:
        if self.left:
            self.contradictions.append(f"{self.left} messages never left the queue")
        if strange := self.found.keys() - {one.id for one in self.commands}:
            self.contradictions.append(f"nobody submitted {sorted(strange)}")
        in_groups = [one for one in self.commands if one.group]
        self.contradictions += out_of_order(in_groups, self.found, self.traces, since=self.healed)
        for command in self.commands:
            self.contradictions += [f"{command}: {line}" for line in self._wrong(command)]
        dead, expected = set(self.dead), self.retryable() | self._killers()
        if dead != expected:
            self.contradictions.append(
                f"dead-letter messages {sorted(dead - expected)} have not failed; "
                f"{sorted(expected - dead)} have no dead-letter message"
            )
        if self.calm and self.attempts_lost:
            self.contradictions.append(f"{self.attempts_lost} attempts were lost")

    def _wrong(self, planned: Planned) -> list[str]:
        found = self.found.get(planned.id)
        if planned.id in self._killers():
            return [] if found is None else [f"was claimed: {found.status}"]
        if found is None or not found.status.terminal:
            return [f"stuck: {found and found.status}"]
        wrong = []
        ended = f"{found.status} {found.failure.code if found.failure else ''}".strip()
        retryable = planned.kind in ("failing", "raising", "deadly")
        expected = ["COMPLETED" if self.healed and retryable else planned.expected]
        if retryable and self._fault_heavy and not self.healed:
            # A neighbour's death in its last attempt comes before its own failure.
            expected.append("FAILED worker_lost")
        if ended not in expected:
            wrong.append(f"ended as {ended}, expected {' or '.join(expected)}")
        # A neighbour's death may come first, and then what was written is not written again.
        ends = ("after_finish", "after_commit", "after_dead_letter")
        once = "step" in planned.death or planned.death in ends
        if planned.death and planned.id not in self.deaths and not once:
            wrong.append("its process never died")
        if planned.bystander and planned.id in self.dead:
            wrong.append("dead innocent")
        return wrong + self._wrong_history(found) + self._wrong_work(planned, found)

    def _wrong_history(self, found: Command) -> list[str]:
        """What the record tells of its attempts; a lost worker's is told by the next one's end."""
        told = [*changes(found)]
        begun = [one.attempt for one in told if one.status is Status.PROCESSING]
        if self.healed:
            # They count from one again with each redrive.
            begun = begun[len(begun) - begun[::-1].index(1) - 1 :] if 1 in begun else begun
        wrong = []
        if told[-1].status is not found.status or told[0].status is not Status.PENDING:
            wrong.append(f"its history tells another end: {told}")
        last = [found.attempts] if found.attempts else []
        if sorted({*begun}) != begun or begun[-1:] != last:
            wrong.append(f"its history tells attempts {begun} of {found.attempts}")
        if not self._fault_heavy and len(begun) != found.attempts:
            wrong.append(f"its history lacks attempts: {begun} of {found.attempts}")
        return wrong

    def _wrong_work(self, planned: Planned, found: Command) -> list[str]:
        wrong, runs = [], self.of(planned, "run")
        effects, kept = self.of(planned, "effect"), self.of(planned, "kept")
        ended = found.updated_at.timestamp() + self.clock_seconds
        attempts = Counter(run.attempt for run in runs)
        if late := [one for one in (*runs, *effects) if one.at > ended]:
            wrong.append(f"was at work after its end: {late}")
        if not self.healed and any(count > 1 for count in attempts.values()):
            wrong.append(f"one attempt ran twice: {dict(attempts)}")
        if not self.healed and len(runs) > found.attempts:
            wrong.append(f"ran {len(runs)} times in {found.attempts} attempts")
        if found.status is Status.COMPLETED and not effects:
            wrong.append("completed without an effect")
        if planned.kind in ("garbage", "unknown", "cancelled") and runs:
            wrong.append("ran at all")
        if kept and max(one.at for one in effects) > min(one.at for one in kept):
            wrong.append("a step took effect again after it had been recorded")
        return wrong + self._wrong_effects(planned, len(effects), len(runs))

    def _wrong_effects(self, planned: Planned, effects: int, runs: int) -> list[str]:
        if planned.kind in ("keyed", "committed") and effects != 1:
            return [f"an effect that happens once was made {effects} times"]
        if effects > runs:
            return [f"{effects} effects in {runs} runs"]
        # A process that dies between an effect and its record takes its neighbours along.
        if planned.bystander and effects != 1 and not self._fault_heavy:
            return [f"{effects} effects on a day without deaths and failing calls"]
        return []


def _items(stage: Stage, table: str) -> list[dict[str, Any]]:
    pages = stage.client("dynamodb").get_paginator("scan")
    found = pages.paginate(TableName=table, ConsistentRead=True)
    return [item for page in found for item in page["Items"]]
