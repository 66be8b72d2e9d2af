"""The dashboard's server without a stack, asked as a browser asks it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scripts.commands.api import CommandsApi
from scripts.errors import OperatorError
from scripts.local.dashboard.app import Dashboard
from scripts.local.dashboard.contract import Contract
from scripts.local.dashboard.deployed import Deployed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scripts.local.dashboard.http import Message, Scope

PORT = 4999
OWN = {"host": f"127.0.0.1:{PORT}", "origin": f"http://127.0.0.1:{PORT}"}
JSON = {"content-type": "application/json"}
OPEN = Contract("direct", "", fifo=False, types={"echo": [("nothing", {})]})


@dataclass(frozen=True)
class Answer:
    """What the page gets."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The header's first value."""
        return next((value for key, value in self.headers if key == name), None)

    def json(self) -> dict[str, Any]:
        """The body, a JSON object."""
        document: dict[str, Any] = json.loads(self.body)
        return document


@dataclass
class Site:
    """What is deployed, if anything, and the server that shows it."""

    deployed: Deployed | None = None
    server: Dashboard = field(init=False)

    def __post_init__(self) -> None:
        """Serve on a port that is only a number here."""
        self.server = Dashboard(self.find, PORT)

    def find(self) -> Deployed:
        """The deployment."""
        if self.deployed is None:
            raise OperatorError("the local stack is not running; run: make up")
        return self.deployed

    def deploy(self, endpoint: str = "http://127.0.0.1:9/commands", **changes: Any) -> None:
        """An API at this endpoint; nothing else is asked for."""
        told: dict[str, Any] = {"contract": OPEN, "target": None, "mapping": None, **changes}
        self.deployed = Deployed(
            stack="stack-1",
            version="stack-1@1",
            environment="dev",
            api=CommandsApi(endpoint),
            worker="worker",
            cloudwatch=None,  # type: ignore[arg-type]
            **told,
        )

    def ask(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request as the page sends it; `headers` take the place of the page's own."""
        sent = (
            body
            if isinstance(body, bytes)
            else json.dumps(body).encode()
            if body is not None
            else b""
        )
        told = {**OWN, **(JSON if method == "POST" else {})} if headers is None else headers
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "headers": [
                (name.encode(), value.encode())
                for name, value in {"content-length": str(len(sent)), **told}.items()
            ],
        }
        return asyncio.run(self._ask(scope, sent))

    async def _ask(self, scope: Scope, body: bytes) -> Answer:
        got: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body}

        async def send(message: Message) -> None:
            got.append(message)

        await self.server(scope, receive, send)
        headers = tuple((name.decode(), value.decode()) for name, value in got[0]["headers"])
        return Answer(got[0]["status"], headers, got[1]["body"])
