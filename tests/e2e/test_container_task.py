"""`forecast_demand`: a task that is a process here completes its command through the API."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from scripts.stack.clients import logs_client
from tests.canary import logged
from tests.e2e.changes import applied
from tests.live import eventually
from tests.unit.handlers.test_forecast_demand import alive

if TYPE_CHECKING:
    from tests.environment import Environment

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]

ON: dict[str, Any] = {
    "api": {"outcomes": True},
    "examples": {"enabled": True, "demo": True, "task": {"process": True}},
}
# Minutes of work.
LONG = {"perDay": 40, "days": 365, "runs": 1_000_000}


def submit(environment: Environment, asked: object) -> str:
    """Submit a forecast."""
    return environment.api.submit_body(json.dumps({"type": "forecast_demand", "input": asked}))


def started(environment: Environment) -> list[int]:
    """The processes that the worker has started, from its log."""
    lines = logged(logs_client(environment.deployment.stack))
    return [int(it) for line in lines for it in re.findall(r'"process (\d+)"', line)]


def test_a_task_completes_its_command_and_stops_when_asked(environment: Environment) -> None:
    """With the function's own rights; no task is left when its function goes."""
    outputs = applied(environment, ON)
    here = replace(environment, api=replace(environment.api, endpoint=outputs["commands_endpoint"]))
    done = here.ended(submit(here, {"perDay": 40, "days": 30, "runs": 200}))
    assert done["status"] == "COMPLETED", done
    assert done["result"]["runs"] == 200
    assert 1150 < done["result"]["mean"] < 1250

    command_id = submit(here, LONG)
    eventually(lambda: "progress" in here.api.get(command_id).json(), seconds=60)
    assert here.api.get(command_id).json()["handedOver"]["deadline"]
    assert here.api.request("DELETE", f"/{command_id}").status == 202
    assert here.ended(command_id)["status"] == "CANCELLED"
    eventually(lambda: not any(map(alive, started(here))), seconds=60)

    command_id = submit(here, LONG)
    eventually(lambda: "progress" in here.api.get(command_id).json(), seconds=60)
    assert any(map(alive, started(here)))
    lines = logged(logs_client(environment.deployment.stack))
    assert not [line for line in lines if "COMMAND_TOKEN" in line or "perDay" in line]
    # The worker's variables change, so its processes go.
    applied(environment, {})
    eventually(lambda: not any(map(alive, started(here))), seconds=120)
