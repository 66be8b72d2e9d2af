"""The worked examples of `make demo-more`, on a stack that runs already."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scripts.local import __main__ as tool
from tests.e2e.changes import applied
from tests.e2e.test_demo import run

if TYPE_CHECKING:
    from tests.environment import Environment


@pytest.mark.long
@pytest.mark.timeout(2400)
def test_the_examples_tell_their_story_and_can_be_taken_out(
    environment: Environment,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each comes to the end that it should have, and the environment is as it was."""
    monkeypatch.setattr(tool, "ON_THIS_MACHINE", environment.deployment.variables)
    shown = run(environment, capfd, "demo-more")

    assert "10,000 lines as 100 commands of batch key-" in shown
    assert "9,990 lines stored, 10 refused: 1000, 2000, 3000" in shown
    assert re.search(r"nightly:\S+: \d+ commands in \S+/report.html", shown)
    (lane,) = re.findall(r"slowest took ([\d.]+) s with the lane, the quickest ([\d.]+) s", shown)
    assert float(lane[0]) < float(lane[1])

    group = f"{environment.outputs['sqs_queue_arn'].rpartition(':')[2]}-recurring"
    found = environment.client("scheduler").get_schedule(Name="nightly", GroupName=group)
    assert (found["ScheduleExpression"], found["State"]) == ("cron(0 2 * * ? *)", "ENABLED")
    applied(environment, {"commands": {"queues": {"high": {"draining": True}}}})
    applied(environment, {})
