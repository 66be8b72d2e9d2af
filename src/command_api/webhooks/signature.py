"""What proves to a receiver that a webhook is ours, as Standard Webhooks lays down.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode

from command_api.domain.errors import SecretUnavailable

_PREFIX = "whsec_"


def signed(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature of id, time and body, for the header `webhook-signature`.

    `secret` is `whsec_` and the key in base64. SecretUnavailable where it is anything else, which
    no receiver's library would read as we do.
    """
    content = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(_key(secret), content, hashlib.sha256).digest()
    return "v1," + b64encode(digest).decode()


def _key(secret: str) -> bytes:
    try:
        key = b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError:
        key = b""
    if not key or not secret.startswith(_PREFIX):
        message = "The secret that signs webhooks must be whsec_ and the key in base64: seed it."
        raise SecretUnavailable(message)
    return key
