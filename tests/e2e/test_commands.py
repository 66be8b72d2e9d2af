"""What becomes of a command, seen through HTTP only."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.live import eventually

if TYPE_CHECKING:
    from tests.deployed import Deployed


def test_an_unknown_command_is_404(deployed: Deployed) -> None:
    """An id that nobody knows is a problem document which says that it may still be queued."""
    answer = deployed.api.get("nobody-knows-this")
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "still queued" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{not json", "malformed_body"),
        ('{"type": "unheard_of"}', "unknown_type"),
        ('{"type": "echo", "input": 7}', "invalid_input"),
    ],
)
def test_a_body_that_is_no_command_fails_at_once(direct: Deployed, body: str, code: str) -> None:
    """Direct submission takes any body; the worker records why it can never succeed."""
    answer = direct.api.post(body)
    assert answer.status == 202
    shown = direct.ended(answer.headers["x-command-id"])
    assert (shown["status"], shown["error"]["code"]) == ("FAILED", code)
    assert shown["error"]["retryable"] is False


def test_an_empty_body_is_refused_by_the_api(direct: Deployed) -> None:
    """SQS takes no empty message, so API Gateway answers 400 and nothing is queued."""
    assert direct.api.post("").status == 400


@pytest.mark.parametrize(
    ("command_id", "status"),
    [
        pytest.param("a b;c", 400, id="SQS takes no space in a parameter"),
        pytest.param("a;b", 202, id="the worker refuses it"),
    ],
)
def test_an_id_outside_the_pattern_cannot_be_asked_for(
    direct: Deployed, command_id: str, status: int
) -> None:
    """A client's id that could mean something else to someone never becomes a record."""
    answer = direct.api.put(command_id, '{"type": "echo"}')
    assert answer.status == status
    eventually(lambda: direct.depth("sqs_queue_url") == 0)
    assert direct.api.get(command_id).status == 404


def test_a_rejected_command_is_final(deployed: Deployed) -> None:
    """A command that can never succeed fails on its first attempt and is not dead-lettered."""
    shown = deployed.ended(deployed.api.submit("demo", {"reject": True}))
    assert (shown["status"], shown["attempts"]) == ("FAILED", 1)
    assert shown["error"] == {
        "code": "demo_rejected",
        "message": "Rejected as requested by the input.",
        "retryable": False,
    }


def test_an_unexpected_error_is_retried_and_says_nothing(deployed: Deployed) -> None:
    """A bug in a handler costs the attempts, and the client learns no more than its type."""
    shown = deployed.ended(deployed.api.submit("demo", {"crash": True}))
    assert (shown["status"], shown["attempts"]) == ("FAILED", 3)
    assert shown["error"]["message"] == "Unexpected error in the handler (RuntimeError)."


def test_a_command_that_fails_twice_succeeds_on_its_third_attempt(deployed: Deployed) -> None:
    """Retries are counted per command and lead to one result."""
    shown = deployed.ended(deployed.api.submit("demo", {"fail_attempts": 2}))
    assert (shown["status"], shown["attempts"]) == ("COMPLETED", 3)
    assert shown["result"] == {"attempts": 3}


def test_a_posted_command_completes(direct: Deployed) -> None:
    """202 with the id in a header, then the result under that id; every character survives."""
    work = {"text": "ü & <b>\"'\\ \n\t  ${context.requestId} $request.body", "n": [1.5, None]}
    answer = direct.api.post(json.dumps({"type": "echo", "input": work}))
    assert answer.status == 202
    assert "SendMessageResponse" in answer.body
    shown = direct.ended(answer.headers["x-command-id"])
    assert (shown["status"], shown["type"], shown["attempts"]) == ("COMPLETED", "echo", 1)
    assert shown["result"]["echo"] == work
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", shown["createdAt"])


def test_a_repeated_put_is_one_command(direct: Deployed) -> None:
    """A client that chooses the id may repeat its request as often as it likes."""
    command_id = f"order-{uuid4().hex}"
    for number in range(3):
        direct.api.submit("echo", {"try": number}, command_id)
    shown = direct.ended(command_id)
    eventually(lambda: direct.depth("sqs_queue_url") == 0)
    again = direct.ended(command_id)
    assert (again["attempts"], again["result"]) == (1, shown["result"])


def test_the_default_type_runs_where_none_is_given(direct: Deployed) -> None:
    """An empty object is a command of the environment's default type."""
    answer = direct.api.post("{}")
    assert direct.ended(answer.headers["x-command-id"])["type"] == "echo"


def test_two_hundred_commands_at_once_all_complete(deployed: Deployed) -> None:
    """A burst is queued, not refused: every command completes, and next to all at once.

    On a starved machine a call of the table may outlast the client's patience: that costs an
    attempt.
    """
    with ThreadPoolExecutor(16) as pool:
        ids = list(pool.map(lambda n: deployed.api.submit("echo", {"n": n}), range(200)))
        shown = list(pool.map(deployed.ended, ids))
    assert len(set(ids)) == 200
    assert [one["result"]["echo"]["n"] for one in shown] == list(range(200))
    assert sum(one["attempts"] for one in shown) <= 210
