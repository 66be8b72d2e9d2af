"""Other services make recurring schedules, show, list and delete them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from command_client import (
    InvalidEndpoint,
    Refused,
    Unreachable,
    delete_schedule,
    put_schedule,
    schedule,
    schedules,
)
from command_client.transport import Answer
from tests.unit.command_client.test_submission import Api, world

if TYPE_CHECKING:
    from command_client import ScheduleRequest

SHOWN: dict[str, Any] = {"id": "nightly", "cron": "0 2 * * ? *", "nextRuns": []}
NIGHTLY: ScheduleRequest = {"cron": "0 2 * * ? *", "type": "echo", "enabled": False}
MISSING = Answer(404, body='{"title": "Not Found", "code": "schedule_not_found", "detail": "No."}')


def _answer(body: object, status: int = 200) -> Answer:
    return Answer(status, {}, json.dumps(body))


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("endpoint", ["https://api/v1/commands/", "https://api/v1/commands"])
def test_a_schedule_is_made_until_it_is_answered(endpoint: str, status: int) -> None:
    """The same request, beside the commands; whether or not an earlier one had arrived."""
    api = Api([Unreachable("reset"), Answer(503), Answer(429), _answer(SHOWN, status)])
    told: Any = {"headers": {"authorization": "Bearer t"}}
    assert put_schedule(endpoint, "nightly", NIGHTLY, **told, **world(api)) == SHOWN
    assert api.asked == 4 * [("PUT", "https://api/v1/schedules/nightly")]
    assert api.bodies == 4 * [NIGHTLY]
    assert api.headers["authorization"] == "Bearer t"
    assert api.headers["content-type"] == "application/json"


def test_a_schedule_is_shown() -> None:
    """Whatever its id consists of, the path has one part."""
    api = Api([Answer(503), _answer(SHOWN)])
    assert schedule("https://api/commands", "a/b", **world(api)) == SHOWN
    assert api.asked == 2 * [("GET", "https://api/schedules/a%2Fb")]


def test_all_pages_are_listed() -> None:
    """Each when it is asked for."""
    rows = [{**SHOWN, "id": name} for name in ("a", "b", "c")]
    first, last = {"schedules": rows[:2], "next": "b"}, {"schedules": rows[2:]}
    api = Api([_answer(first), Answer(500), _answer(last)])
    found = schedules("https://api/commands", **world(api))
    assert next(found) == rows[0]
    assert len(api.asked) == 1
    assert [*found] == rows[1:]
    assert [url for _, url in api.asked] == [
        "https://api/schedules?limit=100",
        *2 * ["https://api/schedules?limit=100&after=b"],
    ]


def test_a_schedule_is_deleted_whoever_did_it() -> None:
    """The first request may have had its effect, and no answer."""
    api = Api([Unreachable("reset"), MISSING])
    delete_schedule("https://api/commands", "nightly", **world(api))
    assert api.asked == 2 * [("DELETE", "https://api/schedules/nightly")]
    delete_schedule("https://api/commands", "nightly", **world(Api([Answer(204)])))


@pytest.mark.parametrize("answer", [Answer(403), Answer(404, body='{"message": "Not Found"}')])
def test_a_path_that_leads_nowhere_is_no_deletion(answer: Answer) -> None:
    """Nor is a refusal."""
    with pytest.raises(Refused):
        delete_schedule("https://api/commands", "nightly", **world(Api([answer])))


def test_a_refusal_says_what_is_wrong() -> None:
    """By its pointer and its code."""
    errors = [{"pointer": "#/cron", "detail": "must have six fields"}]
    said = {"title": "No", "detail": "Not so.", "code": "invalid_schedule", "errors": errors}
    with pytest.raises(Refused, match="#/cron must have six fields") as refused:
        put_schedule("https://api/commands", "a", NIGHTLY, **world(Api([_answer(said, 422)])))
    assert refused.value.code == "invalid_schedule"


@pytest.mark.parametrize("body", ["", "[]", "<html>", '{"ok": true}', '{"id": 7, "nextRuns": []}'])
def test_another_servers_answer_is_no_schedule(body: str) -> None:
    """A proxy's page, say."""
    with pytest.raises(Refused, match="check the URL"):
        schedule("https://api/commands", "a", **world(Api([Answer(200, {}, body)])))
    with pytest.raises(Refused, match="check the URL"):
        [*schedules("https://api/commands", **world(Api([Answer(200, {}, body)])))]


def test_an_endpoint_is_a_url() -> None:
    """Nothing is asked otherwise."""
    with pytest.raises(InvalidEndpoint):
        put_schedule("api/commands", "nightly", NIGHTLY)
