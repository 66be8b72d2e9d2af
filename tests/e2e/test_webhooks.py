"""Endings reach receivers as signed calls, once the environment has webhooks."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks import Webhook

from tests.e2e.changes import applied
from tests.live import eventually
from tests.unit.webhooks.receiver import receiving

if TYPE_CHECKING:
    from tests.environment import Environment

KEY = "webhook-signing-key"


def webhooks(port: int) -> dict[str, Any]:
    """Settings that open this machine to callbacks, and name a receiver for one type."""
    return {
        "secrets": {
            "third-party-api-key": {"description": "Of terraform.tfvars."},
            KEY: {"description": "Signs webhooks."},
        },
        "notifications": {
            "webhooks": {
                "secrets": [KEY],
                "allowed_hosts": ["localhost"],
                "allowed_ports": [port],
                "allow_http": True,
                "allow_loopback": True,
                "endpoints": {
                    "orders": {"url": f"http://localhost:{port}/orders", "types": ["demo"]},
                },
            }
        },
    }


def submit(environment: Environment, url: str) -> str:
    """Submit a command with a callback."""
    body = {"type": "echo", "input": {}, "callback": {"url": url}}
    return environment.api.submit_body(json.dumps(body))


@pytest.mark.long
def test_a_receiver_is_called_and_the_status_says_how_it_went(environment: Environment) -> None:
    """With a signature that the official library accepts; a bad callback fails no command."""
    key = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
    with receiving() as receiver:
        outputs = applied(environment, webhooks(receiver.port))
        environment.client("secretsmanager").put_secret_value(
            SecretId=outputs["secret_names"][KEY], SecretString=key
        )
        named = submit(environment, f"http://localhost:{receiver.port}/commands")
        wrong = submit(environment, "https://elsewhere.example/")

        def callback(command_id: str) -> str:
            shown = environment.api.get(command_id).json()
            return str(shown.get("callback", {}).get("status"))

        eventually(lambda: callback(named) == "delivered", seconds=60)
        eventually(lambda: callback(wrong) == "failed", seconds=60)
        assert environment.ended(wrong)["status"] == "COMPLETED"
        [(path, headers, body)] = receiver.received
        event = Webhook(key).verify(body, dict(headers))
        assert (path, event["data"]["commandId"]) == ("/commands", named)
    outputs = environment.deployment.apply()
    assert set(outputs["notifications"].values()) == {None}
    assert environment.deployment.terraform.plan_is_empty()
