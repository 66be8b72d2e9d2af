"""What proves to a receiver that a webhook is ours, as Standard Webhooks lays down.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

_PREFIX = "whsec_"


def signed(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature of id, time and body, for the header `webhook-signature`.

    `secret` is `whsec_` and the key in base64; any other text is the key itself.
    """
    content = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(_key(secret), content, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def _key(secret: str) -> bytes:
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            pass
    return secret.encode()
