"""Many commands from a file of JSON lines: sent side by side, safe to send again."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from scripts.commands.api import Unreachable
from scripts.framework import model

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scripts.commands.api import CommandsApi

_TRIES = 4
_FIRST_PAUSE_SECONDS = 0.25
NO_ID = "must be 1-128 letters, digits or any of . _ : = -, for example order-1042"
_FIELDS = {"id", "type", "input"}


@dataclass(frozen=True)
class Line:
    """One line of the file: the command's id and body, or why it is none."""

    number: int
    id: str = ""
    body: str = ""
    problem: str = ""


def read(data: bytes) -> list[Line]:
    """The commands of a file: `{"id": ..., "type": ..., "input": ...}`, all of them optional.

    A line without an id gets one from the file's content and its number, so that the same file
    sent again names the same commands. Empty lines are skipped.
    """
    digest = hashlib.sha256(data).hexdigest()[:16]
    lines = enumerate(data.split(b"\n"), 1)
    return [_line(number, text, digest) for number, text in lines if text.strip()]


def send(api: CommandsApi, lines: Sequence[Line], concurrency: int) -> Iterator[Line]:
    """Send the commands, and yield each line when it is done; `problem` says what went wrong.

    Throttling and errors of the server are tried again; once nobody answers at all, the rest is
    not tried.
    """
    gone = threading.Event()
    with ThreadPoolExecutor(concurrency) as pool:
        yield from pool.map(lambda line: _send(api, line, gone), lines)


def _line(number: int, text: bytes, digest: str) -> Line:
    try:
        command = json.loads(text)
    except ValueError:
        return Line(number, problem="is not JSON")
    if not isinstance(command, dict) or set(command) - _FIELDS:
        return Line(number, problem="is not an object with the fields id, type and input")
    command_id = command.pop("id", f"{digest}-{number}")
    if not isinstance(command_id, str) or not model.ID_PATTERN.fullmatch(command_id):
        return Line(number, problem=f"has no id that can be: it {NO_ID}")
    return Line(number, command_id, json.dumps(command))


def _send(api: CommandsApi, line: Line, gone: threading.Event) -> Line:
    problem = line.problem
    if not problem and gone.is_set():
        problem = "was not sent: the API does not answer"
    elif not problem:
        try:
            problem = _put(api, line)
        except Unreachable as error:
            gone.set()
            problem = str(error)
    return Line(line.number, line.id, line.body, problem)


def _put(api: CommandsApi, line: Line) -> str:
    pause = _FIRST_PAUSE_SECONDS
    for tries_left in reversed(range(_TRIES)):
        try:
            status = api.put(line.id, line.body).status
        except Unreachable:
            if not tries_left:
                raise
            status = HTTPStatus.SERVICE_UNAVAILABLE
        if status == HTTPStatus.ACCEPTED:
            return ""
        busy = status == HTTPStatus.TOO_MANY_REQUESTS
        if tries_left and (busy or status >= HTTPStatus.INTERNAL_SERVER_ERROR):
            time.sleep(pause)
            pause *= 2
            continue
        break
    return f"was refused: the API answered {status}"
