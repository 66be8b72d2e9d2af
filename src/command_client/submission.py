"""Submit a command over HTTP, again where that is safe."""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from command_client.answers import Refused, backoff, passes, refused
from command_client.transport import Unreachable, endpoint_of, request
from command_client.waiting import CALL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import TypeAlias

    from command_client.command import Callback
    from command_client.transport import Answer

    # Method, URL, body, headers and seconds of patience; the answer, or Unreachable.
    Send: TypeAlias = Callable[[str, str, str, Mapping[str, str], float], Answer]


def submit(  # noqa: PLR0913 - the last three are the world, for tests
    endpoint: str,
    command_type: str,
    command_input: Mapping[str, object] | None = None,
    *,
    command_id: str = "",
    key: str = "",
    callback: Callback | None = None,
    priority: str = "",
    not_before: datetime | None = None,
    delay_seconds: int | None = None,
    expires_at: datetime | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 60,
    send: Send | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Submit a command and return its id.

    With an id of your own, or with a `key` (the header Idempotency-Key of APIs with validated
    submission), the request is repeated for up to `timeout` seconds while the API is throttled,
    fails or cannot be reached. Without both it is repeated after a 429 only, because any other
    request may have been accepted. `callback` is the receiver of a signed call when the command
    ends, like {"url": "https://hooks.example.com/commands"}. `priority` is one of the queues that
    the environment lets clients choose.

    The command starts at `not_before` at the earliest, or `delay_seconds` after its submission, and
    not after `expires_at`; a time without an offset is local.

    Refused where the API did not accept the command, Unreachable where no answer came.
    InvalidEndpoint (a ValueError) where no URL is given.
    """
    base = endpoint.rstrip("/")
    if priority:
        # A path that every kind of API has.
        base = beside(endpoint, f"/priorities/{quote(priority, safe='')}/commands")
    method, path = ("PUT", f"/{quote(command_id, safe='')}") if command_id else ("POST", "")
    work = {"type": command_type, "input": command_input or {}}
    named = {"callback": callback} if callback else {}
    times = _times(not_before, delay_seconds, expires_at)
    body = json.dumps({**work, **named, **times}, allow_nan=False)
    sent = {"content-type": "application/json", **(headers or {})}
    sent |= {"idempotency-key": key} if key else {}

    ask = asking(base, method, path, body, sent, send)
    safe = bool(command_id or key)
    answer = answered(
        ask, HTTPStatus.ACCEPTED, safe=safe, timeout=timeout, clock=clock, sleep=sleep
    )
    return _id(answer, command_id)


def beside(endpoint: str, path: str) -> str:
    """The URL of another path of the API that has the commands of `endpoint`."""
    return endpoint.rstrip("/").removesuffix("/commands") + path


def asking(
    base: str,
    method: str,
    path: str,
    body: str,
    headers: Mapping[str, str],
    send: Send | None,
) -> Callable[[float], Answer]:
    """One request, to be sent with so many seconds of patience; InvalidEndpoint for no URL."""
    where = endpoint_of(base)

    def ask(seconds: float) -> Answer:
        if send is not None:
            return send(method, base + path, body, headers, seconds)
        content = body.encode() or None
        return request(where, method, path, seconds=seconds, body=content, headers=headers)

    return ask


def answered(
    ask: Callable[[float], Answer],
    *statuses: int,
    safe: bool,
    timeout: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> Answer:
    """The answer of such a status, asked for again where that is safe, for up to `timeout` seconds.

    `ask` is given its patience in seconds. Raises Refused and Unreachable.
    """
    end, failures = clock() + timeout, 0
    while True:
        answer = trouble = None
        try:
            answer = ask(min(CALL_SECONDS, max(0.1, end - clock())))
        except Unreachable as error:
            trouble = error
        if answer and answer.status in statuses:
            return answer
        failures += 1
        pause = backoff(answer, failures)
        if not _repeatable(answer, trouble, safe=safe) or clock() + pause > end:
            raise refused(answer) if answer else trouble or Unreachable("no answer")
        sleep(pause)


def _times(
    not_before: datetime | None, delay_seconds: int | None, expires_at: datetime | None
) -> Mapping[str, object]:
    named = {"notBefore": not_before, "expiresAt": expires_at}
    times: dict[str, object] = {
        name: time.astimezone().isoformat() for name, time in named.items() if time is not None
    }
    return times if delay_seconds is None else times | {"delaySeconds": delay_seconds}


def _repeatable(answer: Answer | None, trouble: Unreachable | None, *, safe: bool) -> bool:
    if answer is None:
        return safe and not (trouble and trouble.permanent)
    return answer.status == HTTPStatus.TOO_MANY_REQUESTS or (safe and passes(answer.status))


def _id(answer: Answer, command_id: str) -> str:
    # With direct submission the body is SQS's own answer; the id travels in the header.
    taken = command_id or answer.headers.get("x-command-id", "")
    if not taken:
        raise Refused(answer.status, detail="the response names no command; check the URL")
    return taken
