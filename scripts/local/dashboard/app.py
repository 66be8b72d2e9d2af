"""The ASGI app: the page's files, what it shows, and what it may do."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from scripts.cli import ROOT
from scripts.local.dashboard import asking, state
from scripts.local.dashboard.guard import HEADERS, require_own_page
from scripts.local.dashboard.http import Response, json_response, read_body, request_head, write
from scripts.local.dashboard.problem import Problem, of_error
from scripts.local.dashboard.redriving import Redriving
from scripts.local.dashboard.submitted import Memory
from scripts.parallel import off_the_loop

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.local.dashboard.deployed import Deployed
    from scripts.local.dashboard.http import Receive, Request, Scope, Send

_FILES = Path(__file__).parent / "page"
# The project's own client, as `make clients` has built it.
_CLIENT = ROOT / "src" / "typescript_client" / "dist"
_KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_COMMAND = re.compile(r"/api/commands/([^/]+)(/cancel)?")


@dataclass
class Dashboard:
    """One page about the local stack, served on this port of the loopback."""

    find: Callable[[], Deployed]
    port: int
    redriving: Redriving = field(default_factory=Redriving)
    memory: Memory = field(default_factory=Memory)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""
        if scope["type"] != "http":
            return
        request = request_head(scope)
        try:
            require_own_page(request, self.port)
            request = replace(request, body=await read_body(receive))
            # What follows waits for Terraform, the API and AWS.
            response = await off_the_loop(partial(self.answer, request))
        except Problem as problem:
            response = _failed(problem)
        except Exception as error:  # noqa: BLE001 - the edge: the page shows it
            response = _failed(Problem(HTTPStatus.SERVICE_UNAVAILABLE, of_error(error)))
        await write(send, replace(response, headers=(*response.headers, *HEADERS)))

    def answer(self, request: Request) -> Response:
        """The answer to a request of the page itself."""
        if request.method == "GET" and not request.path.startswith("/api/"):
            return _file(request.path)
        match request.method, request.path:
            case "GET", "/api/state":
                return self._state()
            case "GET", "/api/contract":
                return json_response(HTTPStatus.OK, self.find().contract.shown())
            case "POST", "/api/commands":
                return self._submit(request)
            case "POST", "/api/redrive":
                return self._redrive(request)
        # The framework's paths are decoded; an id's own percent signs are not lost by that.
        found = _COMMAND.fullmatch(request.raw_path.decode("latin-1") or request.path)
        if found and (request.method == "POST") == bool(found[2]):
            asked = asking.cancel if found[2] else asking.show
            return json_response(HTTPStatus.OK, asked(self.find(), unquote(found[1])))
        raise Problem(HTTPStatus.NOT_FOUND, "Not found; the page is at /.")

    def _state(self) -> Response:
        shown = state.look(self.find(), self.memory)
        return json_response(HTTPStatus.OK, {**shown, "redrive": self.redriving.shown()})

    def _submit(self, request: Request) -> Response:
        deployed = self.find()
        command_id, kind, known = asking.submit(deployed, _object(request))
        known = known or command_id in self.memory.all(deployed.stack)
        self.memory.add(deployed.stack, command_id, kind)
        return json_response(HTTPStatus.ACCEPTED, {"id": command_id, "known": known})

    def _redrive(self, request: Request) -> Response:
        asked = _object(request)
        ids = asked.get("ids", [])
        if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
            raise Problem(
                HTTPStatus.BAD_REQUEST, "`ids` must be a list of ids; an empty list means all."
            )
        # As on the command line: without `apply` nothing is moved.
        act = self.redriving.start if asked.get("apply") is True else self.redriving.preview
        return json_response(HTTPStatus.OK, act(self.find().target, ids))


def _object(request: Request) -> dict[str, Any]:
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Problem(HTTPStatus.BAD_REQUEST, "The body must be a JSON object.")
    return found


def _file(path: str) -> Response:
    folder = _CLIENT if path.startswith("/client/") else _FILES
    wanted = folder / (path.removeprefix("/client/").removeprefix("/") or "index.html")
    # Only a file of this very folder has such a path.
    if wanted not in folder.iterdir():
        raise Problem(HTTPStatus.NOT_FOUND, "Not found; the page is at /.")
    kind = f"{_KINDS[wanted.suffix]}; charset=utf-8"
    return Response(HTTPStatus.OK, (("content-type", kind),), wanted.read_bytes())


def _failed(problem: Problem) -> Response:
    document = {"detail": problem.detail, "errors": [*problem.errors]}
    return json_response(problem.status, document, "application/problem+json")
