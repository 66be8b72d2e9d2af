"""Tokens as an HTTP API's JWT authorizer judges them; RSA signatures only, as there.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from command_api.domain.errors import Unidentified

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from command_api.adapters.jwt.keys import IssuerKeys

# The hash, and what stands before it in a signature: https://www.rfc-editor.org/rfc/rfc8017#section-9.2
_ALGORITHMS = {
    "RS256": ("sha256", bytes.fromhex("3031300d060960864801650304020105000420")),
    "RS384": ("sha384", bytes.fromhex("3041300d060960864801650304020205000430")),
    "RS512": ("sha512", bytes.fromhex("3051300d060960864801650304020305000440")),
}
_LEAST_BITS, _MOST_BITS = 2048, 8192
# A URL of a WebSocket API has 4,096 characters at most.
_LONGEST = 8192


@dataclass(frozen=True, eq=False, repr=False)
class Tokens:
    """Tokens of an issuer for one of some audiences."""

    keys: IssuerKeys
    audience: Collection[str]

    def verified(self, token: str, *, now: datetime) -> Mapping[str, Any]:
        """The claims of a token; Unidentified unless it counts. Raises Unavailable."""
        if len(token) > _LONGEST or token.count(".") != 2:  # noqa: PLR2004 - three parts
            raise Unidentified
        signed, _, signature = token.rpartition(".")
        header, claims = (_object(part) for part in signed.split("."))
        key = self.keys.find(str(header.get("kid") or ""))
        if key is None or not _signed(header, key, signed.encode(), _bytes(signature)):
            raise Unidentified
        if not self._counts(claims, now.timestamp()):
            raise Unidentified
        return claims

    def _counts(self, claims: Mapping[str, Any], now: float) -> bool:
        # `client_id` counts only where there is no `aud`.
        audience = claims["aud"] if "aud" in claims else claims.get("client_id")
        named = audience if isinstance(audience, list) else [audience]
        times = [claims.get("nbf", now), claims.get("iat", now), claims.get("exp")]
        if not all(isinstance(it, int | float) and not isinstance(it, bool) for it in times):
            return False
        not_before, issued, expires = times
        return (
            claims.get("iss") == self.keys.issuer
            and bool({str(one) for one in named} & set(self.audience))
            and max(not_before, issued) <= now < expires
        )


def _signed(
    header: Mapping[str, Any], key: Mapping[str, Any], signed: bytes, signature: bytes
) -> bool:
    """Whether the key has made the signature; the key says what it is for, never the token."""
    name = str(header.get("alg"))
    if name not in _ALGORITHMS or key.get("kty") != "RSA" or key.get("use", "sig") != "sig":
        return False
    if key.get("alg", name) != name or header.get("crit"):
        return False
    modulus, exponent = (int.from_bytes(_bytes(str(key.get(part, "")))) for part in ("n", "e"))
    size = (modulus.bit_length() + 7) // 8
    if not _LEAST_BITS <= modulus.bit_length() <= _MOST_BITS or len(signature) != size:
        return False
    if exponent < 3 or exponent.bit_length() > 32:  # noqa: PLR2004 - RFC 8017, and no slow ones
        return False
    algorithm, prefix = _ALGORITHMS[name]
    encoded = prefix + hashlib.new(algorithm, signed).digest()
    padded = b"\x00\x01" + b"\xff" * (size - len(encoded) - 3) + b"\x00" + encoded
    found = pow(int.from_bytes(signature), exponent, modulus).to_bytes(size)
    return hmac.compare_digest(found, padded)


def _object(part: str) -> Mapping[str, Any]:
    try:
        found = json.loads(_bytes(part))
    except (ValueError, RecursionError):
        raise Unidentified from None
    if not isinstance(found, dict):
        raise Unidentified
    return found


def _bytes(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part.encode("ascii") + b"=" * (-len(part) % 4))
    except ValueError:
        raise Unidentified from None
