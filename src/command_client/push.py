"""Watch many commands over one WebSocket, and by polling wherever that is away.

    for command in watch_all("https://api.example.com/commands", ids, push_url="wss://…/v1"):
        print(command["id"], command["status"])

The connection only makes it quick. Every command is asked for over HTTP as well, rarely while the
connection is open: what no change of the table tells, like a worker lost on the last attempt, is
heard then.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from command_client.answers import RETRIES
from command_client.transport import endpoint_of, request
from command_client.waiting import CALL_SECONDS, ENDED, Follower, NotEnded
from command_client.websocket import WebSocket

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from command_client.command import Command
    from command_client.transport import Answer

# A message names so many commands at most.
IDS_IN_A_MESSAGE = 25
# While the connection is open, a command is asked for no more often than that.
QUIET_SECONDS = 60.0
_OPEN_SECONDS, _LONGEST_TURN = 10.0, 30.0
_TOO_MANY, _EXPIRED = "too_many_watches", "token_expired"


def watch_all(
    endpoint: str,
    command_ids: Collection[str],
    *,
    push_url: str = "",
    token: Callable[[], str] | None = None,
    timeout: float = 300,
) -> Iterator[Command]:
    """Every new state of commands, until all have ended: each end exactly once.

    A state may be skipped where a newer one is known; the end never is. `token` is asked for each
    connection and request. Without `push_url` commands are polled, as often as the API asks for.
    NotEnded after `timeout` seconds; Refused and Unreachable as in `wait`.
    """
    where = endpoint_of(endpoint.rstrip("/"))

    def get(path: str, known: Mapping[str, str], seconds: float) -> Answer:
        bearer = {"authorization": f"Bearer {token()}"} if token else {}
        return request(where, "GET", path, headers={**known, **bearer}, seconds=seconds)

    now = time.monotonic()
    watched = {
        name: _Watched(Follower(partial(get, f"/{quote(name, safe='')}")), due=now)
        for name in dict.fromkeys(command_ids)
    }
    line = _Line(push_url, token)
    try:
        yield from _Watch(watched, line, now + timeout).states()
    finally:
        line.close()


@dataclass
class _Watched:
    """One command: what was last told of it, and when to ask next, on `time.monotonic`."""

    follower: Follower
    due: float
    last: Command | None = None

    def news(self, command: Command) -> bool:
        """Whether a command is newer than what was told; then it is told."""
        if self.last is not None and (
            self.last["status"] in ENDED
            or command == self.last
            or command["updatedAt"] < self.last["updatedAt"]
        ):
            return False
        self.last = command
        return True

    def ask(self, end: float, *, quiet: bool) -> Command | None:
        """Ask over HTTP, and say when to ask again."""
        self.follower.ask(min(CALL_SECONDS, max(0.1, end - time.monotonic())))
        pause = self.follower.pause
        self.due = time.monotonic() + (max(pause, QUIET_SECONDS) if quiet else pause)
        return self.follower.last


@dataclass
class _Watch:
    """Commands that have not ended, and how they are heard of."""

    left: dict[str, _Watched]
    line: _Line
    end: float

    def states(self) -> Iterator[Command]:
        """All that is new of them, until none is left."""
        while self.left:
            now = time.monotonic()
            if now >= self.end:
                name, one = next(iter(self.left.items()))
                raise NotEnded(name, one.last or None, one.follower.trouble)
            was_open = self.line.open
            self.line.ensure(self.left, now)
            if self.line.open != was_open:
                self._turn(now)
            yield from self._asked()
            if self.left:
                yield from self._heard()

    def _turn(self, now: float) -> None:
        """Ask at once where the connection was lost, and rarely where there is one."""
        for one in self.left.values():
            one.due = max(one.due, now + QUIET_SECONDS) if self.line.open else now

    def _asked(self) -> Iterator[Command]:
        for one in list(self.left.values()):
            if one.due <= time.monotonic() < self.end:
                found = one.ask(self.end, quiet=self.line.open)
                if found is not None and one.news(found):
                    yield self._told(found)

    def _heard(self) -> Iterator[Command]:
        soonest = min([self.end, self.line.due, *(one.due for one in self.left.values())])
        was_open = self.line.open
        for said in self.line.listen(min(_LONGEST_TURN, soonest - time.monotonic())):
            one = self.left.get(said["id"])
            if one is None or said["status"] is None:
                continue
            if said.get("resultOmitted"):
                one.due = 0.0
            elif one.news(said):
                yield self._told(said)
        if was_open and not self.line.open:
            self._turn(time.monotonic())

    def _told(self, command: Command) -> Command:
        if command["status"] in ENDED:
            del self.left[command["id"]]
            self.line.watching.discard(command["id"])
        return command


class _Line:
    """The connection, opened again whenever it is lost; `due` is when that is tried next."""

    def __init__(self, url: str, token: Callable[[], str] | None) -> None:
        self._url = url
        self._token = token
        self._socket: WebSocket | None = None
        self._failures = 0
        self.watching: set[str] = set()
        self.due = 0.0 if url else float("inf")

    @property
    def open(self) -> bool:
        """Whether changes are heard at once."""
        return self._socket is not None

    def ensure(self, wanted: Collection[str], now: float) -> None:
        """Connect if it is time to, and watch what is not watched yet."""
        try:
            if self._socket is None:
                if now < self.due:
                    return
                query = f"?{urlencode({'access_token': self._token()})}" if self._token else ""
                self._socket = WebSocket(self._url + query, seconds=_OPEN_SECONDS)
                self.due = float("inf")
            new = [name for name in wanted if name not in self.watching]
            for start in range(0, len(new), IDS_IN_A_MESSAGE):
                part = new[start : start + IDS_IN_A_MESSAGE]
                self._socket.send(json.dumps({"watch": part}))
                self.watching.update(part)
        except OSError:
            self._lost()

    def listen(self, seconds: float) -> list[Any]:
        """What is told of commands within so many seconds."""
        if self._socket is None:
            time.sleep(max(0.0, seconds))
            return []
        try:
            text = self._socket.receive(max(0.0, seconds))
            said = json.loads(text) if text else {}
        except (OSError, ValueError):
            self._lost()
            return []
        if "problem" in said or "message" in said:
            # Another connection may watch as many again, and has a token of its own.
            fresh = said.get("problem", {}).get("code") in (_TOO_MANY, _EXPIRED)
            self._lost(at_once=fresh and self._failures == 0)
            return []
        if "commands" in said:
            self._failures = 0
        found: list[Any] = said.get("commands", [])
        return found

    def _lost(self, *, at_once: bool = False) -> None:
        self.close()
        self._failures += 1
        pause = 0.0 if at_once else RETRIES.delay(min(self._failures, 8), spread=0.5)
        self.due = time.monotonic() + pause

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._socket is not None:
            self._socket.__exit__()
        self._socket = None
        self.watching.clear()
