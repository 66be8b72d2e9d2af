"""How a command looks as a DynamoDB item.

Times are ISO 8601 in UTC with milliseconds, so that they compare as text; `result` and steps are
JSON text, which keeps them exactly as the handler wrote them; the time to live is a number of
seconds, as DynamoDB demands. An input is not part of a command's item: its message carries it, and
only until it is sent does the table keep it (see `input_of`).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeAlias

from command_api.domain import json_text
from command_api.domain.model import (
    Callback,
    Command,
    Failure,
    Lease,
    PastAttempt,
    PendingEntry,
    Progress,
    Status,
    Step,
)
from command_api.domain.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from command_api.domain.hand_over import HandOver
    from command_api.domain.model import JSON, Attempt, Submission

Attributes: TypeAlias = dict[str, dict[str, Any]]

# What an item has that every command has, and what only some have; the time to live is beside
# them, under the name that the environment gives it.
REQUIRED = (*("id", "status", "attempts", "maxAttempts", "messageId", "createdAt", "updatedAt"),)
MARKS = (*("outbox", "outboxSince", "outboxLeaseUntil", "traceHeader", "input", "outboxNow"),)
OPTIONAL = (
    *("type", "work", "steps", "result", "resultKey", "error", "past", "completedAt"),
    *("startedAt", "slices", "state", "stateKey"),
    *("leaseToken", "leaseExpiresAt", "waitsUntil", "owner", "group", "correlationId"),
    *("callback", "queue", "batch", "progress", "cancelRequestedAt", "notBefore", "deadline"),
    "handOver",
    *MARKS,
)
ATTRIBUTES = (*REQUIRED, *OPTIONAL)
# An item may have 400 KB; what is larger than that alone need not travel to be refused.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
ITEM_BYTES = 400 * 1024
# A result of more than that belongs elsewhere: see LargeResults. An item that is read for its
# status costs what it weighs, and a client of ours takes a message of this size, too.
RESULT_BYTES = 256 * 1024
# Every write of a record costs what the record weighs.
STATE_BYTES = 32 * 1024


# An input that is small enough to cost nothing extra waits in its command's item.
INLINE_BYTES = 256


def text(value: str) -> dict[str, Any]:
    """A DynamoDB string."""
    return {"S": value}


def number(value: int) -> dict[str, Any]:
    """A DynamoDB number."""
    return {"N": str(value)}


def seconds(value: datetime) -> dict[str, Any]:
    """A moment in whole epoch seconds, as time to live counts them."""
    return number(int(value.timestamp()))


def moment(value: datetime) -> dict[str, Any]:
    """A moment as text that sorts by time."""
    return text(json_text.moment(value))


def document(value: JSON, *, limit: int = ITEM_BYTES) -> dict[str, Any]:
    """A JSON value as an attribute; DoesNotFit where it is none, or too large for an item."""
    return text(json_text.encoded(value, limit=limit))


def attributes(command: Command, ttl_attribute: str) -> Attributes:
    """All attributes of a command but its key; what it does not have is left out."""
    return {
        "attempts": number(command.attempts),
        "maxAttempts": number(command.max_attempts),
        "messageId": text(command.message_id),
        "createdAt": moment(command.created_at),
        "steps": {"M": {name: step_of(step) for name, step in command.steps.items()}},
        **_texts(
            type=command.type,
            work=command.work,
            owner=command.owner,
            group=command.group,
            correlationId=command.correlation_id,
            queue=command.queue,
            batch=command.batch,
        ),
        **_callback(command.callback),
        **_moments(cancelRequestedAt=command.cancel_requested_at),
        **({"progress": progress_of(command.progress)} if command.progress else {}),
        **({"handOver": hand_over_of(command.hand_over)} if command.hand_over else {}),
        # The time to live may be called expiresAt.
        **_moments(notBefore=command.timing.not_before, deadline=command.timing.expires_at),
        **_moments(waitsUntil=command.waits_until),
        **_lease(command.lease),
        **_continued(command),
        **_pending_entry(command),
        **outcome(command, ttl_attribute),
    }


def step_of(step: Step) -> dict[str, Any]:
    """A step as an attribute: a text, in a list where its handler awaited it."""
    written = document(step.result)
    return {"L": [written]} if step.awaited else written


def progress_of(progress: Progress) -> dict[str, Any]:
    """A progress as an attribute."""
    share = {"N": str(progress.share)}
    return {"M": {"share": share, "note": text(progress.note), "at": moment(progress.at)}}


def hand_over_of(given: HandOver) -> dict[str, Any]:
    """A hand-over as an attribute."""
    told: Attributes = {
        **_texts(lease=given.lease, digest=given.digest, outcome=given.outcome),
        "seconds": {"N": str(given.timeout.total_seconds())},
        "attempts": number(given.attempts),
        "retry": {"BOOL": given.retry},
        **_moments(at=given.at),
    }
    return {"M": told}


def claim_values(submission: Submission, attempt: Attempt) -> Attributes:
    """What a claim writes or asks for."""
    return {
        "type": text(submission.type),
        "work": text(submission.work),
        "createdAt": moment(submission.submitted_at),
        "messageId": text(attempt.message_id),
        "leaseToken": text(attempt.token),
        "leaseExpiresAt": moment(attempt.lease_until),
        "waitsUntil": moment(attempt.waits_until),
        "maxAttempts": number(attempt.max_attempts),
        "now": moment(attempt.at),
        "pending": text(Status.PENDING),
        "processing": text(Status.PROCESSING),
        "steps": {"M": {}},
        "zero": number(0),
        "one": number(1),
        **({"owner": text(submission.owner)} if submission.owner else {}),
        **({"slices": number(attempt.slices)} if attempt.slices else {}),
        **_callback(submission.callback),
    }


def unchanged(command: Command) -> Attributes:
    """What the condition `expressions.UNCHANGED` compares with."""
    return {"oldStatus": text(command.status), "oldUpdatedAt": moment(command.updated_at)}


def outcome(command: Command, ttl_attribute: str) -> Attributes:
    """The attributes that the end of an attempt changes."""
    changed = {"status": text(command.status), "updatedAt": moment(command.updated_at)}
    if command.status is Status.COMPLETED and command.result_key is None:
        changed["result"] = document(command.result, limit=RESULT_BYTES)
    if command.result_key is not None:
        changed["resultKey"] = text(command.result_key)
    if command.status is Status.PENDING:
        changed |= _continued(command)
    if command.failure is not None:
        changed["error"] = {
            "M": {
                "code": text(command.failure.code),
                "message": text(command.failure.message),
                "retryable": {"BOOL": command.failure.retryable},
            }
        }
    if command.past:
        changed["past"] = past_of(command.past)
    if command.started_at is not None:
        changed["startedAt"] = moment(command.started_at)
    if command.completed_at is not None:
        changed["completedAt"] = moment(command.completed_at)
    if command.purge_at is not None:
        changed[ttl_attribute] = seconds(command.purge_at)
    return changed


def command_of(item: Mapping[str, Any], ttl_attribute: str) -> Command:
    """The command that an item holds, or as much of it as a projection of the item has."""
    plain = {name: _plain(value) for name, value in item.items()}
    error, purge_at = plain.get("error"), plain.get(ttl_attribute)
    lease = _moment_or_none(plain.get("leaseExpiresAt"))
    return Command(
        id=plain["id"],
        type=plain.get("type", ""),
        work=plain.get("work", ""),
        status=Status(plain["status"]),
        created_at=datetime.fromisoformat(plain["createdAt"]),
        updated_at=datetime.fromisoformat(plain["updatedAt"]),
        attempts=plain["attempts"],
        max_attempts=plain["maxAttempts"],
        message_id=plain.get("messageId", ""),
        # The token stays after the end, so that a repeated write recognises its own success.
        lease=Lease(plain.get("leaseToken", ""), lease) if lease else None,
        steps={name: _step_of(result) for name, result in plain.get("steps", {}).items()},
        slices=plain.get("slices", 0),
        state=json.loads(plain.get("state", "null")),
        state_key=plain.get("stateKey"),
        progress=_progress_of(plain.get("progress")),
        hand_over=_hand_over_of(plain["handOver"]) if "handOver" in plain else None,
        cancel_requested_at=_moment_or_none(plain.get("cancelRequestedAt")),
        result=json.loads(plain.get("result", "null")),
        result_key=plain.get("resultKey"),
        failure=Failure(**error) if error else None,
        past=tuple(_past_of(one) for one in plain.get("past", ())),
        started_at=_moment_or_none(plain.get("startedAt")),
        completed_at=_moment_or_none(plain.get("completedAt")),
        purge_at=datetime.fromtimestamp(purge_at, UTC) if purge_at else None,
        waits_until=_moment_or_none(plain.get("waitsUntil")),
        owner=plain.get("owner", ""),
        group=plain.get("group", ""),
        correlation_id=plain.get("correlationId", ""),
        callback=_callback_of(plain.get("callback")),
        timing=Timing(
            _moment_or_none(plain.get("notBefore")), _moment_or_none(plain.get("deadline"))
        ),
        queue=plain.get("queue", ""),
        batch=plain.get("batch", ""),
        pending_entry=_pending_entry_of(plain) if "outbox" in plain else None,
    )


def is_small(command_input: Mapping[str, JSON]) -> bool:
    """Whether an input waits in its command's item; a larger one has an item of its own."""
    return len(json_text.encoded(command_input, limit=ITEM_BYTES).encode()) <= INLINE_BYTES


