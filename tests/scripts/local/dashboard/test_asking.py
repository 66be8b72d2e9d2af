"""What the page asks of the API, and what the API's answers become."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import pytest

from scripts.local.dashboard.contract import Contract
from scripts.local.dashboard.submitted import Memory
from tests.scripts.web import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.scripts.local.dashboard.site import Site


@pytest.fixture
def answers() -> list[tuple[int, Any]]:
    """What the API says, the last answer for ever."""
    return []


@pytest.fixture
def api(answers: list[tuple[int, Any]]) -> Iterator[str]:
    """The URL of an API."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"] or 0))
            status, document = answers[-1]
            self.send_response(status)
            self.send_header("x-command-id", "drawn-1")
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        do_DELETE = do_GET = do_POST  # noqa: N815 - the names of the base class

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with serving(Handler) as url:
        yield f"{url}/commands"


def test_what_the_api_finds_wrong_is_handed_on(
    site: Site, api: str, answers: list[tuple[int, Any]]
) -> None:
    """Its words, and where in the input it is."""
    site.deploy(api)
    errors = [{"pointer": "#/input/quantity", "detail": "must be 1 or more"}]
    answers.append((422, {"title": "No", "detail": "The command is not valid.", "errors": errors}))
    answer = site.ask("POST", "/api/commands", {"type": "echo", "input": {}})
    assert answer.status == 422
    assert answer.json()["errors"] == errors
    assert "The command is not valid." in answer.json()["detail"]
    answers.append((409, {"detail": "The command runs."}))
    answer = site.ask("POST", "/api/commands/c-1/cancel", {"x": 1})
    assert (answer.status, "The command runs." in answer.json()["detail"]) == (409, True)


@pytest.mark.parametrize("status", [401, 403, 429, 500, 599])
def test_an_answer_without_words_gets_some(
    site: Site, api: str, answers: list[tuple[int, Any]], status: int
) -> None:
    """API Gateway's own refusals say next to nothing."""
    site.deploy(api)
    answers.append((status, {}))
    answer = site.ask("POST", "/api/commands", {"type": "echo", "input": {}})
    assert answer.status == status
    assert len(answer.json()["detail"]) > len("The API answered 500: ")


def test_an_api_that_does_not_answer_is_said_so(site: Site) -> None:
    """In one line, without a traceback."""
    site.deploy("http://127.0.0.1:9/commands")
    answer = site.ask("GET", "/api/commands/c-1")
    assert answer.status == 503
    assert "does not answer" in answer.json()["detail"]


def test_an_api_for_others_is_not_even_knocked_at(site: Site) -> None:
    """The page says why; nothing is sent that could only be refused."""
    site.deploy(contract=Contract("direct", "This API wants a token.", fifo=False, types={}))
    for path, body in (
        ("/api/commands", {"type": "x", "input": {}}),
        ("/api/commands/c/cancel", 1),
    ):
        answer = site.ask("POST", path, body)
        assert (answer.status, answer.json()["detail"]) == (403, "This API wants a token.")


def test_what_was_submitted_is_remembered(
    site: Site, api: str, answers: list[tuple[int, Any]]
) -> None:
    """Until the table knows it, and for this stack only."""
    site.deploy(api)
    answers.append((202, {}))
    assert site.ask("POST", "/api/commands", {"type": "echo", "input": {}}).status == 202
    assert [*site.server.memory.all("stack-1")] == ["drawn-1"]
    assert site.server.memory.all("stack-2") == {}
    memory = Memory()
    for number in range(300):
        memory.add("s", f"c-{number}", "echo")
    assert len(memory.all("s")) == 200
