"""What is known of the command behind a dead-letter message, and what a redrive would do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scripts.framework import decision, errors, lifecycle, message, model, retry

if TYPE_CHECKING:
    from datetime import datetime

    from scripts.dlq.message import DeadLetterMessage
    from scripts.stored_commands import StoredCommand

RUNS, DROPPED = "runs", "dropped"
NONE = "-"


def type_of(dead: DeadLetterMessage, stored: StoredCommand | None) -> str:
    """The command's type by its record, else by its message."""
    return (stored.command.type if stored else "") or dead.command_type


def code_of(stored: StoredCommand | None) -> str:
    """The command's last error, `-` where it has none or was never recorded."""
    return (stored.code if stored else "") or NONE


def if_redriven(dead: DeadLetterMessage, stored: StoredCommand | None, *, now: datetime) -> str:
    """What happens to the message if it is sent again now.

    It may still be rejected: which types have a handler, and what their inputs must be, is not
    known here.
    """
    known = stored.stored if stored else None
    # Only the environment knows its default type; the record says what it was.
    default_type = (known.type if known else "") or "default"
    sent = dead.as_sent_again().as_received(sent_at=now)
    try:
        submission = message.parse(sent, default_type=default_type)
    except errors.Rejected:
        return DROPPED
    attempt = model.Attempt(
        token="",
        message_id=sent.identity,
        at=now,
        lease_until=now,
        waits_until=now,
        max_attempts=1,
        takes_over=True,
    )
    if known is None or lifecycle.claimable(known, submission, attempt):
        return RUNS
    terms = decision.Terms(now=now, policy=retry.RetryPolicy(), retention=timedelta(0), spread=0.0)
    refused = decision.NotClaimed(submission, attempt)
    then = decision.decide(known, refused, sent, terms).then
    return DROPPED if then is decision.Then.ACKNOWLEDGE else RUNS
