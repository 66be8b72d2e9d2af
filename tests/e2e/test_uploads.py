"""Uploads come and go on a live environment; every line is accounted for."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import requests

from command_client import batch, upload_batch
from tests.e2e.changes import applied
from tests.live import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from tests.environment import Environment

pytestmark = [pytest.mark.long, pytest.mark.timeout(2400)]
ON = {"api": {"submission": "validated", "batches": True, "uploads": True}}
LINES = 2_000
BAD = {17: "{", 18: "", 19: '{"type": "nobody"}', 20: '{"input": {}, "x": 1}'}


def test_every_line_of_an_upload_is_accounted_for(environment: Environment, tmp_path: Path) -> None:
    """Uploaded once, each line a command, counted, followed and listed; then all is gone."""
    outputs = applied(environment, ON)
    endpoint, key = outputs["commands_endpoint"], uuid4().hex
    path = tmp_path / "rows.jsonl"
    good = '{"type": "echo", "input": {"n": %d}}'
    path.write_text("\n".join(BAD.get(n, good % n) for n in range(1, LINES + 1)) + "\n")
    sent: list[int] = []

    begun = time.monotonic()
    taken = upload_batch(endpoint, path, key=key, then={"type": "echo"}, on_sent=sent.append)
    assert sent[-1] == path.stat().st_size

    def ended() -> dict[str, Any] | None:
        shown: Any = batch(endpoint, taken["id"])
        return shown if "resultsUrl" in shown else None

    shown = eventually(ended, seconds=900)
    took = time.monotonic() - begun
    print(f"{LINES:,} lines uploaded, run, counted and listed within {took:.0f} s")
    assert (shown["status"], shown["total"], shown["share"]) == ("ENDED", LINES, 1)
    assert (shown["counts"]["completed"], shown["counts"]["failed"]) == (LINES - 4, 4)
    assert environment.ended(shown["then"]["id"])["status"] == "COMPLETED"

    listed = requests.get(shown["resultsUrl"], timeout=30)
    assert listed.status_code == 200, listed.text[:500]
    results = [json.loads(line) for line in listed.text.splitlines()]
    assert [one["line"] for one in results] == list(range(1, LINES + 1))
    assert {one["line"] for one in results if one["status"] == "FAILED"} == set(BAD)
    assert results[0]["result"]["echo"] == {"n": 1}
    assert {one["error"]["code"] for one in results if "error" in one} == {"invalid_line"}

    # Once more: it is the same batch, and nothing is uploaded.
    sent.clear()
    again = upload_batch(endpoint, path, key=key, then={"type": "echo"}, on_sent=sent.append)
    assert (again["id"], again["status"], sent) == (taken["id"], "RUNNING", [])

    # A body of another size, or with another hash, is not taken by S3.
    body: Any = {"upload": {"bytes": 5, "sha256": "0" * 64}}
    other = requests.post(
        f"{outputs['api_endpoint']}/batches",
        json=body,
        headers={"idempotency-key": uuid4().hex},
        timeout=30,
    ).json()
    place = other["upload"]
    for content in (b"123456", b"12345"):
        answer = requests.put(place["url"], data=content, headers=place["headers"], timeout=30)
        assert 400 <= answer.status_code < 500, answer.text
    # Never uploaded: it has ended as soon as somebody cancels it.
    url = f"{outputs['api_endpoint']}/batches/{other['id']}"
    assert requests.delete(url, timeout=30).status_code == 200
    shown = eventually(lambda: _if_ended(requests.get(url, timeout=30).json()), seconds=60)
    assert shown["total"] == 0

    applied(environment, {"api": {"submission": "validated", "batches": True}})
    refused = requests.post(
        f"{outputs['api_endpoint']}/batches",
        json=body,
        headers={"idempotency-key": uuid4().hex},
        timeout=30,
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_batch")


def _if_ended(shown: dict[str, Any]) -> dict[str, Any] | None:
    return shown if shown["status"] == "ENDED" else None
