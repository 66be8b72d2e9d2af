"""Commands straight into the queue, one or many."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from command_api.adapters.sqs.sender import Entry, entry, send_all
from command_api.domain.envelope import group_of, is_fifo
from command_api.domain.message import body_of
from command_api.domain.model import ID_PATTERN
from command_api.domain.reserved import is_reserved
from command_api.domain.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from command_api.domain.model import JSON
    from command_client.command import Callback
    from command_client.transaction import InTransaction

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
MAX_DELAY_SECONDS = 900


class NotSubmitted(Exception):
    """The queue did not take the command; the same id may be submitted again."""

    def __init__(self, command_id: str, reason: str) -> None:
        super().__init__(f"{command_id}: {reason}")
        self.command_id = command_id
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A command to be.

    An id of your own makes it safe to submit it again; without one it gets an id that nobody can
    guess. `delay` is in seconds, up to 900, for standard queues; `group` is for FIFO queues;
    `correlation_id` is what the logs call the request that this is a part of; `callback` names the
    receiver of a signed call when the command ends. The command is not started from `expires_at`
    on, a time with an offset.
    """

    type: str
    input: Mapping[str, JSON] = field(default_factory=dict)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    delay: int = 0
    group: str = ""
    correlation_id: str = ""
    callback: Callback | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of one of many: `reason` is empty where the queue has taken it."""

    id: str
    reason: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Producer:
    """The way into one queue, for commands of one owner, or of none.

    In a `fair` queue the owner is the group of messages. `table` is the table of commands, for
    `in_transaction`, and `ttl_attribute` what its time to live is called. `client` makes an SQS
    client; without it, region and credentials come from the environment.
    """

    queue_url: str
    owner: str = ""
    fair: bool = False
    table: str = ""
    ttl_attribute: str = "expiresAt"
    client: Callable[[], Any] | None = None
    sleep: Callable[[float], None] = time.sleep

    def submit(
        self,
        command_type: str,
        work: Mapping[str, JSON] | None = None,
        *,
        command_id: str = "",
        delay: int = 0,
        group: str = "",
        callback: Callback | None = None,
    ) -> str:
        """Submit one command and return its id; NotSubmitted where the queue does not take it."""
        one = Work(type=command_type, input=work or {}, delay=delay, group=group, callback=callback)
        one = replace(one, id=command_id) if command_id else one
        (submitted,) = self.submit_many([one])
        if submitted.reason:
            raise NotSubmitted(submitted.id, submitted.reason)
        return submitted.id

    def in_transaction(self, work: Work) -> InTransaction:
        """Return what stores a command as a part of your own `TransactWriteItems`.

        The outbox relay sends a command that is stored; there is one where the API validates
        submissions. Raises ValueError where the command can never be.
        """
        from command_client.transaction import in_transaction  # noqa: PLC0415 - botocore is large

        self._entry(work)
        return in_transaction(self, work)

    def submit_many(self, works: Iterable[Work]) -> list[Submitted]:
        """Submit commands in as few calls as there can be, and say of each what became of it.

        What the queue refuses for a reason of its own is sent again, and nothing else is. Raises
        ValueError before anything is sent where one of them can never be.
        """
        given = list(works)
        entries = {str(number): self._entry(one) for number, one in enumerate(given)}
        failed = send_all(self._client(), self.queue_url, entries, sleep=self.sleep)
        return [Submitted(one.id, failed.get(str(n), "")) for n, one in enumerate(given)]

    @property
    def _fifo(self) -> bool:
        return is_fifo(self.queue_url)

    def _client(self) -> Any:  # noqa: ANN401 - botocore makes its clients at run time
        if self.client is not None:
            return self.client()
        from command_api.adapters.clients import client  # noqa: PLC0415 - botocore is large

        return partial(client, "sqs")()

    def _entry(self, work: Work) -> Entry:
        if not ID_PATTERN.fullmatch(work.id):
            raise ValueError(
                "an id must be 1-128 letters, digits or any of . _ : = -, like order-1042"
            )
        if is_reserved(work.id, ()):
            raise ValueError("this id belongs to a batch or a recurring schedule; omit id")
        if work.correlation_id and not ID_PATTERN.fullmatch(work.correlation_id):
            raise ValueError(
                "a correlation id must be 1-128 letters, digits or any of . _ : = -, for"
                " example checkout-7"
            )
        if not 0 <= work.delay <= MAX_DELAY_SECONDS:
            raise ValueError(f"a delay must be 0 to {MAX_DELAY_SECONDS} seconds, for example 60")
        if self._fifo and not work.group:
            raise ValueError('a FIFO queue needs a group, for example group="customer-7"')
        if self._fifo and work.delay:
            raise ValueError("a FIFO queue does not support a delay per message; omit delay")
        group = work.group if self._fifo else ""
        if self.fair and self.owner and not self._fifo:
            group = group_of(self.owner)
        made = entry(
            body_of(
                work.type, work.input, work.callback, timing=Timing(expires_at=work.expires_at)
            ),
            work.id,
            owner=self.owner,
            group=group,
            fifo=self._fifo,
            correlation_id=work.correlation_id,
        )
        return {**made, "DelaySeconds": work.delay} if work.delay else made
