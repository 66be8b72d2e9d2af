"""Batches come and go on a live environment, and are counted to the command."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import requests

from tests.e2e.changes import applied
from tests.live import eventually

if TYPE_CHECKING:
    from tests.environment import Environment

pytestmark = [pytest.mark.long, pytest.mark.timeout(2400)]
ON = {"api": {"submission": "validated", "batches": True}}
NUMBERS = {"pending": 0, "processing": 0, "completed": 0, "failed": 0, "cancelled": 0}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _submitted(api: str, body: dict[str, Any], key: str) -> dict[str, Any]:
    answer = requests.post(
        f"{api}/batches", json=body, headers={"idempotency-key": key}, timeout=30
    )
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"batches/{answer.json()['id']}"
    found: dict[str, Any] = answer.json()
    return found


def _ended(api: str, batch_id: str) -> dict[str, Any]:
    def shown() -> dict[str, Any] | None:
        found: dict[str, Any] = requests.get(f"{api}/batches/{batch_id}", timeout=30).json()
        return found if found["status"] == "ENDED" else None

    return eventually(shown, seconds=90)


def test_batches_come_and_go_and_count_every_command(environment: Environment) -> None:
    """Submitted twice, counted once, followed once, cancelled; and nothing is left of them."""
    outputs = applied(environment, ON)
    api: str = outputs["api_endpoint"]
    bad = {"type": "demo", "input": {"reject": True}}
    commands = [*({"type": "echo", "input": {"n": n}} for n in range(40)), bad]
    body = {"commands": commands, "then": {"type": "echo", "input": {"text": "imported"}}}
    key = uuid4().hex

    begun = time.monotonic()
    batch = _submitted(api, body, key)
    assert _submitted(api, body, key) == batch
    shown = _ended(api, batch["id"])
    took = time.monotonic() - begun

    assert (shown["total"], shown["share"]) == (41, 1)
    assert shown["counts"] == {**NUMBERS, "completed": 40, "failed": 1}
    ended = environment.ended(shown["then"]["id"])
    assert (ended["status"], ended["attempts"]) == ("COMPLETED", 1)
    last = max(environment.ended(f"{batch['id']}.{n}")["updatedAt"] for n in range(41))
    behind = (_time(shown["endedAt"]) - _time(last)).total_seconds()
    print(f"41 commands counted within {took:.1f} s, {behind:.2f} s after the last one had ended")
    # On AWS the bar is two seconds; here everything shares one machine.
    assert 0 <= behind < 10

    later = {"commands": [{"input": {"n": n}, "delaySeconds": 600} for n in range(3)]}
    waiting = _submitted(api, later, uuid4().hex)
    answer = requests.delete(f"{api}/batches/{waiting['id']}", timeout=30)
    assert answer.status_code == 200, answer.text
    assert _ended(api, waiting["id"])["counts"] == {**NUMBERS, "cancelled": 3}

    applied(environment, {"api": {"submission": "validated"}})
    # API Gateway knows no such path any more.
    assert requests.get(f"{api}/batches/{batch['id']}", timeout=30).status_code == 404
