"""What the worker will do with a dead letter that is sent again, by its own rules."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scripts.framework import decision, errors, lifecycle, message, model, retry

if TYPE_CHECKING:
    from datetime import datetime

    from scripts.dlq.letter import Letter
    from scripts.dlq.records import Known

RUNS, DROPPED = "runs", "dropped"


def if_redriven(letter: Letter, known: Known | None, *, now: datetime) -> str:
    """What happens to the message if it is sent again now.

    It may still be rejected: which types have a handler, and what their inputs must be, is not
    known here.
    """
    stored = known.stored if known else None
    # Only the environment knows its default type; the record says what it was.
    default_type = (stored.type if stored else "") or "default"
    sent = letter.as_sent_again().as_received(sent_at=now)
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
    if stored is None or lifecycle.claimable(stored, submission, attempt):
        return RUNS
    terms = decision.Terms(now=now, policy=retry.RetryPolicy(), retention=timedelta(0), spread=0.0)
    refused = decision.NotClaimed(submission, attempt)
    then = decision.decide(stored, refused, sent, terms).then
    return DROPPED if then is decision.Then.ACKNOWLEDGE else RUNS
