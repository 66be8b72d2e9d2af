"""How an answer is written: a client has its head and its body at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import h11
import pytest
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from hypercorn.events import RawData
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.typing import ConnectionState

from ministack_extensions.whole_answers import write_whole_answers

if TYPE_CHECKING:
    from hypercorn.events import Event

REQUEST = b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
HEAD = h11.Response(status_code=200, headers=[("content-length", "2")])


@pytest.fixture(autouse=True)
def whole_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the process of an emulator."""
    monkeypatch.setattr(H11Protocol, "_send_h11_event", H11Protocol._send_h11_event)
    write_whole_answers()


def written(*events: h11.Event) -> list[bytes]:
    """The writes of a connection that has read a request and sends these events."""
    writes: list[bytes] = []

    async def keep(event: Event) -> None:
        assert isinstance(event, RawData)
        writes.append(event.data)

    async def connect() -> None:
        unused: Any = None
        protocol = H11Protocol(
            unused,
            Config(),
            WorkerContext(None),
            unused,
            ConnectionState(unused),
            ssl=False,
            client=None,
            server=None,
            send=keep,
        )
        protocol.connection.receive_data(REQUEST)
        protocol.connection.next_event()
        for event in events:
            await protocol._send_h11_event(event)  # type: ignore[arg-type]

    asyncio.run(connect())
    return [data for data in writes if data]


def test_the_head_of_an_answer_comes_with_its_body() -> None:
    """In one write, and nothing of it is left for the end."""
    (answer,) = written(HEAD, h11.Data(data=b"ok"), h11.EndOfMessage())

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\nok")


def test_an_answer_without_a_body_is_its_head() -> None:
    """Written where the answer ends."""
    (answer,) = written(h11.Response(status_code=204, headers=[]), h11.EndOfMessage())

    assert answer.startswith(b"HTTP/1.1 204 ")
    assert answer.endswith(b"\r\n\r\n")


def test_a_long_body_comes_in_pieces() -> None:
    """The first of them with the head."""
    pieces = written(
        h11.Response(status_code=200, headers=[("content-length", "4")]),
        h11.Data(data=b"ab"),
        h11.Data(data=b"cd"),
        h11.EndOfMessage(),
    )

    assert [piece[-2:] for piece in pieces] == [b"ab", b"cd"]
