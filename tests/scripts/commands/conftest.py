"""The tool through its ``main``, and an API on this machine that a test scripts."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain.retry import RetryPolicy
from scripts.commands import __main__ as tool
from tests.scripts.web import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@dataclass(frozen=True)
class Said:
    """One answer: the body as JSON, or a text as it is; a status of 0 hangs up instead."""

    status: int
    body: Any = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Api:
    """What was asked, and what comes back: the last answer of a path for ever."""

    url: str = ""
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: dict[str, list[Said]] = field(default_factory=lambda: defaultdict(list))

    def says(self, command_id: str, *answers: tuple[int, Any] | Said | None) -> None:
        """Script the answers of a command, in this order; None hangs up instead."""
        said = [Said(*one) if isinstance(one, tuple) else one or Said(0) for one in answers]
        self.answers[f"/commands/{command_id}"] += said

    def bodies(self, method: str = "PUT") -> dict[str, Any]:
        """The bodies that were sent, by path."""
        return {path: body for verb, path, body in self.asked if verb == method}


@dataclass(frozen=True)
class Result:
    """What one run of the tool left behind."""

    code: int
    out: str
    err: str


def shown(status: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """The answer about a command in that status."""
    return 200, {"id": "c-1", "status": status, "attempts": 1, **more}


def problem(status: int, detail: str) -> tuple[int, dict[str, Any]]:
    """A problem document."""
    return status, {"title": "No", "status": status, "detail": detail}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """An API that takes every command, and knows none."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            api.headers.append({name.lower(): value for name, value in self.headers.items()})
            api.asked.append((self.command, self.path, json.loads(body) if body else None))
            scripted = api.answers[self.path]
            taken = self.command in {"POST", "PUT"}
            if not scripted:
                scripted.append(Said(*((202, {}) if taken else problem(404, "Unknown."))))
            said = scripted.pop(0) if len(scripted) > 1 else scripted[0]
            if not said.status:
                return
            self.send_response(said.status)
            for name, value in {"x-command-id": "drawn-1", **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            text = said.body if isinstance(said.body, str) else json.dumps(said.body)
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    for verb in ("GET", "PUT", "POST", "DELETE"):
        setattr(Handler, f"do_{verb}", Handler.answer)
    for name in ("COMMANDS_ENDPOINT", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("scripts.interrupts.sleep", lambda _: None)
    monkeypatch.setattr(
        "command_client.answers.RETRIES", RetryPolicy(max_attempts=4, base_seconds=0)
    )
    with serving(Handler) as api.url:
        monkeypatch.setenv("COMMANDS_ENDPOINT", f"{api.url}/commands")
        yield api


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """The tool."""

    def run(*args: str) -> Result:
        code = tool.main(args)
        return Result(code, *capsys.readouterr())

    return run
