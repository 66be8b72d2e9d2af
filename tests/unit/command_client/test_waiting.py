"""Other services wait for commands over HTTP."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from command_client import InvalidEndpoint, NotEnded, Refused, Unreachable, wait
from command_client.answers import retry_after
from command_client.transport import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_client import Command


@pytest.fixture(autouse=True)
def _whole_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses without their spread."""
    monkeypatch.setattr("random.random", lambda: 1.0)


@dataclass
class Api:
    """An API that gives these answers, one after the other, and a clock that sleeping turns."""

    answers: list[Answer | Exception]
    now: float = 0.0
    asked: list[Mapping[str, str]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def get(self, url: str, headers: Mapping[str, str], _seconds: float) -> Answer:
        """The next answer; the last one again and again."""
        assert url == "https://api/commands/a%3D"
        self.asked.append(headers)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def sleep(self, seconds: float) -> None:
        """Turn the clock."""
        self.pauses.append(seconds)
        self.now += seconds

    def wait(self, **more: Any) -> Command:
        """Wait for the command `a=`."""
        endpoint = "https://api/commands/"
        return wait(endpoint, "a=", get=self.get, clock=lambda: self.now, sleep=self.sleep, **more)


def shown(status: str, **headers: str) -> Answer:
    """A command in that status."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(200, named, json.dumps({"id": "a=", "status": status}))


@pytest.mark.parametrize("status", [302, 400, 401, 403, 405, 499])
def test_a_question_that_is_wrong_is_not_repeated(status: int) -> None:
    """The reason is what the API or its gateway says."""
    api = Api([Answer(status, body='{"message": "Unauthorized"}')])
    with pytest.raises(Refused, match="Unauthorized") as refused:
        api.wait()
    assert (refused.value.status, len(api.asked)) == (status, 1)


def test_a_command_that_does_not_end_is_given_up_in_time() -> None:
    """Not a second later, however long the API would like to be left alone."""
    api = Api([shown("PROCESSING", retry_after="30")])
    with pytest.raises(NotEnded) as late:
        api.wait(timeout=70)
    assert (api.pauses, api.now) == ([30, 30, 10], 70)
    assert late.value.last
    assert late.value.last["status"] == "PROCESSING"


@pytest.mark.parametrize("end", ["COMPLETED", "FAILED", "CANCELLED"])
def test_trouble_on_the_way_is_waited_out(end: str) -> None:
    """Unknown, throttled, away, not even reachable: then the end."""
    api = Api(
        [
            ConnectionRefusedError(),
            Answer(404, {"retry-after": "1"}),
            Answer(429),
            Answer(503, {"retry-after": "2"}),
            Answer(504, {"retry-after": "soon"}),
            shown("PENDING", retry_after="4", etag='W/"1"'),
            Answer(304, {"retry-after": "5"}),
            shown(end),
        ]
    )
    assert api.wait(headers={"authorization": "Bearer t"})["status"] == end
    assert api.pauses == [1, 1, 1, 2, 4, 4, 5]
    assert [one.get("if-none-match") for one in api.asked[-3:]] == [None, 'W/"1"', 'W/"1"']
    assert all(one["authorization"] == "Bearer t" for one in api.asked)


def test_an_endpoint_that_is_none_is_said_so() -> None:
    """With an example."""
    with pytest.raises(InvalidEndpoint, match="https://api"):
        wait("ftp://api", "c-1")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(408),
        Answer(429, body="Slow down."),
        Answer(500, body="<html>"),
        Answer(520, body="[" * 100_000),
        Answer(599),
        Unreachable("reset"),
        TimeoutError(),
        http.client.IncompleteRead(b""),
    ],
)
def test_what_passes_is_asked_for_ever_more_rarely_until_the_deadline(
    answer: Answer | Exception,
) -> None:
    """A growing pause, and the reason in the error."""
    api = Api([answer])
    with pytest.raises(NotEnded) as late:
        api.wait(timeout=40)
    assert api.pauses == [1, 2, 4, 8, 10, 10, 5]
    assert late.value.last is None
    assert late.value.trouble in str(late.value)


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        ("7", 7),
        ("Sat, 01 Jan 2028 00:00:20 GMT", 20),
        ("Sat, 01 Jan 2028 00:00:20 -0000", 20),
        ("9" * 5000, 60),
        ("Sat, 01 Jan 2050 00:00:00 GMT", 60),
        ("Mon, 1 Jan 99999999999999999999 00:00:00 GMT", 0),
        ("Sat, 01 Jan 2000 00:00:00 GMT", 0),
        ("0", 0),
        ("-1", 0),
        ("1.5", 0),
        ("²", 0),
        ("soon", 0),
        ("", 0),
    ],
)
def test_retry_after_is_a_number_or_a_date_within_bounds(asked: str, pause: float) -> None:
    """What is neither, or past, asks for nothing: the client's own pause holds."""
    answer = Answer(503, {"retry-after": asked})
    assert retry_after(answer, now=datetime(2028, 1, 1, tzinfo=UTC)) == pause
    api = Api([Answer(503, {"retry-after": "7"}), shown("COMPLETED")])
    api.wait()
    assert api.pauses == [7]


@pytest.mark.parametrize(
    "body",
    ["<html>Sign in</html>", "", "[]", "{}", '{"status": "ok"}', '{"status": 1}', "[" * 100_000],
)
def test_a_proxys_page_is_not_a_command(body: str) -> None:
    """A 200 that shows none ends the wait with an error that says so."""
    api = Api([Answer(200, body=body)])
    with pytest.raises(Refused, match="the response is not a command") as refused:
        api.wait()
    assert (refused.value.status, len(api.asked)) == (200, 1)


def test_a_problem_document_is_shown_whole() -> None:
    """Title, detail and errors; without escape sequences, and on one line."""
    errors = [{"pointer": f"#/input/{n}", "detail": "must be\n1"} for n in range(8)]
    document = {"title": "Bad", "detail": "See \x1b[31merrors.", "errors": [*errors, 7]}
    with pytest.raises(Refused) as refused:
        Api([Answer(422, body=json.dumps(document))]).wait()
    assert refused.value.title == "Bad"
    assert len(refused.value.errors) == 8
    assert str(refused.value) == (
        "the API answered 422 Bad: See [31merrors. (#/input/0 must be 1; #/input/1 must be 1;"
        " #/input/2 must be 1; #/input/3 must be 1; #/input/4 must be 1; 3 more)"
    )


def test_a_404_is_waited_out_where_the_api_says_it() -> None:
    """A queued command has a problem document; a path that leads nowhere has not."""
    unknown = json.dumps({"title": "Not Found", "detail": "Unknown or still queued."})
    api = Api([Answer(404, body=unknown), Answer(404, {"retry-after": "1"}), shown("COMPLETED")])
    assert api.wait()["status"] == "COMPLETED"
    for body in ('{"message": "Not Found"}', "<html>", ""):
        with pytest.raises(Refused, match="404 Not Found: check the URL"):
            Api([Answer(404, body=body)]).wait()


def test_a_wrong_name_ends_the_wait_only_before_the_first_answer() -> None:
    """A laptop that wakes up has no name server for a while."""
    lost = Unreachable("no such host", permanent=True)
    with pytest.raises(Unreachable):
        Api([lost]).wait()
    assert Api([Answer(503), lost, lost, shown("FAILED")]).wait()["status"] == "FAILED"
