"""WebSocket APIs: how clients that watch commands are let in, told, and cut off."""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from scripts.framework import waiting
from scripts.notifications import websocket
from scripts.prove.assumption import NotTried, Refuted, assumed, expect
from scripts.prove.commands import accepted
from scripts.prove.sockets import socket_api
from scripts.prove.spread import spread

if TYPE_CHECKING:
    from scripts.prove.scene import Scene
    from scripts.prove.sockets import SocketApi

_GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide"
_AUTHORIZER = f"{_GUIDE}/apigateway-websocket-api-lambda-auth.html"
_CONNECTIONS = f"{_GUIDE}/apigateway-how-to-call-websocket-api-connections.html"
_LIMITS = f"{_GUIDE}/apigateway-execution-service-websocket-limits-table.html"
_POLLS = "notifications.push = null: clients poll."
_TOO_BIG = 1009
_MESSAGE_BYTES, _FRAME_BYTES = 128 * 1024, 32 * 1024
_IDLE_MINUTES, _LONGEST_MINUTES = 10, 120
# On the local stack and on AWS.
_COMMANDS = {True: 5, False: 50}
_SECONDS = 60.0


def _refused(api: SocketApi, query: str) -> int:
    """The status that a client gets instead of a connection."""
    try:
        with api.connect(query):
            pass
    except websocket.NotOpened as refusal:
        return refusal.status
    raise Refuted(f"a client with {query or 'no token'} is let in")


@assumed(
    _AUTHORIZER,
    means="Whoever knows the address of the WebSocket API can connect to it.",
    plan_b=_POLLS,
)
def socket_is_refused_without_its_token(scene: Scene) -> str:
    """A client without a token gets 401, one whose token the authorizer denies gets 403."""
    api = scene.shared(socket_api)
    statuses = [_refused(api, query) for query in ("", "?token=bad")]
    expect(statuses == [HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN], f"{statuses}")
    return "401 and 403"


@assumed(
    _AUTHORIZER,
    means="The push function does not know whose commands a connection may see.",
    plan_b=_POLLS,
)
def every_message_has_its_owner(scene: Scene) -> str:
    """What the authorizer said when a client connected arrives with each of its messages."""
    api = scene.shared(socket_api)
    with api.connect() as socket:
        owners = [api.said(socket).get("owner") for _ in range(2)]
    expect(owners == ["ann", "ann"], f"{owners}")
    return "with both messages"


@assumed(
    _CONNECTIONS,
    means="Watches of lost connections stay for two hours, and each change is posted in vain.",
    plan_b="None needed: the watches expire.",
)
def post_to_a_closed_connection_is_gone(scene: Scene) -> str:
    """A post to a connection whose client has left is refused with GoneException."""
    api = scene.shared(socket_api)
    with api.connect() as socket:
        connection = api.said(socket)["connection"]

    def refused() -> str:
        return api.call("post_to_connection", connection, 1)

    code = scene.until(refused, "a post is refused")
    expect(code == "GoneException", code)
    return code


@assumed(
    _CONNECTIONS,
    means="A connection is open after its token has expired, until the client leaves.",
    plan_b=_POLLS,
)
def deleted_connection_is_closed(scene: Scene) -> str:
    """DeleteConnection closes the connection at the client."""
    api = scene.shared(socket_api)
    with api.connect() as socket:
        refused = api.call("delete_connection", api.said(socket)["connection"])
        expect(not refused, refused)
        return f"closed with {_closed(scene, socket, _SECONDS)}"


