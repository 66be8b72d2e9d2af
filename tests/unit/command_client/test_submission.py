"""Other services submit commands over HTTP, again where that is safe."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from command_client import InvalidEndpoint, Refused, Unreachable, submit
from command_client.transport import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

TAKEN = Answer(202, {"x-command-id": "c-1"})
AWAY = Unreachable("reset")


@pytest.fixture(autouse=True)
def _whole_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses without their spread."""
    monkeypatch.setattr("random.random", lambda: 1.0)


@dataclass
class Api:
    """An API that gives these answers, the last one for ever, and a clock that sleeping turns."""

    answers: list[Answer | Exception]
    now: float = 0.0
    asked: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)

    def send(
        self, method: str, url: str, body: str, headers: Mapping[str, str], _seconds: float
    ) -> Answer:
        """The next answer."""
        self.asked.append((method, url))
        self.bodies.append(json.loads(body) if body else None)
        self.headers = headers
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def sleep(self, seconds: float) -> None:
        """Turn the clock."""
        self.now += seconds

    def submit(self, **more: Any) -> str:
        """Submit an `echo`."""
        world: dict[str, Any] = {"send": self.send, "sleep": self.sleep}
        return submit(
            "https://api/commands/", "echo", {"n": 1}, clock=lambda: self.now, **world, **more
        )


def world(api: Api) -> dict[str, Any]:
    """What the functions take from a test."""
    return {"send": api.send, "clock": lambda: api.now, "sleep": api.sleep}


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({}, ("POST", "https://api/priorities/high/commands")),
        ({"command_id": "a="}, ("PUT", "https://api/priorities/high/commands/a%3D")),
    ],
)
def test_a_priority_is_a_path_of_the_same_api(options: Any, asked: tuple[str, str]) -> None:
    """Which every kind of API has; the body is the same as without."""
    api = Api([TAKEN])
    api.submit(priority="high", **options)
    assert api.asked == [asked]
    assert api.bodies == [{"type": "echo", "input": {"n": 1}}]


def test_no_text_of_a_priority_leaves_its_place_in_the_path() -> None:
    """The API then says that it knows none of that name."""
    api = Api([Answer(404)])
    with pytest.raises(Refused):
        api.submit(priority="../../batches")
    assert api.asked == [("POST", "https://api/priorities/..%2F..%2Fbatches/commands")]


@pytest.mark.parametrize("answer", [Answer(500), Answer(503), Answer(504), AWAY])
def test_a_request_that_may_have_been_accepted_is_not_repeated(answer: Answer | Exception) -> None:
    """It would be a second command."""
    api = Api([answer, TAKEN])
    with pytest.raises((Refused, Unreachable)):
        api.submit()
    assert api.asked == [("POST", "https://api/commands")]


@pytest.mark.parametrize("safe", [{"command_id": "a="}, {"key": "k-1"}])
def test_a_request_that_is_safe_is_repeated(safe: dict[str, str]) -> None:
    """The same one, with growing pauses."""
    api = Api([AWAY, Answer(503), Answer(429, {"retry-after": "9"}), Answer(504), TAKEN])
    assert api.submit(**safe) == safe.get("command_id", "c-1")
    assert len({*api.asked}) == 1
    assert api.bodies == 5 * [{"type": "echo", "input": {"n": 1}}]
    assert api.now == 1 + 2 + 9 + 8


def test_an_id_of_ones_own_is_put() -> None:
    """As a part of the path, whatever it consists of."""
    api = Api([Answer(202)])
    assert api.submit(command_id="a=") == "a="
    assert api.asked == [("PUT", "https://api/commands/a%3D")]


def test_what_is_throttled_was_not_accepted() -> None:
    """It is sent again, and as long as the time given allows."""
    assert Api([Answer(429), TAKEN]).submit() == "c-1"
    api = Api([Answer(429, {"retry-after": "20"})])
    with pytest.raises(Refused, match="429"):
        api.submit(timeout=50)
    assert (len(api.asked), api.now) == (3, 40)


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 409, 422])
def test_a_refusal_is_final(status: int) -> None:
    """The problem document says why."""
    api = Api([Answer(status, body='{"title": "No", "detail": "Not so."}'), TAKEN])
    with pytest.raises(Refused, match="Not so") as refused:
        api.submit(command_id="c-1")
    assert (refused.value.status, len(api.asked)) == (status, 1)


def test_a_wrong_host_is_not_asked_again() -> None:
    """Nor does an answer without an id count as one of the API."""
    with pytest.raises(Unreachable):
        Api([Unreachable("no such host", permanent=True), TAKEN]).submit(key="k-1")
    with pytest.raises(Refused, match="names no command"):
        Api([Answer(202)]).submit()
    with pytest.raises(InvalidEndpoint):
        submit("api/commands", "echo")


def test_a_callback_is_a_part_of_the_body() -> None:
    """As the API reads it, each time that the request is made."""
    api = Api([Answer(503), TAKEN])
    named = {"url": "https://hooks.example.com/", "includeResult": True}
    api.submit(command_id="c-1", callback=named)
    assert api.bodies == 2 * [{"type": "echo", "input": {"n": 1}, "callback": named}]


def test_headers_go_along() -> None:
    """A token, and the key as the API spells it."""
    api = Api([TAKEN])
    api.submit(headers={"authorization": "Bearer t"}, key="k-1")
    assert api.headers == {
        "content-type": "application/json",
        "authorization": "Bearer t",
        "idempotency-key": "k-1",
    }


def test_times_go_along() -> None:
    """As the API reads them: with an offset."""
    api = Api([TAKEN])
    at = datetime(2030, 12, 24, 17, tzinfo=UTC)
    api.submit(expires_at=at, delay_seconds=60)
    [body] = api.bodies
    assert body["delaySeconds"] == 60
    assert datetime.fromisoformat(body["expiresAt"]) == at
    assert "notBefore" not in body
