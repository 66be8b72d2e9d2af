"""Play one scenario from its first message to its ledger."""

from __future__ import annotations

import time
from random import Random
from typing import TYPE_CHECKING

from tests.faults.deployed import DeployedStage
from tests.faults.direct import DirectStage
from tests.faults.ledger import Ledger
from tests.faults.listening import listening
from tests.faults.package import broken_package
from tests.faults.report import lines
from tests.faults.scenarios import bystander
from tests.faults.stage import DRAIN_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.ground import Ground
    from tests.faults.scenarios import Planned, Scenario
    from tests.faults.stage import Stage

# The longest delay of a message that trouble has returned.
LONGEST_DELAY_SECONDS = 300
_ARRIVAL_SECONDS = 0.5


def play(
    ground: Ground,
    code: bytes,
    scenario: Scenario,
    *,
    seed: int,
    count: int,
    say: Callable[[str], None],
) -> list[str]:
    """Run the scenario, redrive what failed, and return all contradictions."""
    say(f"\n{scenario.name}: {scenario.claim} (--only {scenario.name} --seed {seed})")
    began = time.monotonic()
    with ground.scene() as scene:
        kind = DeployedStage if scenario.groups else DirectStage
        stage = kind(ground, scene, code, seed, scenario.failure_rate, scenario.limits)
        contradictions = _played(stage, scenario, count, say)
    say(f"  {time.monotonic() - began:.0f} s")
    return contradictions


def _played(stage: Stage, scenario: Scenario, count: int, say: Callable[[str], None]) -> list[str]:
    planned = scenario.commands(count, Random(f"{stage.seed}/{scenario.name}"))  # noqa: S311
    with listening(stage, scenario, say) as told:
        return _ran(stage, scenario, planned, told, say)


def _ran(
    stage: Stage,
    scenario: Scenario,
    planned: list[Planned],
    told: Callable[[], list[str]],
    say: Callable[[str], None],
) -> list[str]:
    for command in planned:
        if command.kind == "cancelled":
            stage.cancel(command.id)
    commands = list(stage.send(planned))
    if scenario.twice:
        stage.repeat(commands)
    if scenario.two_workers:
        assert isinstance(stage, DirectStage)
        stage.deliver_to_two_workers()
    ledger = _first_ledger(stage, scenario, commands, say)
    contradictions = list(ledger.contradictions)
    _report(ledger, say)
    contradictions += told()
    if ledger.dead:
        say("  after repair and redrive:")
        healed = time.time()
        stage.heal()
        ledger = Ledger.read(stage, commands, stage.drain(), healed=healed)
        contradictions += ledger.contradictions
        _report(ledger, say)
        contradictions += told()
    return contradictions


def _first_ledger(
    stage: Stage, scenario: Scenario, commands: list[Planned], say: Callable[[str], None]
) -> Ledger:
    if scenario.away:
        assert isinstance(stage, DirectStage)
        return _after_outage(stage, scenario, commands, say)
    stage.start()
    if scenario.killers:
        _keep_submitting(stage, commands, say)
    # Ten commands a second are few for any machine.
    return Ledger.read(stage, commands, stage.drain(DRAIN_SECONDS + len(commands) / 10))


def _after_outage(
    stage: DirectStage, scenario: Scenario, commands: list[Planned], say: Callable[[str], None]
) -> Ledger:
    """Let the worker meet the outage, end it, and wait for the commands."""
    if scenario.away == "table":
        stage.take_table_away(scenario.seconds)
    else:
        stage.deploy(broken_package())
    stage.start()
    time.sleep(scenario.seconds)
    if scenario.away == "package":
        stage.deploy(stage.code)
    over = time.monotonic()
    patience = DRAIN_SECONDS + min(scenario.seconds, LONGEST_DELAY_SECONDS) + len(commands) / 10
    left, took = stage.drain(patience), time.monotonic() - over
    ledger = Ledger.read(stage, commands, left, calm=True)
    say(
        f"  {scenario.seconds} s without the {scenario.away}: "
        f"{ledger.dead.total()} dead-letter messages, {ledger.attempts_lost} attempts lost, "
        f"{ledger.completed} of {len(commands)} completed {took:.0f} s after it"
    )
    return ledger


def _keep_submitting(stage: Stage, commands: list[Planned], say: Callable[[str], None]) -> None:
    """Submit bystanders, which join the commands, until there is a dead-letter message."""
    began, before = time.monotonic(), len(commands)
    took, retention = 0.0, stage.limits.retention
    while not stage.depth(stage.dlq) and took < retention:
        commands += stage.send([bystander(len(commands))])
        time.sleep(_ARRIVAL_SECONDS)
        took = time.monotonic() - began
    say(
        f"  first dead-letter message after {took:.0f} s of {retention} s of retention, "
        f"{stage.limits.max_receives} receives; {len(commands) - before} commands arrived meanwhile"
    )


def _report(ledger: Ledger, say: Callable[[str], None]) -> None:
    for line in lines(ledger):
        say(f"  {line}")
