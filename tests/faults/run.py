"""Play one scenario from its first message to its ledger."""

from __future__ import annotations

import time
from random import Random
from typing import TYPE_CHECKING

from tests.faults.ledger import Ledger
from tests.faults.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.local.stack import LocalStack
    from tests.faults.scenarios import Scenario

DRAIN_SECONDS = 180.0


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
    commands = scenario.commands(count, Random(f"{seed}/{scenario.name}"))  # noqa: S311
    stage = Stage(stack, code, seed, scenario.failure_rate)
    for command in commands:
        if command.kind == "cancelled":
            stage.cancel(command.id)
    stage.send(commands)
    if scenario.twice:
        stage.send(commands)
    if scenario.two_workers:
        stage.deliver_to_two_workers()
    stage.start()
    ledger = Ledger.read(stage, commands, stage.drain(DRAIN_SECONDS))
    contradictions = list(ledger.contradictions)
    _report(ledger, say)
    if ledger.dead:
        say("  after repair and redrive:")
        time.sleep(1.1)  # the look into the dead-letter queue is over: its messages are visible
        stage.heal()
        ledger = Ledger.read(stage, commands, stage.drain(DRAIN_SECONDS), healed=True)
        contradictions += ledger.contradictions
        _report(ledger, say)
    stage.stop()
    say(f"  {time.monotonic() - began:.0f} s")
    return contradictions


def _report(ledger: Ledger, say: Callable[[str], None]) -> None:
    for line in ledger.lines():
        say(f"  {line}")
