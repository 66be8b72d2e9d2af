"""A command that is stored by a transaction of its producer's own, and sent by the outbox relay."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from command_api.adapters.clients import client
from command_api.adapters.dynamodb.outbox import DynamoDBOutbox
from command_api.adapters.sqs.sender import SQSSender
from command_api.domain.errors import DoesNotFit
from command_api.domain.model import Callback, Submission
from command_api.domain.submission import submitted
from command_api.domain.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from command_api.domain.model import Command
    from command_client.producer import Producer, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class InTransaction:
    """What `Producer.in_transaction` gives."""

    # The id of the command.
    id: str
    # What belongs into `TransactItems` beside your own: one item, or two for more than 256 bytes.
    items: Sequence[dict[str, Any]]
    _command: Command = field(repr=False)
    _sender: SQSSender = field(repr=False)
    _outbox: DynamoDBOutbox = field(repr=False)

    def send(self) -> bool:
        """Send the command now, once the transaction has succeeded.

        False where that failed, or cannot be told: the relay then sends it, as it does where this
        is never called, at once off the table's stream where that is on, else within six minutes.
        A command that is sent twice runs once.
        """
        try:
            if self.id not in self._sender.send([self._command]):
                return False
            # How long the queue keeps messages is not known here: two weeks at most, as is stored.
            self._outbox.settle(self._command)
        except Exception:  # noqa: BLE001 - the command is stored: the relay sends it
            return False
        return True


def in_transaction(
    producer: Producer, work: Work, *, dynamodb: Callable[[], Any] | None = None
) -> InTransaction:
    """Return what stores a command; ValueError where it can never be sent."""
    if not producer.table:
        raise ValueError('a transaction needs the table, for example table="acme-dev-commands"')
    if work.delay:
        raise ValueError("the relay sends without a delay; omit delay")
    now = datetime.now(UTC)
    asked = Submission(
        id=work.id,
        type=work.type,
        input=work.input,
        submitted_at=now,
        owner=producer.owner,
        group=work.group,
        correlation_id=work.correlation_id,
        callback=_callback(work),
        timing=Timing(expires_at=work.expires_at),
    )
    # Nobody is sending it: the relay may at once.
    command = submitted(asked, until=now, at_once=True)
    sqs = producer.client or (lambda: client("sqs"))
    sender = SQSSender(sqs, producer.queue_url, fair=producer.fair, sleep=producer.sleep)
    outbox = DynamoDBOutbox(
        (dynamodb or (lambda: client("dynamodb")))(), producer.table, producer.ttl_attribute
    )
    try:
        fits, items = sender.takes(command), outbox.writes(command)
    except DoesNotFit:
        fits, items = False, []
    if not fits:
        raise ValueError("the input is not JSON, or it exceeds 256 KB: pass a reference instead")
    return InTransaction(
        id=command.id, items=items, _command=command, _sender=sender, _outbox=outbox
    )


def _callback(work: Work) -> Callback | None:
    if work.callback is None:
        return None
    return Callback(work.callback["url"], work.callback.get("includeResult", False))
