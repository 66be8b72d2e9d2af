"""Settings are turned on and off on a live environment, while commands come in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.stream import Stream
from tests.issuer import AUDIENCE, local_issuer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.environment import Environment

pytestmark = pytest.mark.long

KEPT = ("sqs_queue_url", "sqs_dlq_url", "dynamodb_table_name", "commands_endpoint")
# Each is applied to what stands there, and taken back.
SETTINGS: dict[str, dict[str, Any]] = {
    "validated": {"api": {"submission": "validated"}},
    "no routes and no examples": {"routes": {}, "examples": {"demo": True}},
    "index, tracing, origins": {
        "commands": {"index": True},
        "monitoring": {"tracing": True},
        "cors_allow_origins": ["https://app.example.com"],
    },
}


@pytest.fixture
def issuer_url() -> Iterator[str]:
    """An issuer of tokens that can be reached while it is named."""
    with local_issuer() as issuer:
        yield issuer.url


def applied(environment: Environment, settings: dict[str, Any]) -> dict[str, Any]:
    """The outputs with these settings beside the environment's own; a second plan is empty."""
    before = environment.deployment
    changed = replace(before, variables={**before.variables, **settings})
    outputs = changed.apply()
    assert changed.terraform.plan_is_empty()
    return outputs


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_comes_and_goes_under_load(environment: Environment, setting: str) -> None:
    """Each apply succeeds at once, every request is accepted, and every command completes."""
    with Stream(environment.api) as stream:
        there = applied(environment, SETTINGS[setting])
        back = applied(environment, {})

    for outputs in (there, back):
        assert {it: outputs[it] for it in KEPT} == {it: environment.outputs[it] for it in KEPT}
    ended = {environment.ended(one)["status"] for one in stream.echoes + stream.demos}
    assert ended == {"COMPLETED"}


@pytest.mark.parametrize("owners", ["jwt", "jwt and a fair queue"])
def test_a_setting_that_clients_notice_comes_and_goes(
    environment: Environment, issuer_url: str, owners: str
) -> None:
    """Tokens and fair turns: what was queued before still completes.

    That a REST API comes and goes is asked by tests/api: it gives the API another URL.
    """
    token = {"mode": "jwt", "issuer": issuer_url, "audience": [AUDIENCE]}
    settings: dict[str, dict[str, Any]] = {
        "jwt": {"api": {"authentication": token}},
        "jwt and a fair queue": {"api": {"authentication": token, "fair_queue": True}},
    }
    before = environment.api.submit("demo", {"sleep_seconds": 2})
    for outputs in (applied(environment, settings[owners]), applied(environment, {})):
        assert {it: outputs[it] for it in KEPT} == {it: environment.outputs[it] for it in KEPT}
    after = environment.api.submit("echo", {})
    assert {environment.ended(one)["status"] for one in (before, after)} == {"COMPLETED"}
