"""Requests are written down where a file for them is named."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING, Any

from ministack_extensions.recording import Recorder

if TYPE_CHECKING:
    from pathlib import Path

KEY = "AWS4-HMAC-SHA256 Credential={}/20200101/us-east-1/sqs/aws4_request, Signature=abc"


def recorded(folder: Path, *, key: str | None = "test") -> list[dict[str, Any]]:
    """What is noted of one request with the key; the answer is a 400."""
    path = folder / "requests.jsonl"
    said = []

    async def app(_: Any, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            pass
        await send({"type": "http.response.start", "status": 400, "headers": []})
        await send({"type": "http.response.body", "body": b"no"})

    parts = [b'{"a"', b": 1}"]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: Any) -> None:
        said.append(message)

    headers = [(b"X-Amz-Target", b"AmazonSQS.ListQueues"), (b"X-Amz-Security-Token", b"secret")]
    if key:
        headers.append((b"Authorization", KEY.format(key).encode()))
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/a b",
        "raw_path": b"/a%20b",
        "query_string": b"c=1",
        "headers": headers,
    }
    asyncio.run(Recorder(app, str(path))(scope, receive, send))
    assert [it["type"] for it in said] == ["http.response.start", "http.response.body"]
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_a_request_is_written_down(tmp_path: Path) -> None:
    """As it came, with what it was signed for and the status of its answer."""
    assert recorded(tmp_path) == [
        {
            "service": "sqs",
            "region": "us-east-1",
            "method": "POST",
            "path": "/a%20b",
            "query": "c=1",
            "headers": {"x-amz-target": "AmazonSQS.ListQueues"},
            "body": base64.b64encode(b'{"a": 1}').decode(),
            "status": 400,
        }
    ]
    recorded(tmp_path)
    assert len((tmp_path / "requests.jsonl").read_text().splitlines()) == 2, "it is appended"


def test_no_secret_is_written_down(tmp_path: Path) -> None:
    """Neither the signature nor the token of a session."""
    recorded(tmp_path)
    text = (tmp_path / "requests.jsonl").read_text()

    assert "Signature" not in text
    assert "secret" not in text


def test_what_nobody_signed_is_no_request_to_aws(tmp_path: Path) -> None:
    """A client of an API, for example."""
    assert recorded(tmp_path, key=None) == []
