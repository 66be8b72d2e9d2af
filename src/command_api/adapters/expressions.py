"""What the store's writes change, and on which conditions.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

import re
from functools import cache

CLAIM = (
    "SET #type = if_not_exists(#type, :type), #input = if_not_exists(#input, :input), "
    "#status = :processing, #attempts = if_not_exists(#attempts, :zero) + :one, "
    "#maxAttempts = :maxAttempts, #messageId = :messageId, #leaseToken = :leaseToken, "
    "#leaseExpiresAt = :leaseExpiresAt, #steps = if_not_exists(#steps, :steps), "
    "#createdAt = if_not_exists(#createdAt, :createdAt), #updatedAt = :now "
    "REMOVE #error"
)
# What the command was asked for stays; what is not there yet is filled in.
CANCEL = (
    "SET #input = if_not_exists(#input, :input), #attempts = if_not_exists(#attempts, :attempts), "
    "#maxAttempts = if_not_exists(#maxAttempts, :maxAttempts), "
    "#messageId = if_not_exists(#messageId, :messageId), "
    "#steps = if_not_exists(#steps, :steps), #createdAt = if_not_exists(#createdAt, :createdAt), "
    "#status = :status, #updatedAt = :updatedAt, #completedAt = :completedAt, #purge = :purge "
    "REMOVE #error"
)
# Exactly the commands whose verdict is CLAIM or, for the second one, TAKE_OVER: see
# lifecycle.verdict.
CLAIMABLE = "attribute_not_exists(id) OR #status = :pending"
ABANDONED = "#status = :processing AND #leaseExpiresAt < :now AND #attempts < #maxAttempts"
HELD = "#leaseToken = :token"
# What not every command has: a command that replaces another one must not inherit it.
OPTIONAL = (
    "type",
    "result",
    "resultKey",
    "error",
    "completedAt",
    "leaseToken",
    "leaseExpiresAt",
)


@cache
def placeholders(expressions: str) -> dict[str, str]:
    """The attributes that expressions name by placeholders.

    Every attribute goes by one: DynamoDB reserves words like status, type and error.
    """
    return {f"#{name}": name for name in re.findall(r"#(\w+)", expressions)}
