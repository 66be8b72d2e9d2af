"""Receivers of webhooks in virtual time, each with manners of its own, and all that they heard."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from command_api.domain.errors import Retryable
from command_api.webhooks.exchange import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random
    from typing import Any

    from command_api.webhooks.destination import Destination

HOUR = 3_600.0


class Reply(NamedTuple):
    """What a receiver does with a call: no status is no answer that is one."""

    status: int | None
    seconds: float = 0.05
    retry_after: str | None = None
    # Whether the call gets through at all.
    arrives: bool = True


def manners(random: Random) -> dict[str, Callable[[float], Reply]]:
    """What each receiver does at a moment, by its host."""

    def now_and_then(share: float, bad: Callable[[], Reply]) -> Callable[[float], Reply]:
        return lambda _: bad() if random.random() < share else Reply(200)

    return {
        "audit.example": lambda _: Reply(200),
        "quick.example": lambda _: Reply(204),
        "down.example": lambda at: (
            Reply(None, 3.0, arrives=False) if at < 30 * HOUR else Reply(200)
        ),
        "slow.example": now_and_then(0.4, lambda: Reply(200, 40.0)),
        "error.example": now_and_then(0.4, lambda: Reply(500)),
        "busy.example": now_and_then(
            0.4, lambda: Reply(429, retry_after=str(random.randrange(1, 7_200)))
        ),
        "garbage.example": now_and_then(0.4, lambda: Reply(None)),
        "gone.example": lambda _: Reply(410),
        "moved.example": lambda _: Reply(302),
        "dead.example": lambda _: Reply(None, 3.0, arrives=False),
    }


# By what the last call came to; all others end up delivered.
ENDS = {
    "gone.example": ("webhook_refused",),
    "moved.example": ("webhook_redirected",),
    "dead.example": ("webhook_unreachable", "webhook_not_called"),
}


class Call(NamedTuple):
    """One call that got through: `wait` is the Retry-After to obey, in seconds."""

    host: str
    at: float
    webhook_id: str
    body: bytes
    taken: bool
    wait: float


@dataclass
class Receivers:
    """All receivers; `spend` lets virtual time pass, `now` says what time it is (seconds)."""

    replies: Mapping[str, Callable[[float], Reply]]
    now: Callable[[], float]
    spend: Callable[[float], None]
    calls: list[Call] = field(default_factory=list)

    def post(
        self,
        to: Destination,
        _addresses: object,
        body: bytes,
        headers: Mapping[str, str],
        *,
        seconds: float,
    ) -> Answer:
        """Take a call, as `exchange.post` makes it."""
        reply = self.replies[to.host](self.now())
        in_time = reply.status is not None and reply.seconds <= seconds
        taken = in_time and 200 <= (reply.status or 0) < 300
        wait = float(reply.retry_after or 0)
        if reply.arrives:
            call = Call(to.host, self.now(), headers["webhook-id"], body, taken, wait)
            self.calls.append(call)
        self.spend(min(reply.seconds, seconds))
        if not in_time or reply.status is None:
            raise Retryable("unreachable", code="webhook_unreachable")
        return Answer(reply.status, reply.retry_after)

    def forget_waits(self, first: int) -> None:
        """The queue was not told of the waits that were asked for since that call."""
        self.calls[first:] = [call._replace(wait=0.0) for call in self.calls[first:]]

    def contradictions(self, ended: Mapping[str, str]) -> list[str]:
        """What is wrong with what was heard, by the endings that there were."""
        wrong: list[str] = []
        told: dict[tuple[str, str], list[Call]] = defaultdict(list)
        for call in self.calls:
            event: dict[str, Any] = json.loads(call.body)
            ending, status = event["data"]["id"], event["data"]["status"]
            told[call.host, ending].append(call)
            if ended.get(ending) != status or event["type"] != f"command.{status.lower()}":
                wrong.append(f"{ending} was told as {status}, and ended as {ended.get(ending)}")
        seen: Counter[str] = Counter()
        for (host, ending), calls in told.items():
            if len({call.webhook_id for call in calls}) > 1:
                wrong.append(f"{ending} was told to {host} under several ids")
            if len({call.body for call in calls}) > 1:
                wrong.append(f"{ending} was told to {host} in several ways")
            seen.update({calls[0].webhook_id})
            for one, following in pairwise(calls):
                if following.at - one.at < one.wait:
                    wrong.append(f"{ending} was told to {host} before its Retry-After")
        wrong += [f"{one} is the id of several endings" for one, n in seen.items() if n > 1]
        return wrong
