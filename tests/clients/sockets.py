"""A WebSocket API that answers as it is told."""

from __future__ import annotations

import json
import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Request, TextMessage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


@dataclass
class ScriptedSockets:
    """Connections that answer each message: their number from 1 on and the message in, texts out.

    None closes the connection.
    """

    url: str = ""
    answer: Callable[[int, Any], Sequence[str | None]] = lambda *_: ()
    opened: list[str] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)

    def gives(self, answer: Callable[[int, Any], Sequence[str | None]]) -> str:
        """Take the answers of a test, and return the URL."""
        self.answer, self.opened, self.asked = answer, [], []
        return self.url


@contextmanager
def scripted_sockets() -> Iterator[ScriptedSockets]:
    """A WebSocket API on this machine."""
    scripted = ScriptedSockets()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            ws = WSConnection(ConnectionType.SERVER)
            number = 0
            while data := self.request.recv(65536):
                ws.receive_data(data)
                for event in ws.events():
                    if isinstance(event, Request):
                        scripted.opened.append(event.target)
                        number = len(scripted.opened)
                        self.request.sendall(ws.send(AcceptConnection()))
                    elif isinstance(event, TextMessage):
                        said = json.loads(event.data)
                        scripted.asked.append(said)
                        for text in scripted.answer(number, said):
                            if text is None:
                                self.request.sendall(ws.send(CloseConnection(1001)))
                                return
                            self.request.sendall(ws.send(TextMessage(text)))
                    elif isinstance(event, CloseConnection):
                        self.request.sendall(ws.send(event.response()))
                        return

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        scripted.url = f"ws://127.0.0.1:{server.server_address[1]}/v1"
        try:
            yield scripted
        finally:
            server.shutdown()
            thread.join()
