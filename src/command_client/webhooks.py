"""Verify the webhooks that tell of a command's end.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import binascii
import hmac
import json
import time
from base64 import b64decode
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TOLERANCE_SECONDS = 300
_PREFIX, _VERSION = "whsec_", "v1,"


class InvalidWebhook(ValueError):
    """The request is not from the sender, or too old: answer it with 400 and do nothing."""


def verify_webhook(
    body: str | bytes, headers: Mapping[str, str], secret: str, *, now: float | None = None
) -> Any:  # noqa: ANN401 - any JSON
    """The JSON of a webhook that its sender has signed; InvalidWebhook where it has not.

    `body` is the request's body as it arrived, byte for byte. Names of headers may be in any case.
    `secret` begins with `whsec_`; ValueError where it is no secret. `now` is in seconds since
    1970; a webhook may be five minutes older or newer. The same webhook may come again: drop
    repeats by its header `webhook-id`.
    """
    key = _key(secret)
    told = {name.lower(): value for name, value in headers.items()}
    content = body.encode() if isinstance(body, str) else body
    webhook_id, sent_at = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
    if not webhook_id or not sent_at:
        raise InvalidWebhook("the header webhook-id or webhook-timestamp is missing")
    signed = f"{webhook_id}.{sent_at}.".encode() + content
    own = hmac.digest(key, signed, "sha256")
    # All are compared, so that the time taken tells nothing.
    matches = [
        hmac.compare_digest(_signature(one), own)
        for one in told.get("webhook-signature", "").split(" ")
        if one.startswith(_VERSION)
    ]
    if not any(matches):
        raise InvalidWebhook(
            "no signature matches; check the secret and that the body is unchanged"
        )
    if not (sent_at.isascii() and sent_at.isdigit()):
        raise InvalidWebhook("the header webhook-timestamp is not a number of seconds")
    if abs((time.time() if now is None else now) - float(sent_at)) > TOLERANCE_SECONDS:
        raise InvalidWebhook("the webhook is too old or too new; check the clock")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise InvalidWebhook("the body is not JSON") from None


def _key(secret: str) -> bytes:
    try:
        key = b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        # The secret itself must not be in an error.
        raise ValueError('a secret must be "whsec_" and the key in base64')
    return key


def _signature(text: str) -> bytes:
    try:
        return b64decode(text.removeprefix(_VERSION), validate=True)
    except (binascii.Error, ValueError):
        return b""
