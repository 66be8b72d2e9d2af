"""Play one scenario from its first message to its ledger."""

from __future__ import annotations

import time
from random import Random
from typing import TYPE_CHECKING

from tests.faults.deployed import DeployedStage
from tests.faults.direct import DirectStage
from tests.faults.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.local.stack import LocalStack
    from tests.faults.scenarios import Scenario


def play(
    stack: LocalStack,
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
    planned = scenario.commands(count, Random(f"{seed}/{scenario.name}"))  # noqa: S311
    kind = DeployedStage if scenario.groups else DirectStage
    stage = kind(stack, code, seed, scenario.failure_rate)
    for command in planned:
        if command.kind == "cancelled":
            stage.cancel(command.id)
    commands = stage.send(planned)
    if scenario.twice:
        stage.repeat(commands)
    if scenario.two_workers:
        assert isinstance(stage, DirectStage)
        stage.deliver_to_two_workers()
    stage.start()
    ledger = Ledger.read(stage, commands, stage.drain())
    contradictions = list(ledger.contradictions)
    _report(ledger, say)
    if ledger.dead:
        say("  after repair and redrive:")
        time.sleep(1.1)  # the look into the dead-letter queue is over: its messages are visible
        healed = time.time()
        stage.heal()
        ledger = Ledger.read(stage, commands, stage.drain(), healed=healed)
        contradictions += ledger.contradictions
        _report(ledger, say)
    stage.stop()
    say(f"  {time.monotonic() - began:.0f} s")
    return contradictions


def _report(ledger: Ledger, say: Callable[[str], None]) -> None:
    for line in ledger.lines():
        say(f"  {line}")
