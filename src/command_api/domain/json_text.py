"""JSON values as the text that is stored of them."""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING

from command_api.domain.errors import DoesNotFit

if TYPE_CHECKING:
    from datetime import datetime

    from command_api.domain.model import JSON


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


def moment(value: datetime) -> str:
    """A moment in ISO 8601, UTC, to the millisecond, so that it sorts as text."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
