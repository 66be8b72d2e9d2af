"""Other services submit commands as one batch, and ask what has become of them."""

from __future__ import annotations

from typing import Any

import pytest

from command_client import InvalidEndpoint, Refused, Unreachable, batch, submit_batch
from command_client.transport import Answer
from tests.unit.command_client.test_submission import Api, world

TAKEN = Answer(202, {}, '{"id": "key-7", "status": "RUNNING", "total": 2}')
SHOWN = Answer(200, {}, '{"id": "key-7", "status": "ENDED", "total": 2, "share": 1}')
TWO: Any = [{"type": "echo", "input": {"n": 1}}, {"type": "echo", "delaySeconds": 5}]
THEN: Any = {"when": "all_succeeded", "type": "echo"}


@pytest.mark.parametrize("endpoint", ["https://api/v1/commands/", "https://api/v1/commands"])
def test_a_batch_is_submitted_until_it_is_answered(endpoint: str) -> None:
    """The same request, beside the commands, with its key."""
    api = Api([Unreachable("reset"), Answer(503), Answer(429), TAKEN])
    told = {"key": "i-7", "then": THEN, "headers": {"authorization": "Bearer t"}}
    assert submit_batch(endpoint, TWO, **told, **world(api)) == "key-7"
    assert api.asked == 4 * [("POST", "https://api/v1/batches")]
    assert api.bodies == 4 * [{"commands": TWO, "then": THEN}]
    assert (api.headers["idempotency-key"], api.headers["authorization"]) == ("i-7", "Bearer t")


def test_without_a_follower_nothing_is_said_of_one() -> None:
    """An API refuses a null."""
    api = Api([TAKEN])
    submit_batch("https://api/commands", TWO, key="i-7", **world(api))
    assert api.bodies == [{"commands": TWO}]


def test_a_batch_is_asked_for_by_its_id() -> None:
    """Again where no answer came; whatever the id consists of."""
    api = Api([Answer(503), SHOWN])
    assert batch("https://api/commands", "key=7", **world(api)) == SHOWN.json()
    assert api.asked == 2 * [("GET", "https://api/batches/key%3D7")]


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409, 413, 422])
def test_a_refusal_is_final(status: int) -> None:
    """The problem document says why."""
    api = Api([Answer(status, body='{"title": "No", "detail": "Not so."}'), TAKEN])
    with pytest.raises(Refused, match="Not so") as refused:
        submit_batch("https://api/commands", TWO, key="i-7", **world(api))
    assert (refused.value.status, len(api.asked)) == (status, 1)


@pytest.mark.parametrize("body", ["", "[]", "<html>", '{"ok": true}', '{"id": 7, "total": 1}'])
def test_another_servers_answer_is_no_batch(body: str) -> None:
    """A proxy's page, say."""
    with pytest.raises(Refused, match="check the URL"):
        batch("https://api/commands", "key-7", **world(Api([Answer(200, {}, body)])))


def test_the_time_is_limited() -> None:
    """The last answer says why."""
    api = Api([Answer(503)])
    with pytest.raises(Refused, match="503"):
        submit_batch("https://api/commands", TWO, key="i-7", timeout=20, **world(api))
    assert api.now <= 20


def test_an_endpoint_is_a_url() -> None:
    """Nothing is asked otherwise."""
    with pytest.raises(InvalidEndpoint):
        batch("api/commands", "key-7")
