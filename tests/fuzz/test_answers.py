"""Whatever a server answers, a webhook and our own client make sense of it, in time."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from command_api import Rejected, Retryable
from command_api.webhooks.delivery import judge
from command_api.webhooks.destination import Destination
from command_api.webhooks.exchange import post
from command_api.webhooks.rules import Rules
from command_client.answers import MOST_RETRY_AFTER_SECONDS, Refused, command_of, retry_after
from command_client.transport import Unreachable, endpoint_of, request
from tests.fuzz.mutations import SEARCH, mutated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from command_client.transport import Endpoint

SECONDS = 1.0
HEADS = [
    "HTTP/1.1 200 OK",
    "HTTP/1.1 503 Later",
    "HTTP/1.0 404 No",
    "HTTP/1.1 999",
    "HTTP/1.1 204 No",
]
HEADERS = [
    "Retry-After: 0",
    "Retry-After: Wed, 02 Jan 2019 03:05:05 GMT",
    "Content-Type: application/json",
    "Content-Length: 40",
    "Content-Length: -1",
    "Transfer-Encoding: chunked",
    "Location: /elsewhere",
    "X: " + "x" * 70_000,
]
BODIES = [
    '{"id": "c-1", "status": "COMPLETED"}',
    "<html>proxy</html>",
    "",
    "5\r\nabcde\r\n0\r\n\r\n",
]


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """The bytes of an HTTP answer, with interim answers before it, and something wrong."""
    interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * draw(st.integers(0, 3))
    lines = [draw(st.sampled_from(HEADS)), *draw(st.lists(st.sampled_from(HEADERS), max_size=4))]
    text = interim + "\r\n".join(lines) + "\r\n\r\n" + draw(st.sampled_from(BODIES))
    return draw(mutated(st.just(text))).encode("utf-8", "surrogatepass")


@contextmanager
def answering(data: bytes) -> Iterator[int]:
    """A port on which one request is answered with these bytes, and then hung up on."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    connection.settimeout(SECONDS)
                    connection.recv(65_536)
                    connection.sendall(data)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(SECONDS)


@SEARCH
@given(data=answers() | st.binary(max_size=80))
def test_a_webhook_is_delivered_refused_or_tried_again(data: bytes) -> None:
    """Nothing else is raised, and the time is kept."""
    started = time.monotonic()
    with answering(data) as port:
        rules = Rules(hosts=("*",), ports=frozenset({port}), http=True, loopback=True)
        to = Destination.of(f"http://127.0.0.1:{port}/hook", rules)
        try:
            answer = post(to, ["127.0.0.1"], b"{}", {}, seconds=SECONDS)
            judge(answer, range(500, 600), datetime.now(UTC))
        except (Rejected, Retryable):
            pass
        else:
            assert 200 <= answer.status < 300
            assert b" 2" in data
    assert time.monotonic() - started < 3 * SECONDS


@SEARCH
@given(data=answers() | st.binary(max_size=80))
def test_a_client_gets_a_command_or_one_clear_error(data: bytes) -> None:
    """Of one line, whatever a proxy or another server says."""
    with answering(data) as port:
        said = _asked(endpoint_of(f"http://127.0.0.1:{port}/commands"))
    assert said == "COMPLETED" or said.isprintable()


def _asked(endpoint: Endpoint) -> str:
    """The command's status, or the text of the error."""
    try:
        answer = request(endpoint, "GET", "/c-1", seconds=SECONDS)
        assert 0 <= retry_after(answer) <= MOST_RETRY_AFTER_SECONDS
        return str(command_of(answer)["status"])
    except (Refused, Unreachable) as error:
        return str(error)
