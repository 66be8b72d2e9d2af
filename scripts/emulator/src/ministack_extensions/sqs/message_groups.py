"""Message groups and deduplication ids: their syntax, and which queue takes which.

AWS: "Amazon SQS message quotas" (quotas-messages.html) for the syntax; "Amazon SQS fair queues"
(sqs-fair-queues.html): a standard queue takes a group, which orders nothing there. It takes no
deduplication id.
"""

from __future__ import annotations

import re

from ministack_extensions.sqs.refusal import INVALID, Refusal

_SYNTAX = re.compile(r"[\x21-\x7e]{1,128}")
_RULE = "{} can only include alphanumeric and punctuation characters. 1 to 128 in length."
_WRONG_QUEUE = "The request include parameter that is not valid for this queue type."


def bad_group(queue_url: str, group: str | None, deduplication: str | None) -> Refusal | None:
    """Why SQS refuses these ids for the queue, or None; None stands for an absent id."""
    for name, value in (("MessageGroupId", group), ("MessageDeduplicationId", deduplication)):
        if value is not None and not _SYNTAX.fullmatch(value):
            return _invalid(name, value, _RULE.format(name))
    if deduplication is not None and not queue_url.endswith(".fifo"):
        return _invalid("MessageDeduplicationId", deduplication, _WRONG_QUEUE)
    return None


def _invalid(name: str, value: str, reason: str) -> Refusal:
    return Refusal(INVALID, f"Value {value} for parameter {name} is invalid. Reason: {reason}")
