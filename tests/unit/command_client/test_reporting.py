"""Something outside reports on a command, again where no answer came."""

from __future__ import annotations

from typing import Any

import pytest

from command_client import Refused, Reporter, Unreachable
from command_client.transport import Answer
from tests.unit.command_client.test_submission import Api

GOES_ON = Answer(200, {}, '{"id": "c-1", "status": "PROCESSING"}')
STOPS = Answer(200, {}, '{"id": "c-1", "status": "CANCELLING"}')
ENDED = Answer(409, {}, '{"title": "Conflict", "detail": "The deadline has passed."}')
SECRET = "t-0ken"


def reporting(api: Api) -> Reporter:
    """A reporter of a=."""
    return Reporter(
        endpoint="https://api/commands/",
        command_id="a=",
        token=SECRET,
        send=api.send,
        clock=lambda: api.now,
        sleep=api.sleep,
    )


@pytest.mark.parametrize(
    ("report", "body"),
    [
        (lambda it: it.progress(0.4, "4 of 10"), {"progress": {"share": 0.4, "note": "4 of 10"}}),
        (lambda it: it.complete({"n": 1}), {"status": "COMPLETED", "result": {"n": 1}}),
        (lambda it: it.stopped(), {"status": "CANCELLED"}),
        (
            lambda it: it.fail("no_space", "Full.", retryable=True),
            {
                "status": "FAILED",
                "error": {"code": "no_space", "message": "Full.", "retryable": True},
            },
        ),
    ],
)
def test_a_report_is_sent_until_it_is_answered(report: Any, body: object) -> None:
    """The same one, with the token in a header."""
    api = Api([Unreachable("reset"), Answer(503), GOES_ON])
    report(reporting(api))
    assert api.asked == 3 * [("POST", "https://api/commands/a%3D/outcome")]
    assert api.bodies == 3 * [body]
    assert api.headers["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize(("answer", "stop"), [(GOES_ON, False), (STOPS, True)])
def test_a_progress_says_whether_to_stop(answer: Answer, stop: bool) -> None:  # noqa: FBT001
    """By the status."""
    assert reporting(Api([answer])).progress(0.5) is stop


@pytest.mark.parametrize("answer", [ENDED, Answer(401), Answer(422), Answer(404)])
def test_what_is_refused_is_not_repeated(answer: Answer) -> None:
    """The error says why, and never the token."""
    api = Api([answer])
    with pytest.raises(Refused) as caught:
        reporting(api).complete()
    assert caught.value.status == answer.status
    assert len(api.asked) == 1
    plain = Reporter(endpoint="https://api", command_id="a=", token=SECRET)
    assert SECRET not in str(caught.value) + repr(plain)


@pytest.mark.parametrize("body", ["", "[]", "<html>", '{"ok": true}'])
def test_another_servers_answer_is_no_success(body: str) -> None:
    """A proxy's page, say."""
    with pytest.raises(Refused, match="check the URL"):
        reporting(Api([Answer(200, {}, body)])).complete()


def test_the_time_is_limited() -> None:
    """Then the last trouble is raised."""
    api = Api([Unreachable("reset")])
    with pytest.raises(Unreachable):
        reporting(api).complete()
    assert 40 < api.now <= 60
