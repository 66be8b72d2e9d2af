"""The demo's receiver tells of genuine calls, once each, and of nothing else."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest
from standardwebhooks import Webhook

from scripts.local.receiver import Receiver
from scripts.local.webhooks import to_this_machine

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY, OTHER = (f"whsec_{b64encode(letter * 32).decode()}" for letter in (b"k", b"o"))
BODY = json.dumps({"data": {"commandId": "order-7", "type": "echo", "status": "COMPLETED"}})


@pytest.fixture
def said() -> list[str]:
    """What the receiver tells."""
    return []


@pytest.fixture
def receiver(said: list[str]) -> Iterator[Receiver]:
    """A receiver that knows the key."""
    with Receiver(0, said.append) as receiver:
        receiver.start(KEY)
        yield receiver


def call(receiver: Receiver, webhook_id: str = "msg-1", key: str = KEY) -> int:
    """Call it as the environment does; the status of its answer."""
    now = datetime.now(UTC)
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(key).sign(webhook_id, now, BODY),
    }
    connection = HTTPConnection("127.0.0.1", receiver.server_port, timeout=10)
    connection.request("POST", "/webhooks", BODY, headers)
    answer = connection.getresponse()
    connection.close()
    return answer.status


def test_a_call_with_another_signature_is_refused(receiver: Receiver, said: list[str]) -> None:
    """And does not count."""
    assert call(receiver, key=OTHER) == 400
    assert not receiver.heard(1, seconds=0)
    assert [line.partition(",")[0] for line in said] == ["Webhook:  refused"]


def test_a_call_is_told_once(receiver: Receiver, said: list[str]) -> None:
    """With the command, its type and its status; a repeat is answered like the first."""
    assert [call(receiver), call(receiver), call(receiver, "msg-2")] == [204, 204, 204]
    assert receiver.heard(2, seconds=0)
    assert said == [
        f"Webhook:  order-7 echo COMPLETED, signature verified, id {webhook_id}…"
        for webhook_id in ("msg-1", "msg-2")
    ]


def test_a_port_that_is_taken_is_an_error(receiver: Receiver) -> None:
    """The demo then takes another one."""
    with pytest.raises(OSError, match="in use"):
        Receiver(receiver.server_port, print)


def test_an_environment_keeps_its_secrets_and_calls_nobody_else() -> None:
    """Its own receivers are not called by a demo."""
    own = {"secrets": ["hooks"], "endpoints": {"billing": {"url": "https://billing.example.com/"}}}
    given = {
        "secrets": {"hooks": {"description": "Own."}},
        "notifications": {"webhooks": own, "push": {}},
    }
    changed = to_this_machine(given, 4711)
    assert changed["secrets"] == given["secrets"]
    assert changed["notifications"]["push"] == {}
    webhooks = changed["notifications"]["webhooks"]
    assert webhooks["secrets"] == ["hooks"]
    assert (webhooks["allowed_hosts"], webhooks["allowed_ports"]) == (["localhost"], [4711])
    assert "endpoints" not in webhooks
