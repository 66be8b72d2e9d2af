"""Other services follow a command over HTTP: each new state, until the end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from command_client import InvalidEndpoint, NotEnded, Refused, watch
from command_client.transport import Answer
from tests.unit.command_client.test_waiting import Api, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from command_client import Command


def states(api: Api, **more: Any) -> Iterator[Command]:
    """The states of the command `a=`."""
    world: dict[str, Any] = {"get": api.get, "clock": lambda: api.now, "sleep": api.sleep}
    return watch("https://api/commands", "a=", **world, **more)


def test_each_state_is_told_once_as_often_as_the_api_asks() -> None:
    """Nothing is told that is known: not after a 304, and not after trouble."""
    api = Api(
        [
            Answer(404, {"retry-after": "2"}),
            shown("PENDING", retry_after="3", etag='W/"1"'),
            Answer(304, {"retry-after": "4"}),
            Answer(503, {"retry-after": "5"}),
            shown("PENDING", retry_after="6"),
            shown("PROCESSING"),
            shown("COMPLETED"),
        ]
    )
    assert [one["status"] for one in states(api)] == ["PENDING", "PROCESSING", "COMPLETED"]
    assert api.pauses == [2, 3, 4, 5, 6, 1]


def test_a_further_attempt_is_a_state_of_its_own() -> None:
    """The status alone does not tell it."""
    attempts = [
        Answer(200, body=json.dumps({"status": "PENDING", "attempts": attempt}))
        for attempt in (1, 2)
    ]
    api = Api([*attempts, shown("FAILED")])
    assert [one.get("attempts") for one in states(api)] == [1, 2, None]


def test_whoever_stops_watching_asks_no_more() -> None:
    """Each state is told before the next request."""
    api = Api([shown("PENDING"), shown("COMPLETED")])
    next(states(api))
    assert (len(api.asked), api.pauses) == (1, [])


def test_watching_ends_with_the_time_or_with_a_refusal() -> None:
    """The last state is told first."""
    told: list[Command] = []
    with pytest.raises(NotEnded) as late:
        told.extend(states(Api([shown("PROCESSING", retry_after="30")]), timeout=70))
    assert late.value.last == told[-1]
    refused = states(Api([shown("PENDING"), Answer(403)]))
    assert next(refused)["status"] == "PENDING"
    with pytest.raises(Refused):
        next(refused)


def test_an_endpoint_that_is_none_is_said_at_once() -> None:
    """Not when the first state is asked for."""
    with pytest.raises(InvalidEndpoint):
        watch("ftp://api", "c-1")
