"""Wait for a command over HTTP, as patiently as the API asks."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from command_api.domain.model import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ENDED = frozenset(status.value for status in Status if status.terminal)
_PAUSE_SECONDS = 1.0
# No call takes longer than API Gateway does.
_CALL_SECONDS = 35.0


class NotEnded(TimeoutError):
    """The time is up; the command may still end. `last` is what was last heard of it, if any."""

    def __init__(self, command_id: str, last: Mapping[str, Any] | None) -> None:
        super().__init__(f"{command_id} has not ended yet")
        self.command_id = command_id
        self.last = last


class Refused(Exception):
    """The API does not answer this question: asking again would not help."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"the API answered {status}: {detail}")
        self.status = status
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers by their names in lower case, and body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def wait(  # noqa: PLR0913 - the last three are the world, for tests
    endpoint: str,
    command_id: str,
    *,
    timeout: float = 300,
    headers: Mapping[str, str] | None = None,
    get: Callable[[str, Mapping[str, str], float], Answer] | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """The command once it has ended, as the API shows it; NotEnded after `timeout` seconds.

    `endpoint` is where commands are asked for, like https://api.example.com/commands; `headers` go
    along with each request, a token for instance. A command that the API does not know may still be
    queued, so that is waited for, too, as are throttling, trouble of the server and of the network.
    Refused where the API says that the question is wrong.
    """
    url = f"{endpoint.rstrip('/')}/{quote(command_id, safe='')}"
    end = clock() + timeout
    last: dict[str, Any] | None = None
    version = ""
    while True:
        known = {"if-none-match": version} if version else {}
        left = max(0.1, end - clock())
        answer = _asked(get or _get, url, {**(headers or {}), **known}, min(_CALL_SECONDS, left))
        if answer.status == HTTPStatus.OK:
            last, version = json.loads(answer.body), answer.headers.get("etag", "")
            if last and last["status"] in ENDED:
                return last
        elif answer.status not in {HTTPStatus.NOT_MODIFIED, HTTPStatus.NOT_FOUND}:
            _refuse_what_will_not_change(answer)
        left = end - clock()
        if left <= 0:
            raise NotEnded(command_id, last)
        sleep(min(_pause(answer), left))


def _asked(
    get: Callable[[str, Mapping[str, str], float], Answer],
    url: str,
    headers: Mapping[str, str],
    seconds: float,
) -> Answer:
    try:
        return get(url, headers, seconds)
    except (OSError, http.client.HTTPException):
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE)


def _refuse_what_will_not_change(answer: Answer) -> None:
    later = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in later:
        return
    try:
        said = json.loads(answer.body)
        detail = said.get("detail") or said.get("message")
    except (ValueError, AttributeError):
        detail = None
    raise Refused(answer.status, str(detail or HTTPStatus(answer.status).phrase))


def _pause(answer: Answer) -> float:
    asked = answer.headers.get("retry-after", "")
    return float(asked) if asked.isascii() and asked.isdigit() else _PAUSE_SECONDS


def _get(url: str, headers: Mapping[str, str], seconds: float) -> Answer:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("an endpoint is a URL like https://api.example.com/commands")
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=seconds)
    try:
        connection.request("GET", parts.path, headers=dict(headers))
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, told, response.read())
    finally:
        connection.close()
