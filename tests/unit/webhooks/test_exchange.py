"""A webhook's connection: bad servers, the clock, and who is at the other end."""

from __future__ import annotations

import socket
import ssl
import time
from typing import TYPE_CHECKING, Any

import pytest

from command_api import Rejected, Retryable
from command_api.webhooks import delivery, exchange
from tests.unit.webhooks.delivery import HOST, allow, deliver
from tests.unit.webhooks.receiver import certificate, receiving

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from tests.unit.attempts import Attempts
    from tests.unit.webhooks.receiver import Receiver


def drip(handler: BaseHTTPRequestHandler, first: bytes) -> None:
    """Send something, and then one byte at a time, for longer than anybody should wait."""
    handler.wfile.write(first)
    for _ in range(200):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.02)


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 2"])
def test_a_server_that_drips_is_left_in_time(
    receiver: Receiver, attempt: Attempts, first: bytes
) -> None:
    """Every byte starts a socket's timeout anew; the attempt's time is up all the same."""
    attempt.seconds = delivery.RESERVE_SECONDS + 0.3
    receiver.behave = lambda handler: drip(handler, first)
    started = time.monotonic()
    with pytest.raises(Retryable) as refusal:
        deliver(receiver, attempt)
    assert refusal.value.code == "webhook_unreachable"
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("rest", [b"X-Slow: ", b"Content-Length: 9999\r\n\r\n"])
def test_an_answer_counts_although_its_rest_drips(
    receiver: Receiver, attempt: Attempts, rest: bytes
) -> None:
    """The status is all we need: repeating the delivery would be wrong."""
    attempt.seconds = delivery.RESERVE_SECONDS + 0.3
    receiver.behave = lambda handler: drip(handler, b"HTTP/1.1 200 OK\r\n" + rest)
    started = time.monotonic()
    assert deliver(receiver, attempt) == {"status": 200}
    assert time.monotonic() - started < 2


def test_no_more_of_an_answer_is_read_than_needed(receiver: Receiver, attempt: Attempts) -> None:
    """A body of any size costs us some kilobytes."""
    receiver.body = b"x" * 50_000_000
    assert deliver(receiver, attempt) == {"status": 200}


@pytest.mark.parametrize(
    "answer", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200]
)
def test_no_answer_and_nonsense_are_tried_again(
    receiver: Receiver, attempt: Attempts, answer: bytes
) -> None:
    """Whether the request arrived is unknown."""
    receiver.behave = lambda handler: handler.wfile.write(answer)
    with pytest.raises(Retryable) as refusal:
        deliver(receiver, attempt)
    assert refusal.value.code == "webhook_unreachable"


@pytest.mark.parametrize(
    "interim",
    [
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50,
    ],
)
def test_interim_answers_are_passed_over(
    receiver: Receiver, attempt: Attempts, interim: bytes
) -> None:
    """The final answer counts."""
    final = b"HTTP/1.1 204 No Content\r\n\r\n"
    receiver.behave = lambda handler: handler.wfile.write(interim + final)
    assert deliver(receiver, attempt) == {"status": 204}


def test_a_server_that_never_comes_to_its_answer_is_left_in_time(
    receiver: Receiver, attempt: Attempts
) -> None:
    """Interim answers may go on for ever; the attempt's time is up all the same."""
    attempt.seconds = delivery.RESERVE_SECONDS + 0.3

    def go_on(handler: BaseHTTPRequestHandler) -> None:
        while True:
            handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")

    receiver.behave = go_on
    started = time.monotonic()
    with pytest.raises(Retryable) as refusal:
        deliver(receiver, attempt)
    assert refusal.value.code == "webhook_unreachable"
    assert time.monotonic() - started < 2


def test_another_protocol_is_refused(receiver: Receiver, attempt: Attempts) -> None:
    """101 is final: nobody asked for it."""
    receiver.behave = lambda handler: handler.wfile.write(
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n"
    )
    with pytest.raises(Rejected) as refusal:
        deliver(receiver, attempt)
    assert refusal.value.code == "webhook_refused"


def test_a_closed_port_is_tried_again(
    attempt: Attempts, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The receiver may be restarting."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        allow(monkeypatch, free.getsockname()[1])
        receiver.port = free.getsockname()[1]
        with pytest.raises(Retryable) as refusal:
            deliver(receiver, attempt)
    assert refusal.value.code == "webhook_unreachable"


@pytest.mark.parametrize(("named", "code"), [(HOST, None), ("other.example.com", "certificate")])
def test_tls_is_for_the_name_and_the_connection_for_the_address(
    attempt: Attempts,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    named: str,
    code: str | None,
) -> None:
    """SNI and certificate are checked against the URL's host, not against the address."""
    file, seen = certificate(tmp_path, named), []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    server.sni_callback = lambda _socket, name, _context: seen.append(name)
    trusting = ssl.create_default_context(cafile=str(file))
    monkeypatch.setattr(exchange, "tls_context", lambda: trusting)
    with receiving(server) as receiver:
        allow(monkeypatch, receiver.port)
        if code is None:
            assert deliver(receiver, attempt, "https") == {"status": 200}
        else:
            with pytest.raises(Retryable) as refusal:
                deliver(receiver, attempt, "https")
            assert refusal.value.code == f"webhook_{code}"
            assert receiver.received == []
    assert seen == [HOST]


def test_a_name_is_asked_for_only_once(
    receiver: Receiver, attempt: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that changes its mind after the check does not move the connection."""
    asked, first = [], socket.getaddrinfo

    def rebinding(host: str, *args: Any, **options: Any) -> Any:
        asked.append(host)
        return first(host if asked.count(HOST) == 1 else "169.254.169.254", *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(
        socket, "create_connection", connecting(asked, real=socket.create_connection)
    )
    assert deliver(receiver, attempt) == {"status": 200}
    assert asked.count(HOST) == 1
    assert f"to 127.0.0.1:{receiver.port}" in asked


def connecting(asked: list[str], real: Any) -> Any:
    """Connect, and note where to."""

    def connect(address: tuple[str, int], *args: Any) -> Any:
        asked.append(f"to {address[0]}:{address[1]}")
        return real(address, *args)

    return connect
