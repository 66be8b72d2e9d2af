"""`deliver_webhook`: POST a JSON payload to an address on the internet.

docs/examples/deliver_webhook.md says what a receiver gets, and where webhooks may go.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict, cast

from command_api import JSON, Context, Rejected, Retryable

if TYPE_CHECKING:
    from handlers.webhooks.destination import Destination
    from handlers.webhooks.exchange import Answer
    from handlers.webhooks.rules import Rules

# How long a receiver may take, and what is kept back to record the outcome.
MAX_SECONDS, RESERVE_SECONDS = 15.0, 2.0
# A wait that is longer than can be waited ends the command; beyond a year no number means a wait.
MAX_RETRY_AFTER_SECONDS = 366 * 24 * 60 * 60
# A date has 29 characters, and older forms of it a few more.
_LONGEST_RETRY_AFTER = 64
_TRY_LATER = frozenset({408, 425, 429})
_SUCCESS, _REDIRECT, _CLIENT_ERROR, _SERVER_ERROR, _END = 200, 300, 400, 500, 600


class Input(TypedDict):
    """What deliver_webhook.schema.json has let through."""

    url: str
    payload: JSON


def handle(command_input: Mapping[str, JSON], context: Context) -> JSON:
    """Deliver once: a success is stored before the command ends, so a retry does not repeat it."""
    from handlers.webhooks.destination import Destination  # noqa: PLC0415 - costs a cold start
    from handlers.webhooks.rules import Rules  # noqa: PLC0415

    asked, rules = cast("Input", command_input), Rules.read()
    destination = Destination.of(asked["url"], rules)
    return context.once("delivered", lambda: _deliver(destination, asked, rules, context))


def _deliver(to: "Destination", asked: Input, rules: "Rules", context: Context) -> JSON:
    from handlers.webhooks import addresses, exchange  # noqa: PLC0415 - TLS costs a cold start

    body = json.dumps(asked["payload"], separators=(",", ":")).encode()
    headers = _headers(body, rules, context)
    seconds = _budget(context)
    found = addresses.resolve(to.host, to.port, seconds=seconds, loopback=rules.loopback)
    answer = exchange.post(to, found, body, headers, seconds=_budget(context))
    # Path and query may hold a credential, so no log ever names them.
    extra = {"webhook_host": to.host, "webhook_status": answer.status}
    context.logger.info("webhook answered", extra=extra)
    _judge(answer, context.clock())
    return {"status": answer.status}


def _budget(context: Context) -> float:
    seconds = min(MAX_SECONDS, context.remaining_seconds() - RESERVE_SECONDS)
    if seconds <= 0:
        raise Retryable("Not enough time is left for this attempt.", code="webhook_no_time")
    return seconds


def _headers(body: bytes, rules: "Rules", context: Context) -> dict[str, str]:
    from handlers.webhooks.signature import signed  # noqa: PLC0415

    key, timestamp = context.idempotency_key, int(context.clock().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "async-api-blueprint",
        "Idempotency-Key": f'"{key}"',
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
    }
    if rules.secret:
        secret = context.secrets.get(rules.secret)
        headers["webhook-signature"] = signed(
            secret, message_id=key, timestamp=timestamp, body=body
        )
    return headers


def _judge(answer: "Answer", now: datetime) -> None:
    """Return after a success; raise what any other status means."""
    status = answer.status
    if _SUCCESS <= status < _REDIRECT:
        return
    if _REDIRECT <= status < _CLIENT_ERROR:
        text = f"The receiver answered {status}; redirects are not followed."
        raise Rejected(text, code="webhook_redirected")
    if status in _TRY_LATER or _SERVER_ERROR <= status < _END:
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
