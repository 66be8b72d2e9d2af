"""Many commands are watched over a WebSocket, and by polling where there is none."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    CloseConnection,
    Ping,
    Pong,
    RejectConnection,
    Request,
    TextMessage,
)

from command_client import NotEnded
from command_client.push import watch_all
from command_client.websocket import Closed, NotOpened, WebSocket
from tests.scripts.web import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from command_client import Command

    Script = Callable[[socket.socket, WSConnection], None]


def command(status: str, second: int = 0) -> dict[str, Any]:
    """A command as the API shows it."""
    return {"id": "c-1", "status": status, "updatedAt": f"2030-01-02T03:04:{second:02}.000Z"}


@contextlib.contextmanager
def push_server(*scripts: Script) -> Iterator[str]:
    """A WebSocket server: each connection is served by the next script, and then closed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for script in scripts:
                peer, _ = listener.accept()
                with peer:
                    protocol = WSConnection(ConnectionType.SERVER)
                    protocol.receive_data(peer.recv(4096))
                    assert isinstance(next(iter(protocol.events())), Request)
                    script(peer, protocol)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"ws://127.0.0.1:{listener.getsockname()[1]}/v1"
        thread.join(10)
        assert not thread.is_alive()


@contextlib.contextmanager
def api(*states: dict[str, Any] | None) -> Iterator[tuple[str, list[str]]]:
    """The commands API that shows one state after the other; the paths that were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state = states[min(len(asked), len(states) - 1)]
            asked.append(self.path)
            body = json.dumps(state or {"title": "Not Found", "detail": "queued"}).encode()
            self.send_response(200 if state else 404)
            self.send_header("Retry-After", "1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving(Handler) as url:
        yield f"{url}/commands", asked


def accept(peer: socket.socket, protocol: WSConnection) -> None:
    """Open the connection."""
    peer.sendall(protocol.send(AcceptConnection()))


def hear(peer: socket.socket, protocol: WSConnection) -> Any:
    """The next event of the client."""
    while True:
        for event in protocol.events():
            return event
        protocol.receive_data(peer.recv(4096) or None)


def tell(*commands: dict[str, Any]) -> Script:
    """Accept, hear what is watched, and tell of these."""

    def script(peer: socket.socket, protocol: WSConnection) -> None:
        accept(peer, protocol)
        assert json.loads(hear(peer, protocol).data) == {"watch": ["c-1"]}
        for one in commands:
            peer.sendall(protocol.send(TextMessage(json.dumps({"commands": [one]}))))
        hear(peer, protocol)

    return script


def cut(peer: socket.socket, protocol: WSConnection) -> None:
    """Accept, hear what is watched, and be gone."""
    accept(peer, protocol)
    hear(peer, protocol)


def statuses(states: Iterator[Command]) -> list[str]:
    """What a client was told."""
    return [one["status"] for one in states]


def test_each_state_is_yielded_once_and_in_order() -> None:
    """What is told twice, late or after the end is left out, and HTTP is left alone."""
    running, ended = command("PROCESSING", 1), command("COMPLETED", 2)
    unknown = {"id": "c-1", "status": None}
    script = tell(unknown, running, running, command("PENDING", 0), ended, running, ended)
    with api(command("PENDING")) as (endpoint, asked), push_server(script) as url:
        assert statuses(watch_all(endpoint, ["c-1"], push_url=url)) == ["PROCESSING", "COMPLETED"]
    assert asked == []


def test_a_lost_connection_is_opened_again() -> None:
    """And polled until it is."""
    ended = tell(command("COMPLETED", 2))
    with api(None) as (endpoint, asked), push_server(cut, ended) as url:
        assert statuses(watch_all(endpoint, ["c-1"], push_url=url)) == ["COMPLETED"]
    assert asked


def test_without_a_connection_commands_are_polled() -> None:
    """Whether push is off or refuses."""

    def refuse(peer: socket.socket, protocol: WSConnection) -> None:
        peer.sendall(protocol.send(RejectConnection(status_code=403)))

    states = (None, command("PROCESSING", 1), command("COMPLETED", 2))
    with api(*states) as (endpoint, asked):
        assert statuses(watch_all(endpoint, ["c-1"])) == ["PROCESSING", "COMPLETED"]
        assert asked == ["/commands/c-1"] * 3
    with api(states[-1]) as (endpoint, _), push_server(refuse) as url:
        assert statuses(watch_all(endpoint, ["c-1"], push_url=url)) == ["COMPLETED"]


def test_a_result_that_was_left_out_is_fetched() -> None:
    """By HTTP, at once."""
    ended = {**command("COMPLETED", 2), "resultOmitted": True}
    whole = {**command("COMPLETED", 2), "result": 7}
    started = time.monotonic()
    with api(whole) as (endpoint, _), push_server(tell(ended)) as url:
        [state] = watch_all(endpoint, ["c-1"], push_url=url)
    assert time.monotonic() - started < 10

    assert state == whole


def test_the_time_is_up() -> None:
    """As with `wait`."""
    with api(command("PROCESSING")) as (endpoint, _), pytest.raises(NotEnded):
        list(watch_all(endpoint, ["c-1"], timeout=0.3))


def test_messages_come_in_parts_and_pings_are_answered() -> None:
    """As API Gateway may send them."""

    def script(peer: socket.socket, protocol: WSConnection) -> None:
        accept(peer, protocol)
        peer.sendall(protocol.send(Ping(b"are you there")))
        assert hear(peer, protocol) == Pong(b"are you there")
        for part, last in (("ä" * 40_000, False), ("b", True)):
            peer.sendall(protocol.send(TextMessage(part, message_finished=last)))
        echoed = ""
        while len(echoed) < 70_000:
            echoed += hear(peer, protocol).data
        peer.sendall(protocol.send(CloseConnection(code=1001)))

    with push_server(script) as url, WebSocket(url, seconds=5) as client:
        assert client.receive(5) == "ä" * 40_000 + "b"
        client.send("y" * 70_000)
        with pytest.raises(Closed) as closed:
            client.receive(5)
    assert closed.value.code == 1001


def test_a_refusal_has_its_status() -> None:
    """401 for want of a token, for instance."""

    def refuse(peer: socket.socket, protocol: WSConnection) -> None:
        peer.sendall(protocol.send(RejectConnection(status_code=401)))

    with push_server(refuse) as url, pytest.raises(NotOpened) as refused:
        WebSocket(url, seconds=5)
    assert refused.value.status == 401
