"""WebSocket connections: who may open one, what a route may answer, how large a message may be.

AWS: "Quotas for configuring and running a WebSocket API in API Gateway" for the limit, "Set up
route responses for WebSocket APIs" for answers, "Using resource-based policies for Lambda" for the
permission. The emulator lets any stage in, asks for no permission and sends every answer.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any

from ministack_extensions.apigateway.address import address
from ministack_extensions.apigateway.connections import MESSAGE_LIMIT
from ministack_extensions.apigateway.lambda_permission import allows
from ministack_extensions.http import Request, Response, json_response, request_head
from ministack_extensions.upstream import ACCOUNT_ID, DEFAULT_REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.http import Message, Receive, Scope, Send
    from ministack_extensions.upstream import Emulator

_TOO_BIG = 1009
_REGION = re.compile(r":lambda:([a-z0-9-]+):")


class Sockets:
    """Stands between the clients of WebSocket APIs and the emulator."""

    async def serve(self, scope: Scope, receive: Receive, send: Send, emulator: Emulator) -> None:
        """Serve one connection until it ends."""
        api_id, path = address(request_head({**scope, "method": "GET"})) or ("", "/")
        api = await _read(emulator, api_id)
        if api is None:
            await emulator.app(scope, receive, send)
            return
        stage = path.strip("/").partition("/")[0]
        if refusal := await api.refusal(stage):
            await receive()
            await _refuse(send, refusal)
            return
        connection = _Connection(api, receive, send)
        await emulator.app(scope, connection.receive, connection.send)


class _Connection:
    """One connection: its messages on the way in, and what goes back."""

    def __init__(self, api: _Api, receive: Receive, send: Send) -> None:
        self._api = api
        self._receive = receive
        self._send = send
        # The emulator sends answers of routes in here; what is posted comes from another task.
        self._answers = asyncio.current_task()
        self._asked = ""
        self._closed = False

    async def receive(self) -> Message:
        """The next message; one that is too large ends the connection."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return message
        said = message.get("text") or (message.get("bytes") or b"").decode(errors="replace")
        if len(said.encode()) <= MESSAGE_LIMIT:
            self._asked = said
            return message
        self._closed = True
        await self._send({"type": "websocket.close", "code": _TOO_BIG})
        return {"type": "websocket.disconnect", "code": _TOO_BIG}

    async def send(self, message: Message) -> None:
        """Hand on what is posted, and answers of routes that have a response."""
        if message["type"] == "websocket.close" and self._closed:
            return
        answer = asyncio.current_task() is self._answers and message["type"] == "websocket.send"
        if not answer or await self._api.answers(self._asked):
            await self._send(message)


class _Api:
    """A WebSocket API as it is now."""

    def __init__(self, emulator: Emulator, document: Mapping[str, Any]) -> None:
        self._emulator = emulator
        self._document = document

    async def refusal(self, stage: str) -> Response | None:
        """Why a connection may not be opened at a stage; None where it may."""
        if stage not in {one["stageName"] for one in await self._items("/stages")}:
            return json_response(403, {"message": "Forbidden"})
        route = await self._route("$connect")
        if route is None or await self._permitted(route, stage):
            return None
        return json_response(500, {"message": "Internal server error"})

    async def answers(self, message: str) -> bool:
        """Whether the route of a message has a response, so that its answer is sent."""
        expression = str(self._document.get("routeSelectionExpression", ""))
        key = _selected(expression, message)
        route = await self._route(key) or await self._route("$default")
        return route is not None and bool(
            await self._items(f"/routes/{route['routeId']}/routeresponses")
        )

    async def _permitted(self, route: Mapping[str, Any], stage: str) -> bool:
        identity = str(route.get("target", "")).rpartition("/")[2]
        integrations = await self._items("/integrations")
        uri = next(
            (
                it.get("integrationUri", "")
                for it in integrations
                if it["integrationId"] == identity
            ),
            "",
        )
        if not (region := _REGION.search(uri)):
            return True
        api = self._document["apiId"]
        source = f"arn:aws:execute-api:{region[1]}:{ACCOUNT_ID}:{api}/{stage}/$connect"
        return await allows(uri, region[1], source, self._emulator)

    async def _route(self, key: str) -> Mapping[str, Any] | None:
        return next((it for it in await self._items("/routes") if it["routeKey"] == key), None)

    async def _items(self, path: str) -> list[dict[str, Any]]:
        answer = await _get(self._emulator, f"/v2/apis/{self._document['apiId']}{path}")
        found: list[dict[str, Any]] = answer.json().get("items", [])
        return found


def _selected(expression: str, message: str) -> str:
    """The key that a route selection expression finds in a message."""
    try:
        found = json.loads(message)
        for name in expression.removeprefix("$request.body.").split("."):
            found = found[name]
    except (ValueError, KeyError, TypeError):
        return "$default"
    return str(found)


async def _read(emulator: Emulator, api_id: str) -> _Api | None:
    """The WebSocket API of that id; None where it is none."""
    document = (await _get(emulator, f"/v2/apis/{api_id}")).json() if api_id else {}
    return _Api(emulator, document) if document.get("protocolType") == "WEBSOCKET" else None


async def _get(emulator: Emulator, path: str) -> Response:
    return await emulator.call(emulator.signed("apigateway", DEFAULT_REGION, Request("GET", path)))


async def _refuse(send: Send, response: Response) -> None:
    """Answer the upgrade with an error, as API Gateway does."""
    headers = [(name.encode(), value.encode()) for name, value in response.headers]
    start = {"type": "websocket.http.response.start", "status": response.status}
    await send({**start, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": response.body})
