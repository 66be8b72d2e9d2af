"""Which receivers are told of an ending, and what each of them is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from command_api.domain.event import event_of
from command_api.domain.json_text import moment
from command_api.domain.model import Command, Failure, PendingEntry, Status, Step

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from typing import Any

    from command_api.domain.ending import Ending
    from command_api.domain.model import JSON

# A delivery is a command of this type, in a queue and a table of deliveries.
TYPE = "callback"
# The pauses grow from half a minute to half a day: two to four days together, three on average.
ATTEMPTS, BASE_SECONDS, CAP_SECONDS = 19, 30.0, 41_400.0
# After that no message is left of a delivery without a record: the stream is read for hours, and
# the queue keeps its messages for five days (modules/webhooks).
QUEUED_AT_MOST = timedelta(days=7)
# A larger result is where the API says; the message has 256 KB in all.
RESULT_BYTES = 60 * 1024
# Under this name the record of a delivery has what was sent, where no message is left of it.
KEPT = "message"
# Error code of a delivery that an operator sends again, until it is tried.
REPLAYED = "webhook_replayed"


class CallbackStatus(StrEnum):
    """How the call that a client has asked for went."""

    WAITING = "waiting"
    """The command has not ended."""
    PENDING = "pending"
    """No try has succeeded yet; more will follow."""
    DELIVERED = "delivered"
    """The receiver has answered with a success."""
    FAILED = "failed"
    """It may not be called, it refused, or three days have passed."""
    DISABLED = "disabled"
    """The environment has no webhooks."""
    UNKNOWN = "unknown"
    """Nothing is known of it: a month has passed, or there were no webhooks at the end."""


# What the receiver is called that a client has named with its command.
CALLBACK = "callback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A receiver that the environment names, for endings of some types and owners, or of all."""

    name: str
    url: str
    types: Collection[str] = ()
    owners: Collection[str] = ()
    include_result: bool = False

    def wants(self, command: Command) -> bool:
        """Whether it is told of this command."""
        of_type = not self.types or command.type in self.types
        return of_type and (not self.owners or command.owner in self.owners)


def endpoints_of(found: Mapping[str, Mapping[str, Any]]) -> Sequence[Endpoint]:
    """The receivers of an environment, as its variable has them."""
    return [
        Endpoint(
            name=name,
            url=it["url"],
            types=frozenset(it.get("types") or ()),
            owners=frozenset(it.get("owners") or ()),
            include_result=bool(it.get("include_result")),
        )
        for name, it in found.items()
    ]


def receivers(command: Command, endpoints: Sequence[Endpoint]) -> Sequence[Endpoint]:
    """Who is told when a command ends: whom its client has named, and whom the environment has."""
    named = [endpoint for endpoint in endpoints if endpoint.wants(command)]
    if command.callback is None:
        return named
    url, include = command.callback
    return [Endpoint(name=CALLBACK, url=url, include_result=include), *named]


def delivery_id(ending: Ending, receiver: str) -> str:
    """The id of a delivery and of its webhook: the same whenever the ending is told.

    A hash, as receivers must find no full stop in it, which separates what is signed.
    """
    return sha256(f"{ending.id}/{receiver}".encode()).hexdigest()[:40]


def delivery(ending: Ending, receiver: Endpoint, *, sent: str) -> Command:
    """The delivery of an ending to a receiver, ready to be sent.

    `sent` is another text whenever the ending is told. A repetition thereby asks for other work
    than the first message, and is dropped: as a message for the same work it would be one more try
    of its own, and would not wait for the pause that the receiver has asked for.
    """
    command = ending.command
    body = json.dumps(payload(ending, include_result=receiver.include_result), ensure_ascii=False)
    return Command(
        id=delivery_id(ending, receiver.name),
        type=TYPE,
        status=Status.PENDING,
        created_at=ending.at,
        updated_at=ending.at,
        # A fair queue takes turns between owners: one dead receiver keeps no other waiting.
        owner=_host(receiver.url),
        correlation_id=command.correlation_id or command.id,
        pending_entry=PendingEntry(
            since=ending.at,
            lease_until=ending.at,
            input={"receiver": receiver.name, "url": receiver.url, "body": body, "sent": sent},
        ),
    )


def kept(delivered: Command) -> Mapping[str, JSON] | None:
    """The input that a delivery was made with, for a replay; None where its record has none.

    A success keeps it in the result, an end by the receiver's answer in a step. What used up its
    tries has a dead-letter message.
    """
    step = delivered.steps.get(KEPT)
    found = step.result if step else delivered.result
    if step is None and isinstance(found, dict):
        found = found.get(KEPT)
    return found if isinstance(found, dict) else None


def replayed(delivered: Command) -> Command:
    """The delivery as a redrive finds it: failed, so that the worker runs it once more."""
    before = delivered.failure.message if delivered.failure else "The receiver has accepted it."
    failure = Failure(code=REPLAYED, message=f"Sent again. Before: {before}", retryable=True)
    if delivered.failure and delivered.failure.code == REPLAYED:
        failure = delivered.failure
    steps = {KEPT: Step(dict(kept(delivered) or {}))}
    return replace(delivered, status=Status.FAILED, failure=failure, result=None, steps=steps)


def payload(ending: Ending, *, include_result: bool) -> dict[str, object]:
    """What a receiver gets: thin, and with a small result only where that was asked for."""
    command = ending.command
    data = event_of(ending)
    if include_result and command.status is Status.COMPLETED and command.result_key is None:
        result = json.dumps(command.result, ensure_ascii=False)
        if len(result.encode()) <= RESULT_BYTES:
            data["result"] = command.result
    return {
        "type": f"command.{command.status.lower()}",
        "timestamp": moment(ending.at),
        "data": data,
    }


def _host(url: str) -> str:
    """Host of a URL that may be none, with no character that SQS would refuse."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    return host if host.isprintable() and host else "none"
