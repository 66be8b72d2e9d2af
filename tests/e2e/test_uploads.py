"""Uploads come and go on a live environment; every line is accounted for."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import signal
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple
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
# Lines of an upload of 100 MB, of which the test waits for some to run.
MANY, RUN = 20_000, 300
BAD = {17: "{", 18: "", 19: '{"type": "nobody"}', 20: '{"input": {}, "x": 1}'}


def test_an_upload_goes_on_after_ctrl_c_and_ends_when_cancelled(
    environment: Environment, tmp_path: Path
) -> None:
    """One batch of the whole file; what has run and what is cancelled add up, and no more runs."""
    outputs = applied(environment, ON)
    path = tmp_path / "rows.jsonl"
    # So large that it is interrupted on its way. Each second line waits for longer than the test.
    text, waits = "x" * 5_000, ', "delaySeconds": 900'
    line = '{"type": "echo", "input": {"n": %d, "text": "%s"}%s}\n'
    with path.open("w") as file:
        file.writelines(line % (n, text, "" if n % 2 else waits) for n in range(1, MANY + 1))
    known = _batches(environment)
    interrupted = _submitted(path, outputs["commands_endpoint"], interrupt_at=20)
    assert (interrupted.code, interrupted.batch_id) == (130, "")
    assert 20 <= interrupted.share < 100, interrupted
    begun = _submitted(path, outputs["commands_endpoint"])
    again = _submitted(path, outputs["commands_endpoint"])
    assert (begun.code, begun.share, again.code) == (0, 100, 0)
    assert _batches(environment) - known == {begun.batch_id} == {again.batch_id}
    url = f"{outputs['api_endpoint']}/batches/{begun.batch_id}"

    def shown() -> dict[str, Any]:
        found: dict[str, Any] = requests.get(url, timeout=60).json()
        return found

    shown_first = eventually(
        lambda: found if (found := shown())["counts"]["completed"] >= RUN else None, seconds=900
    )
    assert shown_first["upload"]["bytes"] == path.stat().st_size
    assert requests.delete(url, timeout=60).status_code == 200
    ended = eventually(lambda: _if_ended(shown()), seconds=300)
    counts = ended["counts"]
    print(f"{counts} of {MANY:,} lines when it was cancelled")
    assert counts["completed"] + counts["cancelled"] == ended["total"] == sum(counts.values())
    # Those that wait are still to come: whatever was submitted of them is cancelled.
    assert counts["cancelled"] >= ended["total"] // 2
    eventually(lambda: not environment.depth("sqs_queue_url"), seconds=60)
    records = _members(environment, begun.batch_id)
    assert Counter(one["status"]["S"] for one in records) == {
        "COMPLETED": counts["completed"],
        "CANCELLED": counts["cancelled"],
    }
    assert {one["id"]["S"] for one in records} == {
        f"{begun.batch_id}.{n}" for n in range(1, ended["total"] + 1)
    }


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


class Submitted(NamedTuple):
    """What the tool has said on a terminal."""

    code: int
    batch_id: str
    # Of the progress bar, at last, in percent; 0 where nothing had to be uploaded.
    share: int


def _submitted(path: Path, endpoint: str, *, interrupt_at: int = 101) -> Submitted:
    """Run the tool on a terminal, and press Ctrl-C once its progress bar has come that far."""
    words = [sys.executable, "-m", "scripts.batches", "submit", str(path), "--endpoint", endpoint]
    process, terminal = pty.fork()
    if not process:
        os.execv(words[0], words)  # noqa: S606 - this very Python
    said, pressed, share = b"", False, 0
    with contextlib.suppress(OSError):  # the other end is closed at its end
        while some := os.read(terminal, 65_536):
            said += some
            share = max(map(int, re.findall(rb"(\d+)%", said)), default=0)
            if share >= interrupt_at and not pressed:
                os.kill(process, signal.SIGINT)
                pressed = True
    os.close(terminal)
    _, status = os.waitpid(process, 0)
    ids = re.findall(rb"key-[0-9a-f]{40}", said)
    batch_id = ids[0].decode() if ids else ""
    return Submitted(os.waitstatus_to_exitcode(status), batch_id, share)


def _batches(environment: Environment) -> set[str]:
    """The ids of all batches."""
    dynamodb = environment.client("dynamodb")
    [table] = [one for one in dynamodb.list_tables()["TableNames"] if one.endswith("-batches")]
    return {one["id"]["S"] for one in dynamodb.scan(TableName=table)["Items"]}


def _members(environment: Environment, batch_id: str) -> list[dict[str, Any]]:
    """The records of a batch's commands."""
    dynamodb, table = environment.client("dynamodb"), environment.outputs["dynamodb_table_name"]
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    items = (item for page in pages for item in page["Items"])
    return [one for one in items if one["id"]["S"].startswith(f"{batch_id}.")]


def _if_ended(shown: dict[str, Any]) -> dict[str, Any] | None:
    return shown if shown["status"] == "ENDED" else None
