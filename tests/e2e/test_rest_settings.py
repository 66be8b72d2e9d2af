"""A REST API comes and goes on a live environment, and its own settings do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.changes import applied, assert_all_completed
from tests.e2e.prober import Prober
from tests.e2e.walk import BESIDE, ORIGIN, variables
from tests.environment import applied as fresh

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.walk import State
    from tests.environment import Environment
    from tests.issuer import Issuer

# They are the same all the time.
ROUTES = {
    "DELETE /commands/{id}",
    "GET /commands/{id}",
    "GET /openapi.json",
    "POST /commands",
    "POST /submit",
}
STATES: list[State] = [{}, {"origins": "one"}, {"authentication": "iam"}, {}]


def settings(n: int) -> dict[str, Any]:
    """The n-th state of a REST API, with other settings of what comes and goes beside it."""
    beside = {feature: list(values)[n % len(values)] for feature, values in BESIDE.items()}
    found = variables({**STATES[n], **beside}, {})
    return {**found, "api": {**found["api"], "type": "rest"}, "routes": {}}


def test_a_rest_api_meets_every_setting_beside_it() -> None:
    """Each of them is there at least once while the API is a REST API."""
    for feature, values in BESIDE.items():
        seen = {n % len(values) for n in range(len(STATES))}
        assert len(seen) == len(values), feature


@pytest.mark.long
@pytest.mark.timeout(2400)
@pytest.mark.usefixtures("recording")
def test_a_rest_api_comes_and_goes(tmp_path: Path, issuer: Issuer) -> None:
    """It has another URL, and so has the HTTP API that comes after it.

    What was queued before completes, and no change of it loses a command.
    """
    with fresh(tmp_path) as environment:
        assert_it_comes_and_goes(environment, issuer)


def assert_it_comes_and_goes(environment: Environment, issuer: Issuer) -> None:
    """In an environment whose URL no other test speaks to afterwards."""
    accepted = {environment.api.submit("demo", {"sleep_seconds": 2})}
    endpoint = applied(environment, settings(0))["api_endpoint"]
    preflight = {"origin": ORIGIN, "access-control-request-method": "POST"}
    allowed = []
    for n in range(1, len(STATES)):
        with Prober(environment, endpoint, ROUTES, issuer) as prober:
            outputs = applied(environment, settings(n))
        assert outputs["api_endpoint"] == endpoint
        assert prober.unknown == prober.failed == []
        accepted |= prober.accepted
        answer = replace(environment.api, endpoint=endpoint).request(
            "OPTIONS", "/commands", None, preflight
        )
        allowed.append(answer.headers.get("access-control-allow-origin"))
    applied(environment, {})

    assert allowed == [ORIGIN, None, None]
    assert_all_completed(environment, accepted)
