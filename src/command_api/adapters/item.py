"""How a command looks as a DynamoDB item.

Times are ISO 8601 in UTC with milliseconds, so that they compare as text; `input`, `result` and
steps are JSON text, which keeps them exactly as the client and the handler wrote them; the time
to live is a number of seconds, as DynamoDB demands.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeAlias

from command_api.domain.errors import DoesNotFit
from command_api.domain.model import JSON, Command, Failure, Lease, Status, Unsent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.domain.model import Attempt, Submission

Attributes: TypeAlias = dict[str, dict[str, Any]]

# An item may have 400 KB; what is larger than that alone need not travel to be refused.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
ITEM_BYTES = 400 * 1024
# A result of more than that belongs elsewhere: see LargeResults. An item that is read for its
# status costs what it weighs, and a client of ours takes a message of this size, too.
RESULT_BYTES = 256 * 1024


def text(value: str) -> dict[str, Any]:
    """A DynamoDB string."""
    return {"S": value}


def number(value: int) -> dict[str, Any]:
    """A DynamoDB number."""
    return {"N": str(value)}


def moment(value: datetime) -> dict[str, Any]:
    """A moment as text that sorts by time."""
    utc = value.astimezone(UTC).replace(tzinfo=None)
    return text(utc.isoformat(timespec="milliseconds") + "Z")


def encoded(value: JSON, *, limit: int) -> str:
    """A JSON value as text; DoesNotFit where it is none, or larger than `limit` bytes."""
    try:
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        size = len(written.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise DoesNotFit(type(error).__name__) from None
    if size > limit:
        raise DoesNotFit(f"{size} bytes")
    return written


def document(value: JSON, *, limit: int = ITEM_BYTES) -> dict[str, Any]:
    """A JSON value as an attribute; DoesNotFit where it is none, or too large for an item."""
    return text(encoded(value, limit=limit))


def attributes(command: Command, ttl_attribute: str) -> Attributes:
    """All attributes of a command but its key; what it does not have is left out."""
    return {
        "status": text(command.status),
        "input": document(command.input),
        "attempts": number(command.attempts),
        "maxAttempts": number(command.max_attempts),
        "messageId": text(command.message_id),
        "createdAt": moment(command.created_at),
        "steps": {"M": {name: document(result) for name, result in command.steps.items()}},
        **({"type": text(command.type)} if command.type else {}),
        **({"owner": text(command.owner)} if command.owner else {}),
        **({"group": text(command.group)} if command.group else {}),
        **({"correlationId": text(command.correlation_id)} if command.correlation_id else {}),
        **_lease(command.lease),
        **_unsent(command),
        **outcome(command, ttl_attribute),
    }


def claim_values(submission: Submission, attempt: Attempt) -> Attributes:
    """What a claim writes or asks for."""
    return {
        "type": text(submission.type),
        "input": document(submission.input),
        "createdAt": moment(submission.submitted_at),
        "messageId": text(attempt.message_id),
        "leaseToken": text(attempt.token),
        "leaseExpiresAt": moment(attempt.lease_until),
        "maxAttempts": number(attempt.max_attempts),
        "now": moment(attempt.at),
        "pending": text(Status.PENDING),
        "processing": text(Status.PROCESSING),
        "steps": {"M": {}},
        "zero": number(0),
        "one": number(1),
        **({"owner": text(submission.owner)} if submission.owner else {}),
    }


def outcome(command: Command, ttl_attribute: str) -> Attributes:
    """The attributes that the end of an attempt changes."""
    changed = {"status": text(command.status), "updatedAt": moment(command.updated_at)}
    if command.status is Status.COMPLETED and command.result_key is None:
        changed["result"] = document(command.result, limit=RESULT_BYTES)
    if command.result_key is not None:
        changed["resultKey"] = text(command.result_key)
    if command.failure is not None:
        changed["error"] = {
            "M": {
                "code": text(command.failure.code),
                "message": text(command.failure.message),
                "retryable": {"BOOL": command.failure.retryable},
            }
        }
    if command.completed_at is not None:
        changed["completedAt"] = moment(command.completed_at)
    if command.purge_at is not None:
        changed[ttl_attribute] = number(int(command.purge_at.timestamp()))
    return changed


def command_of(item: Mapping[str, Any], ttl_attribute: str) -> Command:
    """The command that an item holds."""
    plain = {name: _plain(value) for name, value in item.items()}
    error, token, purge_at = (plain.get(k) for k in ("error", "leaseToken", ttl_attribute))
    return Command(
        id=plain["id"],
        type=plain.get("type", ""),
        input=json.loads(plain["input"]),
        status=Status(plain["status"]),
        created_at=datetime.fromisoformat(plain["createdAt"]),
        updated_at=datetime.fromisoformat(plain["updatedAt"]),
        attempts=plain["attempts"],
        max_attempts=plain["maxAttempts"],
        message_id=plain["messageId"],
        lease=Lease(token, datetime.fromisoformat(plain["leaseExpiresAt"])) if token else None,
        steps={name: json.loads(result) for name, result in plain["steps"].items()},
        result=json.loads(plain.get("result", "null")),
        result_key=plain.get("resultKey"),
        failure=Failure(**error) if error else None,
        completed_at=_moment_or_none(plain.get("completedAt")),
        purge_at=datetime.fromtimestamp(purge_at, UTC) if purge_at else None,
        owner=plain.get("owner", ""),
        group=plain.get("group", ""),
        correlation_id=plain.get("correlationId", ""),
        unsent=_unsent_of(plain) if "unsent" in plain else None,
    )


def shard(command_id: str) -> str:
    """Which of sixteen keys of the index `unsent` a command has: one alone would be a hot one."""
    return sha256(command_id.encode()).hexdigest()[0]


def milliseconds(value: datetime) -> int:
    """A moment as a number that compares."""
    return int(value.timestamp() * 1000)


def _lease(lease: Lease | None) -> Attributes:
    if lease is None:
        return {}
    return {"leaseToken": text(lease.token), "leaseExpiresAt": moment(lease.expires_at)}


def _unsent(command: Command) -> Attributes:
    if command.unsent is None:
        return {}
    return {
        "unsent": text(shard(command.id)),
        "unsentSince": moment(command.unsent.since),
        "submitUntil": number(milliseconds(command.unsent.until)),
        **({"traceHeader": text(command.unsent.trace)} if command.unsent.trace else {}),
    }


def _unsent_of(plain: Mapping[str, Any]) -> Unsent:
    since = datetime.fromisoformat(plain["unsentSince"])
    until = datetime.fromtimestamp(plain["submitUntil"] / 1000, UTC)
    return Unsent(since, until, plain.get("traceHeader", ""))


def _moment_or_none(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _plain(value: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one of four attribute types
    """The Python value of an attribute; boto3's own reader would cost a cold start 30 ms."""
    ((kind, content),) = value.items()
    if kind == "M":
        return {name: _plain(inner) for name, inner in content.items()}
    return int(content) if kind == "N" else content
