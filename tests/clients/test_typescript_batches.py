"""Batches with the TypeScript client."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.clients.test_typescript import AWAY, NOW

if TYPE_CHECKING:
    from tests.clients.conftest import ScriptedApi
    from tests.clients.node import Application

pytestmark = pytest.mark.long

TWO = [{"type": "echo", "input": {"n": 1}}, {"type": "echo", "input": {}}]
THEN = {"when": "all_succeeded", "type": "echo"}
SHOWN = {"id": "key=7", "status": "ENDED", "total": 2, "share": 1}
SUBMIT = """
const commands = new Commands(given.url, { headers: { authorization: "Bearer t" } });
tell(await failure(commands.submitBatch(given.commands, given.options)));
"""
SHOW = """
const commands = new Commands(given.url, { headers: { authorization: "Bearer t" } });
tell(await failure(commands.batch("key=7")));
"""


@pytest.mark.parametrize(("then", "named"), [(THEN, {"then": THEN}), (None, {})])
def test_a_batch_is_submitted_until_it_is_answered(
    app: Application, api: ScriptedApi, then: object, named: dict[str, object]
) -> None:
    """The same request, beside the commands, with its key."""
    taken: tuple[int, dict[str, str], str] = (
        202,
        {},
        json.dumps({"id": "key=7", "status": "RUNNING", "total": 2}),
    )
    url = api.gives(AWAY, (503, NOW, ""), (429, NOW, ""), taken)
    options = {"key": "i-7"} | ({"then": then} if then else {})
    said = app.run(SUBMIT, {"url": url, "commands": TWO, "options": options})
    assert said == {"value": "key=7"}
    assert [one["line"] for one in api.asked] == ["POST /batches"] * 4
    assert [json.loads(one["body"]) for one in api.asked] == [{"commands": TWO, **named}] * 4
    assert {one["headers"]["idempotency-key"] for one in api.asked} == {"i-7"}
    assert {one["headers"]["authorization"] for one in api.asked} == {"Bearer t"}


def test_a_batch_is_asked_for_by_its_id(app: Application, api: ScriptedApi) -> None:
    """Again where no answer came."""
    url = api.gives((503, NOW, ""), (200, {}, json.dumps(SHOWN)))
    assert app.run(SHOW, {"url": url}) == {"value": SHOWN}
    assert [one["line"] for one in api.asked] == ["GET /batches/key%3D7"] * 2


@pytest.mark.parametrize(
    "answer",
    [(404, {}, '{"title": "Not Found"}'), (200, {}, "<html>"), (200, {}, "[]"), (200, {}, "null")],
)
def test_what_is_refused_is_not_repeated(
    app: Application, api: ScriptedApi, answer: tuple[int, dict[str, str], str]
) -> None:
    """Nor is another server's answer a batch."""
    said = app.run(SHOW, {"url": api.gives(answer)})
    assert (said["name"], said["status"], len(api.asked)) == ("Refused", answer[0], 1)
