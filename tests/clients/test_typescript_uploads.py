"""Uploads with the TypeScript client."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from tests.clients.test_typescript import NOW

if TYPE_CHECKING:
    from tests.clients.conftest import ScriptedApi
    from tests.clients.node import Application

pytestmark = pytest.mark.long

LINES = '{"type": "echo"}\n{"type": "echo"}\n'
UPLOAD = """
const commands = new Commands(given.url, { headers: { authorization: "Bearer t" } });
tell(await failure(commands.uploadBatch(new Blob([given.lines]), { key: "i-7" })));
"""


def test_a_file_is_uploaded_once_its_place_is_known(app: Application, api: ScriptedApi) -> None:
    """Its length and hash are in the request; S3 gets no token."""
    # The scripted server answers in turn, whatever is asked.
    place = {
        "url": f"{api.url.removesuffix('/commands')}/put?x=1",
        "headers": {"content-type": "application/jsonl"},
    }
    taken = {"id": "key-7", "status": "UPLOADING", "total": 0, "upload": place}
    url = api.gives((202, {}, json.dumps(taken)), (503, NOW, ""), (200, {}, ""))
    said = app.run(UPLOAD, {"url": url, "lines": LINES})
    assert said["value"]["id"] == "key-7"
    first, *puts = api.asked
    assert json.loads(first["body"])["upload"] == {
        "bytes": len(LINES),
        "sha256": sha256(LINES.encode()).hexdigest(),
    }
    assert [one["line"] for one in puts] == ["PUT /put?x=1"] * 2
    assert {one["body"] for one in puts} == {LINES}
    assert all("authorization" not in one["headers"] for one in puts)


def test_what_is_uploaded_already_is_not_uploaded_again(app: Application, api: ScriptedApi) -> None:
    """The API names no place any more."""
    taken = {"id": "key-7", "status": "SUBMITTING", "total": 2}
    url = api.gives((202, {}, json.dumps(taken)))
    assert app.run(UPLOAD, {"url": url, "lines": LINES}) == {"value": taken}
    assert len(api.asked) == 1
