"""A command's item as a reader may see it: input, result and steps stay out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scripts.framework import lifecycle, model

if TYPE_CHECKING:
    from collections.abc import Mapping


def observed(item: Mapping[str, Any], ttl_attribute: str, *, now: datetime) -> model.Command | None:
    """The command by the same rule as the status function's; None once its time is over."""
    lease = item.get("leaseExpiresAt", {}).get("S")
    purge_at, error = item.get(ttl_attribute, {}).get("N"), item.get("error", {}).get("M")
    return lifecycle.observed(
        model.Command(
            id=item["id"]["S"],
            type=item.get("type", {}).get("S", ""),
            input={},
            status=model.Status(item["status"]["S"]),
            created_at=datetime.fromisoformat(item["createdAt"]["S"]),
            updated_at=datetime.fromisoformat(item["updatedAt"]["S"]),
            attempts=int(item["attempts"]["N"]),
            max_attempts=int(item["maxAttempts"]["N"]),
            # An index has neither this nor the error.
            message_id=item.get("messageId", {}).get("S", ""),
            lease=model.Lease("", datetime.fromisoformat(lease)) if lease else None,
            failure=_failure(error) if error else None,
            purge_at=datetime.fromtimestamp(int(purge_at), UTC) if purge_at else None,
            owner=item.get("owner", {}).get("S", ""),
        ),
        now=now,
    )


def moment(value: datetime) -> str:
    """A moment as items have it."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _failure(error: Mapping[str, Any]) -> model.Failure:
    return model.Failure(
        code=error["code"]["S"], message=error["message"]["S"], retryable=error["retryable"]["BOOL"]
    )
