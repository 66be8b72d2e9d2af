"""One try to deliver a webhook: guarded, signed, and judged by its answer."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from command_api.domain.errors import Rejected, Retryable
from command_api.webhooks import addresses, exchange
from command_api.webhooks.signature import signed

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from datetime import datetime

    from command_api.domain.context import Context
    from command_api.domain.model import JSON
    from command_api.webhooks.destination import Destination
    from command_api.webhooks.exchange import Answer
    from command_api.webhooks.rules import Rules

# How long a receiver may take, and what is kept back to record the outcome.
MAX_SECONDS, RESERVE_SECONDS = 15.0, 2.0
# A wait that is longer than can be waited ends the command; beyond a year no number means a wait.
MAX_RETRY_AFTER_SECONDS = 366 * 24 * 60 * 60
# A date has 29 characters, and older forms of it a few more.
_LONGEST_RETRY_AFTER = 64
_SUCCESS, _REDIRECT, _CLIENT_ERROR = 200, 300, 400


def deliver(  # noqa: PLR0913 - whom to call, with what, and how
    to: Destination,
    body: bytes,
    rules: Rules,
    context: Context,
    *,
    secrets: Sequence[str],
    later: Container[int],
    most_seconds: float = MAX_SECONDS,
) -> dict[str, JSON]:
    """POST a body once within so many seconds, and return what a success is remembered by.

    The id is the command's, the same on every try. It is signed with each of the secrets, by their
    purposes. Statuses in `later` raise Retryable, with the receiver's Retry-After as lower bound;
    all others but a success raise Rejected.
    """
    headers = _headers(body, context, secrets)
    seconds = _budget(context, most_seconds)
    found = addresses.resolve(to.host, to.port, seconds=seconds, loopback=rules.loopback)
    answer = exchange.post(to, found, body, headers, seconds=_budget(context, most_seconds))
    # Path and query may hold a credential, so no log ever names them.
    extra = {"webhook_host": to.host, "webhook_status": answer.status}
    context.logger.info("webhook answered", extra=extra)
    judge(answer, later, context.clock())
    return {"status": answer.status}


def _budget(context: Context, most_seconds: float) -> float:
    seconds = min(most_seconds, context.remaining_seconds() - RESERVE_SECONDS)
    if seconds <= 0:
        raise Retryable("Not enough time is left for this attempt.", code="webhook_no_time")
    return seconds


def _headers(body: bytes, context: Context, secrets: Sequence[str]) -> dict[str, str]:
    key, timestamp = context.idempotency_key, int(context.clock().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "async-api-blueprint",
        "Idempotency-Key": f'"{key}"',
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
    }
    if secrets:
        # Several while they are rotated: a receiver accepts what any of its keys has signed.
        headers["webhook-signature"] = " ".join(
            signed(context.secrets.get(secret), message_id=key, timestamp=timestamp, body=body)
            for secret in secrets
        )
    return headers


def judge(answer: Answer, later: Container[int], now: datetime) -> None:
    """Return after a success; raise what any other status means."""
    status = answer.status
    if _SUCCESS <= status < _REDIRECT:
        return
    if _REDIRECT <= status < _CLIENT_ERROR:
        text = f"The receiver answered {status}; redirects are not followed."
        raise Rejected(text, code="webhook_redirected")
    if status in later:
        text = f"The receiver answered {status}."
        wait = _seconds(answer.retry_after, now)
        # The receiver's clock, or its zero, must not use up the attempts within a second.
        raise Retryable(text, code="webhook_try_later", at_least=wait)
    raise Rejected(f"The receiver answered {status}.", code="webhook_refused")


def _seconds(retry_after: str | None, now: datetime) -> float | None:
    """A Retry-After in seconds, be it a number or a date; None where it names no wait."""
    if retry_after is None or len(retry_after) > _LONGEST_RETRY_AFTER:
        return None
    if retry_after.isascii() and retry_after.isdecimal():
        wanted = float(retry_after)
    else:
        from email.utils import parsedate_to_datetime  # noqa: PLC0415

        try:
            at = parsedate_to_datetime(retry_after)
            wanted = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
        except Exception:  # noqa: BLE001 - what that parser raises differs between Pythons
            return None
    return wanted if 0 < wanted <= MAX_RETRY_AFTER_SECONDS else None
