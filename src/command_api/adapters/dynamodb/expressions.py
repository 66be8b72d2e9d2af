"""What the store's writes change, and on which conditions.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from command_api.domain.access import Caller

_CLAIM = (
    "SET #type = if_not_exists(#type, :type), #work = if_not_exists(#work, :work), "
    "#status = :processing, #attempts = if_not_exists(#attempts, :zero) + :one, "
    "#maxAttempts = :maxAttempts, #messageId = :messageId, #leaseToken = :leaseToken, "
    "#leaseExpiresAt = :leaseExpiresAt, #waitsUntil = :waitsUntil, "
    "#steps = if_not_exists(#steps, :steps), "
    "#createdAt = if_not_exists(#createdAt, :createdAt), #updatedAt = :now{owner}{callback} "
    "REMOVE #error"
)
# What the command was asked for stays; what is not there yet is filled in.
CANCEL = (
    "SET #attempts = if_not_exists(#attempts, :attempts), "
    "#maxAttempts = if_not_exists(#maxAttempts, :maxAttempts), "
    "#messageId = if_not_exists(#messageId, :messageId), "
    "#steps = if_not_exists(#steps, :steps), #createdAt = if_not_exists(#createdAt, :createdAt), "
    "#status = :status, #updatedAt = :updatedAt, #completedAt = :completedAt, #purge = :purge "
    "REMOVE #error"
)
_ABANDONED = "#status = :processing AND #leaseExpiresAt < :now AND #attempts < #maxAttempts"
# The same as `not lifecycle.submitted_after_loss`.
_NOT_LOST = "(attribute_not_exists(#waitsUntil) OR #waitsUntil >= :createdAt)"
# The same as `lifecycle.in_time`.
_IN_TIME = "(attribute_not_exists(#notBefore) OR #notBefore <= :now)"
# With `item.unchanged`: nobody has touched the command since it was read.
UNCHANGED = "#status = :oldStatus AND #updatedAt = :oldUpdatedAt"
HELD = "#leaseToken = :token AND attribute_exists(#leaseExpiresAt)"
# And nobody has asked the command to stop.
GOES_ON = "#leaseToken = :token AND #status = :processing"


@cache
def claim(*, owned: bool, called_back: bool) -> str:
    """What a claim changes; `:owner` and `:callback` are values only where there is one."""
    return _CLAIM.format(
        owner=", #owner = :owner" if owned else "",
        callback=", #callback = if_not_exists(#callback, :callback)" if called_back else "",
    )


@cache
def claimable(*, owned: bool, takes_over: bool, sliced: bool) -> str:
    """The same as lifecycle.claimable; `:slices` is a value only for the message of a slice."""
    same = "#owner = :owner" if owned else "attribute_not_exists(#owner)"
    known = f"(#status = :pending OR ({_ABANDONED}))" if takes_over else "#status = :pending"
    ours = " AND (#slices = :slices OR #messageId = :messageId)" if sliced else ""
    asked = f"{known} AND {same} AND #work = :work AND {_NOT_LOST} AND {_IN_TIME}{ours}"
    return f"attribute_not_exists(id) OR ({asked})"


def cancellable(caller: Caller) -> str:
    """What this caller may take back, if it waits."""
    if not caller.known_only:
        return "attribute_not_exists(id) OR #status = :pending"
    return "#status = :pending" if caller.admin else "#status = :pending AND #owner = :owner"


@cache
def placeholders(expressions: str) -> dict[str, str]:
    """The attributes that expressions name by placeholders.

    Every attribute goes by one: DynamoDB reserves words like status, type and error.
    """
    return {f"#{name}": name for name in re.findall(r"#(\w+)", expressions)}
