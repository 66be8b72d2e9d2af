"""One receiver that is slow or fails, with many deliveries, among others that are quick.

Twenty minutes of virtual time: the sender, its circuits and its retries are the real ones; the
queue is a fair one, as SQS's are with message groups.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from command_api.adapters.sqs.sender import SQSSender
from command_api.domain.delivery import CALLBACK, Endpoint, delivery
from command_api.domain.ending import Ending
from tests.builders import LATER, NOW, command
from tests.property.receivers import Reply
from tests.property.sending import Sending
from tests.property.told import Services

if TYPE_CHECKING:
    from collections.abc import Callable

LASTS, QUIET_RECEIVERS, PER_SECOND = 1_200.0, 20, 3.0
# When the noisy one's deliveries come, all at once; as many again as all others have follow.
BURST_AT = 300.0
NOISY = "noisy.example"
KINDS = {
    "takes 30 s": lambda _: Reply(200, 30.0),
    "takes 10 s": lambda _: Reply(200, 10.0),
    "always answers 500": lambda _: Reply(500),
}


class Noise(NamedTuple):
    """What the quick receivers saw, in seconds, and how often the noisy one was called."""

    p50: float
    p99: float
    heard: int
    noisy_calls: int
    noisy_heard: int


def measured(seed: int, burst: int, noisy: Callable[[float], Reply] | None) -> Noise:
    """What is seen with the noisy receiver, or without it where there is none."""
    random = Random(seed)  # noqa: S311 - the same in every run
    quiet = [f"quiet-{number}.example" for number in range(QUIET_RECEIVERS)]
    replies = {host: lambda _: Reply(200, random.uniform(0.05, 0.3)) for host in quiet}
    if noisy is not None:
        replies[NOISY] = noisy
    services = Services()
    sender = SQSSender(lambda: services, "https://deliveries", fair=True)
    queued: dict[str, float] = {}
    arrivals = Random(f"{seed}/arrivals")  # noqa: S311 - the same with and without noise

    def queue(host: str, at: float) -> None:
        services.now = at
        ended = command(id=f"c-{len(queued)}").completed(
            1, now=NOW + timedelta(seconds=at), purge_at=LATER
        )
        one = delivery(
            Ending(ended), Endpoint(name=CALLBACK, url=f"https://{host}/"), sent=str(len(queued))
        )
        queued[one.id] = at
        assert sender.send([one])

    at = 0.0
    while (at := at + arrivals.expovariate(PER_SECOND)) < LASTS:
        queue(arrivals.choice(quiet), at)
        if noisy is not None and at > BURST_AT:
            queue(NOISY, at)
    for _ in range(burst if noisy is not None else 0):
        queue(NOISY, BURST_AT)
    sending = Sending(replies, random, coming=list(services.queued))
    sending.play(LASTS + 60.0)
    calls = sending.receivers.calls
    waits = sorted(
        call.at - queued[call.webhook_id]
        for call in calls
        if call.host != NOISY and queued[call.webhook_id] >= BURST_AT
    )
    loud = [call for call in calls if call.host == NOISY]
    return Noise(
        waits[len(waits) // 2],
        waits[int(len(waits) * 0.99)],
        len(waits),
        len(loud),
        sum(call.taken for call in loud),
    )
