"""`make demo WEBHOOKS=1` on the stack of the tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scripts.local import __main__ as tool
from scripts.local.demo import SCENES
from tests.e2e.test_demo import run

if TYPE_CHECKING:
    from tests.environment import Environment


@pytest.mark.long
def test_the_demo_calls_a_receiver(
    environment: Environment,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once for each command, signed; afterwards the environment is as it was."""
    monkeypatch.setattr(tool, "ON_THIS_MACHINE", environment.deployment.variables)
    shown = run(environment, capfd, "demo", "--webhooks")
    calls = re.findall(r"Webhook: +(\S+) \w+ (COMPLETED|FAILED), signature verified", shown)
    assert len({command_id for command_id, _ in calls}) == len(calls) == len(SCENES)
    environment.deployment.apply()
    assert environment.deployment.terraform.plan_is_empty()