def _closed(scene: Scene, socket: websocket.WebSocket, seconds: float) -> int:
    """The code with which API Gateway closes a connection; Refuted where it does not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.receive(1)
        except websocket.Closed as closed:
            return closed.code
        scene.pause(0)  # the run may have ended
    raise Refuted(f"open after {seconds:.0f} s")


@assumed(
    _LIMITS,
    means="Results that `GET /commands/{id}` has are left out of messages too often, or never.",
    plan_b="None needed: a client reads a result that was left out.",
)
def posted_message_has_128_kb_at_most(scene: Scene) -> str:
    """A message of 128 KB reaches the client whole, a longer one is refused."""
    api = scene.shared(socket_api)
    with api.connect() as socket:
        connection = api.said(socket)["connection"]
        code = api.call("post_to_connection", connection, _MESSAGE_BYTES)
        expect(not code, f"128 KB: {code}")
        told = len(socket.receive(_SECONDS) or "")
        expect(told == _MESSAGE_BYTES, f"{told} bytes arrived")
        code = api.call("post_to_connection", connection, _MESSAGE_BYTES + 1)
    expect(code == "PayloadTooLargeException", code or "accepted")
    return code


@assumed(
    _LIMITS,
    means="Clients may send longer frames than they do.",
    plan_b="None needed: 25 ids are shorter than a frame.",
    unanswered="Takes frames of up to 128 KB.",
)
def frame_has_32_kb_at_most(scene: Scene) -> str:
    """A frame of more than 32 KB ends the connection with 1009."""
    api = scene.shared(socket_api)
    with api.connect() as socket:
        socket.send("x" * (_FRAME_BYTES + 1))
        code = _closed(scene, socket, _SECONDS)
    expect(code == _TOO_BIG, f"closed with {code}")
    return "closed with 1009"


@assumed(
    _LIMITS,
    means="Clients connect again more often, or keep connections that nobody pays attention to.",
    plan_b="None needed: clients connect again whenever they are cut off.",
    unanswered="Closes no connection by itself.",
    minutes=_IDLE_MINUTES + 1,
)
def idle_connection_is_closed(scene: Scene) -> str:
    """A connection without a message for ten minutes is closed."""
    return _ended(scene, _IDLE_MINUTES, every_seconds=None)


@assumed(
    _LIMITS,
    means="Watches expire before their connection does, and their changes are not told.",
    plan_b="notifications.push = null, until LONGEST in entrypoints/push.py is as long.",
    unanswered="Closes no connection by itself.",
    minutes=_LONGEST_MINUTES + 1,
)
def connection_ends_after_two_hours(scene: Scene) -> str:
    """A connection that is used all the time is closed after two hours."""
    return _ended(scene, _LONGEST_MINUTES, every_seconds=300)


def _ended(scene: Scene, minutes: int, every_seconds: int | None) -> str:
    """Expect that a connection lives for so many minutes, half a minute more or less."""
    api = scene.shared(socket_api)
    began = time.monotonic()

    def lived() -> float:
        return time.monotonic() - began

    with api.connect() as socket:
        while True:
            left = minutes * 60 + 30 - lived()
            try:
                if every_seconds:
                    api.said(socket)
                code = _closed(scene, socket, min(left, every_seconds or left))
                break
            except websocket.Closed as closed:
                code = closed.code
                break
            except Refuted:
                if lived() >= minutes * 60 + 30:
                    raise
    expect(lived() >= minutes * 60 - 30, f"closed with {code} after {lived():.0f} s")
    return f"closed with {code} after {lived():.0f} s"


@assumed(
    "https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html",
    means="Whoever watches commands is not told of their end.",
    plan_b=_POLLS,
    local="Answers where `notifications.push` is on; much faster than AWS.",
)
def watched_command_is_told(scene: Scene) -> str:
    """Whoever watches a command through the environment's push API is told of its end."""
    push_url = (scene.target.outputs.get("notifications") or {}).get("push_url")
    if not push_url:
        raise NotTried("the environment has no push: notifications.push is null")
    try:
        socket = websocket.WebSocket(push_url, seconds=_SECONDS)
    except websocket.NotOpened as refusal:
        raise NotTried(f"the push API answers {refusal.status}: it asks for a token") from refusal
    with socket:
        seconds = [_told(scene, socket) for _ in range(_COMMANDS[scene.local])]
    return f"{len(seconds)} commands: told {spread(seconds)} after they were accepted"


def _told(scene: Scene, socket: websocket.WebSocket) -> float:
    """The time from a command's acceptance until its end is told."""
    command_id = accepted(scene)
    began = time.monotonic()
    socket.send(json.dumps({"watch": [command_id]}))
    while (left := began + _SECONDS - time.monotonic()) > 0:
        said = json.loads(socket.receive(left) or "{}")
        for one in said.get("commands", ()):
            if one["id"] == command_id and one["status"] in waiting.ENDED:
                return time.monotonic() - began
    raise Refuted(f"the end of {command_id} was not told within {_SECONDS:.0f} s")
