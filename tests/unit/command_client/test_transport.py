"""One request, and every way in which none comes about."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from command_client import InvalidEndpoint, Unreachable
from command_client.transport import Answer, endpoint_of, request

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize(
    "url",
    [
        "",
        "foo",
        "api.example.com/commands",
        "//api.example.com",
        "ftp://api.example.com",
        "file:///etc/passwd",
        "http:/x",
        "http://",
        "http:///x",
        "http://:80",
        "https://api.example.com:port",
        "https://api.example.com:99999",
        "https://api.example.com:0",
        "https://api.example.com:-1",
        "https://a b.example.com",
        " https://api.example.com",
        "https://api.example.com\n",
        "https://api.example.com/a b",
        "https://api.example.com/\x00",
        "https://[::1",
        "https://[x]",
        "https://a..b",
        f"https://{'a' * 64}.example.com",
        "https://me:secret@api.example.com",
        "https://api.example.com/?key=secret",
        "https://api.example.com/#x",
        "https://api.example.com/ü",
    ],
)
def test_an_endpoint_that_cannot_be_asked_is_refused(url: str) -> None:
    """In one line with an example, and without what may be a secret in it."""
    with pytest.raises(InvalidEndpoint, match=r"URL like https://api\.example") as refused:
        endpoint_of(url)
    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://api.example.com", "api.example.com", 443),
        ("HTTP://API.example.com:8080/v1", "api.example.com", 8080),
        ("http://[::1]/commands", "::1", 80),
        ("http://127.0.0.1:/x", "127.0.0.1", 80),
        ("https://bücher.example", "xn--bcher-kva.example", 443),
    ],
)
def test_a_url_in_any_spelling_is_taken(url: str, host: str, port: int) -> None:
    """Also without a path, with capitals, or with a name of another alphabet."""
    found = endpoint_of(url)
    assert (found.host, found.port) == (host, port)


@contextmanager
def server(says: bytes, *, reset: bool = False) -> Iterator[str]:
    """A server that reads, says this to everybody, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(says)
                if reset:
                    now = struct.pack("ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def ask(url: str, seconds: float = 5) -> Answer:
    """One GET."""
    return request(endpoint_of(url), "GET", "/c-1", seconds=seconds)


@pytest.mark.parametrize(
    ("says", "reset"),
    [
        (b"", True),
        (b"", False),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}", False),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", False),
        (b"SSH-2.0-OpenSSH_9.6\r\n", False),
    ],
)
def test_an_answer_that_breaks_off_may_come_later(says: bytes, *, reset: bool) -> None:
    """A reset, a hang-up or something else than HTTP: worth another try."""
    with server(says, reset=reset) as address, pytest.raises(Unreachable) as broken:
        ask(f"http://{address}")
    assert not broken.value.permanent
    assert str(broken.value)


def test_nobody_there_may_come_later() -> None:
    """A deployment that restarts refuses connections; one that hangs says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with pytest.raises(Unreachable, match="no response within") as late:
            ask(f"http://127.0.0.1:{silent.getsockname()[1]}", 0.2)
        port = silent.getsockname()[1]
    with pytest.raises(Unreachable, match="refused") as gone:
        ask(f"http://127.0.0.1:{port}")
    assert [late.value.permanent, gone.value.permanent] == [False, False]


def test_what_waiting_does_not_mend_is_permanent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that nobody has, and a server that does not speak TLS."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with (
        server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as address,
        pytest.raises(Unreachable, match="check that the server supports HTTPS") as plain,
    ):
        ask(f"https://{address}")
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unreachable, match=r"nowhere\.invalid does not resolve") as named:
        ask("http://nowhere.invalid")
    assert plain.value.permanent
    assert named.value.permanent


def test_any_status_is_an_answer() -> None:
    """Also one that no list knows; bytes that are no UTF-8 do not matter."""
    with server(b"HTTP/1.1 520 \r\nRetry-After: 3\r\n\r\n\xff") as address:
        answer = ask(f"http://{address}")
    assert (answer.status, answer.headers, answer.body) == (520, {"retry-after": "3"}, "\ufffd")


def test_a_token_with_a_line_break_is_not_quoted() -> None:
    """A file's last line break is easily read along with the token."""
    headers = {"authorization": "Bearer secret\n"}
    with pytest.raises(
        ValueError, match="the header authorization contains a line break"
    ) as refused:
        request(endpoint_of("http://127.0.0.1:9"), "GET", "", seconds=1, headers=headers)
    assert "secret" not in str(refused.value)
