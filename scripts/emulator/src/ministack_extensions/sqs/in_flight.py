"""The messages that somebody has received, looked up in the emulator itself.

One of the files that know the emulator from inside: its poller receives without a request, so no
request tells when a message was received, and no call of SQS shows a message that is in flight.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack.services import sqs

from ministack_extensions.sqs.fairness import Shares, Waiting
from ministack_extensions.upstream import ACCOUNT_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_RECEIVED = "received_at"
# AWS: "Available CloudWatch metrics for Amazon SQS"; a message that was received more often than
# that is passed over.
_POISONOUS = 3


@dataclass(frozen=True)
class Received:
    """One message under its latest receipt handle."""

    _message: dict[str, Any]

    @property
    def seconds(self) -> float:
        """Seconds since it was received under this handle."""
        now = time.time()
        return now - float(self._message.get(_RECEIVED, now))

    @property
    def hidden(self) -> bool:
        """Whether its visibility timeout still runs."""
        return float(self._message["visible_at"]) > time.time()


def find(queue_url: str, region: str, handle: str) -> Received | None:
    """The message of a receipt handle; None for a handle that is not the latest of any message."""
    name = queue_url.rpartition("/")[2]
    url = sqs._queue_name_to_url.get_scoped(ACCOUNT_ID, region, name)  # noqa: SLF001
    queue = sqs._queues.get_scoped(ACCOUNT_ID, region, url)  # noqa: SLF001
    messages = queue["messages"] if queue and handle else ()
    found = next((it for it in list(messages) if it["receipt_handle"] == handle), None)
    return Received(found) if found is not None else None


def oldest_seconds(name: str, region: str) -> float:
    """The age of a queue's oldest message, those in flight included; 0 where it has none."""
    url = sqs._queue_name_to_url.get_scoped(ACCOUNT_ID, region, name)  # noqa: SLF001
    queue = sqs._queues.get_scoped(ACCOUNT_ID, region, url)  # noqa: SLF001
    now = time.time()
    ages = [
        now - it["sent_at"]
        for it in (list(queue["messages"]) if queue else ())
        if (it.get("receive_count") or 0) <= _POISONOUS
    ]
    return max(ages, default=0.0)


@contextmanager
def out_of_reach(received: Iterable[Received]) -> Iterator[None]:
    """Let the emulator not know these messages' handles for a moment."""
    messages = [(it._message, it._message["receipt_handle"]) for it in received]  # noqa: SLF001
    for message, _ in messages:
        message["receipt_handle"] = None
    try:
        yield
    finally:
        for message, handle in messages:
            # Unless it was received anew meanwhile.
            message["receipt_handle"] = message["receipt_handle"] or handle


def note_receives() -> None:
    """Have the emulator write the moment of a receive to every message, its poller's included.

    A standard queue hands out the messages of quiet groups first.
    """
    collect: Callable[..., list[dict[str, Any]]] = sqs._collect_msgs  # noqa: SLF001
    if hasattr(collect, _RECEIVED):
        return

    shares: dict[int, Shares] = {}

    def noting(queue: dict[str, Any], most: int, visibility: int) -> list[dict[str, Any]]:
        fair = queue
        if any(it.get("group_id") for it in queue["messages"]) and not queue["is_fifo"]:
            known = shares.setdefault(id(queue), Shares())
            fair = {**queue, "messages": _chosen(queue["messages"], known, most)}
        messages = collect(fair, most, visibility)
        for message in messages:
            message[_RECEIVED] = time.time()
        return messages

    setattr(noting, _RECEIVED, True)
    sqs._collect_msgs = noting  # noqa: SLF001


def _chosen(messages: list[dict[str, Any]], shares: Shares, most: int) -> list[dict[str, Any]]:
    now = time.time()
    waiting = [
        Waiting(it.get("group_id") or "", it["sent_at"], it)
        for it in messages
        if float(it.get("visible_at", 0.0)) <= now
    ]
    flying = Counter(
        it.get("group_id") or it["id"]
        for it in messages
        if it.get("receive_count") and float(it["visible_at"]) > now
    )
    return shares.choose(waiting, flying, most, now=now)