def input_key(command: Command) -> str:
    """The key of the item of an input; no id has a slash in it, and no other work this hash."""
    return f"input/{command.id}/{command.work}"


def shard(command_id: str) -> str:
    """Which of sixteen keys of the index `outbox` a command has: one alone would be a hot one."""
    return sha256(command_id.encode()).hexdigest()[0]


def milliseconds(value: datetime) -> int:
    """A moment as a number that compares."""
    return int(value.timestamp() * 1000)


def _lease(lease: Lease | None) -> Attributes:
    if lease is None:
        return {}
    return {"leaseToken": text(lease.token), "leaseExpiresAt": moment(lease.expires_at)}


def _continued(command: Command) -> Attributes:
    if not command.slices:
        return {}
    slices = {"slices": number(command.slices)}
    if command.status is Status.COMPLETED:
        return slices
    if command.state_key is not None:
        return {**slices, "stateKey": text(command.state_key)}
    return {**slices, "state": document(command.state, limit=STATE_BYTES)}


def past_of(past: Sequence[PastAttempt]) -> dict[str, Any]:
    """Earlier attempts as an attribute."""
    return {"L": [{"M": _past(one)} for one in past]}


def _past(one: PastAttempt) -> Attributes:
    return {
        "number": number(one.number),
        "status": text(one.status),
        **_moments(startedAt=one.started_at, endedAt=one.ended_at),
        **_texts(code=one.code, message=one.message),
    }


