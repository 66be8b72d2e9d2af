"""Recurring schedules with the TypeScript client."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.clients.test_typescript import AWAY, NOW

if TYPE_CHECKING:
    from tests.clients.conftest import ScriptedApi
    from tests.clients.node import Application

pytestmark = pytest.mark.long

SHOWN = {"id": "nightly", "cron": "0 2 * * ? *", "nextRuns": []}
NIGHTLY = {"cron": "0 2 * * ? *", "type": "echo", "enabled": False}
MISSING: tuple[int, dict[str, str], str] = (
    404,
    {},
    json.dumps({"title": "Not Found", "code": "schedule_not_found"}),
)
CLIENT = """
const commands = new Commands(given.url, { headers: { authorization: "Bearer t" } });
"""
PUT = CLIENT + """tell(await failure(commands.putSchedule("nightly", given.wanted)));"""
SHOW = CLIENT + """tell(await failure(commands.schedule("nightly")));"""
DELETE = CLIENT + """tell(await failure(commands.deleteSchedule("nightly")));"""
LIST = (
    CLIENT
    + """
async function all() {
  const found = [];
  for await (const one of commands.schedules()) found.push(one.id);
  return found;
}
tell(await failure(all()));
"""
)


@pytest.mark.parametrize("status", [200, 201])
def test_a_schedule_is_made_until_it_is_answered(
    app: Application, api: ScriptedApi, status: int
) -> None:
    """The same request, beside the commands; whether or not an earlier one had arrived."""
    url = api.gives(AWAY, (503, NOW, ""), (429, NOW, ""), (status, {}, json.dumps(SHOWN)))
    assert app.run(PUT, {"url": url, "wanted": NIGHTLY}) == {"value": SHOWN}
    assert [one["line"] for one in api.asked] == ["PUT /schedules/nightly"] * 4
    assert [json.loads(one["body"]) for one in api.asked] == [NIGHTLY] * 4
    assert {one["headers"]["authorization"] for one in api.asked} == {"Bearer t"}


def test_a_schedule_is_shown(app: Application, api: ScriptedApi) -> None:
    """Again where no answer came."""
    url = api.gives((503, NOW, ""), (200, {}, json.dumps(SHOWN)))
    assert app.run(SHOW, {"url": url}) == {"value": SHOWN}
    assert [one["line"] for one in api.asked] == ["GET /schedules/nightly"] * 2


def test_all_pages_are_listed(app: Application, api: ScriptedApi) -> None:
    """One after the other."""
    first = {"schedules": [{"id": "a"}, {"id": "b"}], "next": "b"}
    last = {"schedules": [{"id": "c"}]}
    url = api.gives(*((200, {}, json.dumps(page)) for page in (first, last)))
    assert app.run(LIST, {"url": url}) == {"value": ["a", "b", "c"]}
    assert [one["line"] for one in api.asked] == [
        *("GET /schedules?limit=100", "GET /schedules?limit=100&after=b"),
    ]


@pytest.mark.parametrize("answer", [(204, {}, ""), MISSING])
def test_a_schedule_is_deleted_whoever_did_it(
    app: Application, api: ScriptedApi, answer: tuple[int, dict[str, str], str]
) -> None:
    """The first request may have had its effect, and no answer."""
    url = api.gives(AWAY, answer)
    assert app.run(DELETE, {"url": url}) == {}
    assert [one["line"] for one in api.asked] == ["DELETE /schedules/nightly"] * 2


@pytest.mark.parametrize(
    "answer",
    [(404, {}, '{"title": "Not Found"}'), (200, {}, "<html>"), (200, {}, "[]"), (200, {}, "null")],
)
@pytest.mark.parametrize("ask", [SHOW, LIST])
def test_another_servers_answer_is_no_schedule(
    app: Application, api: ScriptedApi, answer: tuple[int, dict[str, str], str], ask: str
) -> None:
    """Nor is it asked for again."""
    said = app.run(ask, {"url": api.gives(answer)})
    assert (said["name"], said["status"], len(api.asked)) == ("Refused", answer[0], 1)
