"""Wait for a command over HTTP, as patiently as the API asks."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from command_api.domain.model import Status
from command_client.answers import (
    PAUSE_SECONDS,
    backoff,
    command_of,
    may_appear,
    passes,
    refused,
    retry_after,
)
from command_client.transport import Unreachable, endpoint_of, request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from command_client.command import Command
    from command_client.transport import Answer

    # Headers and seconds of patience; the answer, or OSError, HTTPException or Unreachable.
    Get: TypeAlias = Callable[[Mapping[str, str], float], Answer]

ENDED = frozenset(status.value for status in Status if status.terminal)
# No call takes longer than API Gateway does.
CALL_SECONDS = 35.0


class NotEnded(TimeoutError):
    """The time is up; the command may still end. `last` is what was last heard of it, if any.

    `trouble` says why nothing newer was heard; empty where the command was just not ready.
    """

    def __init__(self, command_id: str, last: Command | None, trouble: str = "") -> None:
        super().__init__(f"{command_id} has not ended yet{trouble and f'; {trouble}'}")
        self.command_id = command_id
        self.last = last
        self.trouble = trouble


@dataclass
class Follower:
    """One command that is asked for until it has ended.

    `last` is the command as the API last showed it, None until it does; `pause` the seconds until
    the next request; `trouble` why the last request showed nothing, empty where it did; `failures`
    how many requests in a row failed for the time being.
    """

    get: Get
    last: Command | None = None
    pause: float = 0.0
    trouble: str = ""
    failures: int = 0
    _version: str = ""
    _heard: bool = field(default=False, repr=False)

    @property
    def ended(self) -> bool:
        """True once nothing more happens to the command."""
        return self.last is not None and self.last["status"] in ENDED

    def ask(self, seconds: float) -> None:
        """Ask once, for that many seconds at most.

        A command that is unknown may still be queued. That is waited for, as are throttling, errors
        of the server and of the network. Refused where asking again would not help; Unreachable
        where the host's name or its certificate is wrong from the start.
        """
        known = {"if-none-match": self._version} if self._version else {}
        try:
            answer = self.get(known, seconds)
        except (Unreachable, OSError, http.client.HTTPException) as error:
            if getattr(error, "permanent", False) and not self._heard:
                raise
            self._failed(None, str(error))
            return
        self._heard = True
        if passes(answer.status):
            self._failed(answer, str(refused(answer)))
            return
        self.failures, self.trouble = 0, ""
        self.pause = retry_after(answer) or PAUSE_SECONDS
        if may_appear(answer):
            self.trouble = str(refused(answer))
        elif answer.status != HTTPStatus.NOT_MODIFIED:
            self.last, self._version = command_of(answer), answer.headers.get("etag", "")

    def _failed(self, answer: Answer | None, trouble: str) -> None:
        self.failures += 1
        self.trouble = trouble
        self.pause = backoff(answer, self.failures)


def wait(  # noqa: PLR0913 - the last three are the world, for tests
    endpoint: str,
    command_id: str,
    *,
    timeout: float = 300,
    headers: Mapping[str, str] | None = None,
    get: Callable[[str, Mapping[str, str], float], Answer] | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Command:
    """The command once it has ended, as the API shows it; `watch` says what else may come of it."""
    states = watch(
        endpoint,
        command_id,
        timeout=timeout,
        headers=headers,
        get=get,
        clock=clock,
        sleep=sleep,
    )
    *_, ended = states
    return ended


def watch(  # noqa: PLR0913 - the last three are the world, for tests
    endpoint: str,
    command_id: str,
    *,
    timeout: float = 300,
    headers: Mapping[str, str] | None = None,
    get: Callable[[str, Mapping[str, str], float], Answer] | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Command]:
    """Each new state of the command, as the API shows it, until it has ended.

    NotEnded after `timeout` seconds. A state that lasts shorter than the API asks clients to pause
    may be skipped; the end never is. `endpoint` is where commands are asked for, like
    https://api.example.com/commands; `headers` go along with each request, a token for instance.
    `Follower.ask` says what is waited for and what ends the wait: Refused and Unreachable.
    InvalidEndpoint (a ValueError) where no URL is given.
    """
    base = endpoint.rstrip("/")
    where, path = endpoint_of(base), f"/{quote(command_id, safe='')}"

    def ask(known: Mapping[str, str], seconds: float) -> Answer:
        sent = {**(headers or {}), **known}
        if get is not None:
            return get(base + path, sent, seconds)
        return request(where, "GET", path, headers=sent, seconds=seconds)

    return _states(command_id, Follower(ask), timeout, clock, sleep)


def _states(
    command_id: str,
    follower: Follower,
    timeout: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> Iterator[Command]:
    end, seen = clock() + timeout, None
    while True:
        follower.ask(min(CALL_SECONDS, max(0.1, end - clock())))
        if follower.last is not None and follower.last != seen:
            seen = follower.last
            yield seen
        if follower.ended:
            return
        left = end - clock()
        if left <= 0:
            raise NotEnded(command_id, follower.last, follower.trouble)
        sleep(min(follower.pause, left))
