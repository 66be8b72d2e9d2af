"""Every granted action of the function for schedules of clients is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import requests

from tests.e2e.changes import with_settings
from tests.e2e.test_least_privilege import assert_needed, granted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.environment import Environment

pytestmark = [pytest.mark.long, pytest.mark.timeout(2400), pytest.mark.xdist_group("scheduling")]

SETTINGS = {"api": {"submission": "validated", "schedules": True}}
ACTIONS = (
    *("scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:GetSchedule"),
    *("scheduler:ListSchedules", "scheduler:UpdateSchedule", "iam:PassRole"),
)


@pytest.fixture(scope="module")
def scheduling(environment: Environment) -> Iterator[Environment]:
    """The environment with schedules of clients; afterwards without."""
    with with_settings(environment, SETTINGS) as found:
        yield found


def it_keeps_schedules(environment: Environment) -> bool:
    """One is made, replaced, shown, listed and deleted."""
    every = f"{environment.outputs['api_endpoint']}/schedules"
    url, wanted = f"{every}/probe-{uuid4().hex[:16]}", {"cron": "0 0 29 2 ? *", "type": "echo"}
    answers = [requests.put(url, json=wanted, timeout=30) for _ in range(2)]
    answers += [requests.get(it, timeout=30) for it in (url, every)]
    answers.append(requests.delete(url, timeout=30))
    return [one.status_code for one in answers] == [201, 200, 200, 200, 204]


def test_every_grant_for_schedules_of_clients_has_a_probe(scheduling: Environment) -> None:
    """None is one too many."""
    assert granted(scheduling, {"schedules"}) == {("schedules", action) for action in ACTIONS}


@pytest.mark.parametrize("action", ACTIONS)
def test_what_a_grant_for_schedules_of_clients_is_needed_for(
    scheduling: Environment, action: str
) -> None:
    """What works with the grant does not without it."""
    assert_needed(scheduling, "schedules", action, it_keeps_schedules)
