"""A REST API comes and goes on a live environment, and its own settings do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.changes import applied, assert_all_completed
from tests.e2e.prober import Prober
from tests.e2e.walk import ORIGIN

if TYPE_CHECKING:
    from tests.environment import Environment
    from tests.issuer import Issuer

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]

REST: dict[str, Any] = {"type": "rest"}
NO_ROUTES: dict[str, Any] = {"routes": {}}
# They are the same all the time.
ROUTES = {
    "DELETE /commands/{id}",
    "GET /commands/{id}",
    "GET /openapi.json",
    "POST /commands",
    "POST /submit",
}
SETTINGS: list[dict[str, Any]] = [
    {"api": REST, "cors_allow_origins": [ORIGIN]},
    {"api": {**REST, "authentication": {"mode": "iam"}}},
    {"api": REST},
]


def test_a_rest_api_comes_and_goes(environment: Environment, issuer: Issuer) -> None:
    """It has another URL. What was queued before completes, and no change of it loses a command."""
    accepted = {environment.api.submit("demo", {"sleep_seconds": 2})}
    endpoint = applied(environment, {"api": REST, **NO_ROUTES})["api_endpoint"]
    preflight = {"origin": ORIGIN, "access-control-request-method": "POST"}
    allowed = []
    for settings in SETTINGS:
        with Prober(environment, endpoint, ROUTES, issuer) as prober:
            outputs = applied(environment, {**settings, **NO_ROUTES})
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
