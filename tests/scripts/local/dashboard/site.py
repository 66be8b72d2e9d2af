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
from scripts.local.emulator.http import Request, Response, request_scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scripts.local.emulator.http import Message

PORT = 4999
OWN = {"host": f"127.0.0.1:{PORT}", "origin": f"http://127.0.0.1:{PORT}"}
JSON = {"content-type": "application/json"}
OPEN = Contract("direct", "", fifo=False, types={"echo": [("nothing", {})]})


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
            raise OperatorError("the local stack does not run; run: make up")
        return self.deployed

    def deploy(self, endpoint: str = "http://127.0.0.1:9/commands", **changes: Any) -> None:
        """An API at this endpoint; nothing else is asked for."""
        told: dict[str, Any] = {"contract": OPEN, "place": None, "mapping": None, **changes}
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
    ) -> Response:
        """One request as the page sends it; `headers` take the place of the page's own."""
        sent = (
            body
            if isinstance(body, bytes)
            else json.dumps(body).encode()
            if body is not None
            else b""
        )
        told = {**OWN, **(JSON if method == "POST" else {})} if headers is None else headers
        request = Request(method, path, tuple(told.items()), body=sent, raw_path=path.encode())
        return asyncio.run(self._ask(request))

    async def _ask(self, request: Request) -> Response:
        got: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": request.body}

        async def send(message: Message) -> None:
            got.append(message)

        scope = request_scope(request)
        if (length := request.header("content-length")) is not None:
            rest = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
            scope["headers"] = [*rest, (b"content-length", length.encode())]
        await self.server(scope, receive, send)
        headers = tuple((name.decode(), value.decode()) for name, value in got[0]["headers"])
        return Response(got[0]["status"], headers, got[1]["body"])
