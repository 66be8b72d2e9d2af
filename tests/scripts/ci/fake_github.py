"""GitHub's API on this machine, as far as the tools know it: comments and issues of one repository.

Like GitHub it gives them in pages, wants a token, and takes no body of more than 65,536 characters.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.scripts.web import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = "acme/jobs"
TOKEN = "ghs_of-this-job"
LONGEST = 65_536


@dataclass
class FakeGitHub:
    """What is written in the repository; `forbidden` refuses every change."""

    url: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    forbidden: bool = False
    calls: list[str] = field(default_factory=list)

    def say(self, body: str, login: str = "ann", **more: Any) -> dict[str, Any]:
        """A comment that somebody has written."""
        one = {"id": len(self.comments) + 1, "user": {"login": login}, "body": body, **more}
        self.comments.append(one)
        return one

    def answer(self, method: str, target: str, content: Any) -> tuple[int, Any]:
        """The status and the JSON for one request."""
        url = urlsplit(target)
        path = url.path.removeprefix(f"/repos/{REPOSITORY}/")
        self.calls.append(f"{method} {path}")
        if method == "GET":
            return self._read(path, url.query)
        if self.forbidden:
            return 403, {"message": "Resource not accessible by integration"}
        if len(content["body"]) > LONGEST:
            return 422, {"message": f"body is too long (maximum is {LONGEST} characters)"}
        return 200, self._write(method, path, content)

    def _read(self, path: str, query: str) -> tuple[int, Any]:
        opened = [it for it in self.issues if it.get("state", "open") == "open"]
        found = {"issues/7/comments": self.comments, "issues": opened}.get(path)
        return (404, {"message": "Not Found"}) if found is None else (200, _page(found, query))

    def _write(self, method: str, path: str, content: Any) -> dict[str, Any]:
        match method, path.split("/"):
            case "POST", ["issues", "7", "comments"]:
                one = self.say(content["body"], "github-actions[bot]")
            case "POST", ["issues"]:
                number = len(self.issues) + 1
                one = {"number": number, "user": {"login": "github-actions[bot]"}}
                self.issues.append(one)
            case "PATCH", ["issues", "comments", identifier]:
                one = next(it for it in self.comments if it["id"] == int(identifier))
            case "PATCH", ["issues", identifier]:
                one = next(it for it in self.issues if it["number"] == int(identifier))
            case _:
                raise AssertionError(f"GitHub knows no {method} {path}")
        one.update(content)
        url = f"https://github.com/{REPOSITORY}/{one.get('id', one.get('number'))}"
        return {**one, "html_url": url}


def _page(found: list[dict[str, Any]], query: str) -> list[dict[str, Any]]:
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    size, page = int(asked["per_page"]), int(asked["page"])
    assert size <= 100, "GitHub gives no more at once"
    return found[size * (page - 1) : size * page]


@contextlib.contextmanager
def fake_github() -> Iterator[FakeGitHub]:
    """A running GitHub with an empty repository."""
    one = FakeGitHub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._do()

        def do_POST(self) -> None:
            self._do()

        def do_PATCH(self) -> None:
            self._do()

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            content = json.loads(self.rfile.read(length) or b"null")
            if self.headers["Authorization"] == f"Bearer {TOKEN}":
                status, answer = one.answer(self.command, self.path, content)
            else:
                status, answer = 401, {"message": "Bad credentials"}
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with serving(Handler) as one.url:
        yield one