def _callback(callback: Callback | None) -> Attributes:
    if callback is None:
        return {}
    include = {"BOOL": callback.include_result}
    return {"callback": {"M": {"url": text(callback.url), "includeResult": include}}}


def _callback_of(plain: Mapping[str, Any] | None) -> Callback | None:
    return Callback(plain["url"], plain["includeResult"]) if plain else None


def _progress_of(plain: Mapping[str, Any] | None) -> Progress | None:
    if plain is None:
        return None
    at = datetime.fromisoformat(plain["at"])
    return Progress(float(plain["share"]), plain["note"], at)


def _hand_over_of(plain: Mapping[str, Any]) -> HandOver:
    from command_api.domain.hand_over import HandOver  # noqa: PLC0415 - few commands have one

    return HandOver(
        lease=plain["lease"],
        digest=plain["digest"],
        timeout=timedelta(seconds=plain["seconds"]),
        attempts=plain["attempts"],
        retry=plain["retry"],
        at=_moment_or_none(plain.get("at")),
        outcome=plain.get("outcome", ""),
    )


def _past_of(plain: Mapping[str, Any]) -> PastAttempt:
    return PastAttempt(
        plain["number"],
        _moment_or_none(plain.get("startedAt")),
        datetime.fromisoformat(plain["endedAt"]),
        Status(plain["status"]),
        plain.get("code", ""),
        plain.get("message", ""),
    )


def _pending_entry(command: Command) -> Attributes:
    if command.pending_entry is None:
        return {}
    return {
        "outbox": text(shard(command.id)),
        "outboxSince": moment(command.pending_entry.since),
        "outboxLeaseUntil": number(milliseconds(command.pending_entry.lease_until)),
        **_inline(command.pending_entry.input),
        **_texts(traceHeader=command.pending_entry.trace),
        **_texts(outboxNow="true" if command.pending_entry.at_once else ""),
    }


def _inline(command_input: Mapping[str, JSON] | None) -> Attributes:
    small = command_input is not None and is_small(command_input)
    return {"input": document(command_input)} if small else {}


def _pending_entry_of(plain: Mapping[str, Any]) -> PendingEntry:
    since = datetime.fromisoformat(plain["outboxSince"])
    until = datetime.fromtimestamp(plain["outboxLeaseUntil"] / 1000, UTC)
    known = json.loads(plain["input"]) if "input" in plain else None
    return PendingEntry(since, until, known, plain.get("traceHeader", ""), "outboxNow" in plain)


def _step_of(plain: str | list[str]) -> Step:
    if isinstance(plain, list):
        return Step(json.loads(plain[0]), awaited=True)
    return Step(json.loads(plain))


def _texts(**values: str) -> Attributes:
    return {name: text(value) for name, value in values.items() if value}


def _moments(**values: datetime | None) -> Attributes:
    return {name: moment(value) for name, value in values.items() if value}


def _moment_or_none(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _plain(value: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one of a few attribute types
    """The Python value of an attribute; boto3's own reader would cost a cold start 30 ms."""
    ((kind, content),) = value.items()
    if kind == "M":
        return {name: _plain(inner) for name, inner in content.items()}
    if kind == "L":
        return [_plain(inner) for inner in content]
    if kind == "N":
        return float(content) if "." in content else int(content)
    return content
