"""The public keys of a token's issuer: found through its discovery document, and kept.

AWS: "Control access to HTTP APIs with JWT authorizers" (http-api-jwt-authorizer.html): keys come
from the discovery document's `jwks_uri` and may be kept for two hours; here they always are, so a
key that is new or withdrawn shows late, as it may on AWS. Limits: http-api-quotas.html. AWS takes
https only; an issuer on this machine may do without.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, build_opener

if TYPE_CHECKING:
    from collections.abc import Mapping

DISCOVERY = "/.well-known/openid-configuration"
KEPT_SECONDS = 2 * 3600
TIMEOUT_SECONDS = 1.5
LARGEST_BYTES = 150_000
_LOCATION = re.compile(r"https://[^\s/]+.*|http://127\.0\.0\.1(:\d+)?(/.*)?")


class _NoRedirects(HTTPRedirectHandler):
    """A redirect could lead anywhere."""

    def redirect_request(self, *_: object) -> None:
        """Take it for the error that it is here."""


_OPENER = build_opener(_NoRedirects)


class Unreachable(Exception):
    """The issuer has no usable discovery document or key set; the text says why."""


@dataclass
class IssuerKeys:
    """Key sets by issuer."""

    _known: dict[str, tuple[float, Mapping[str, Mapping[str, Any]]]] = field(default_factory=dict)

    async def find(self, issuer: str, key_id: str) -> Mapping[str, Any] | None:
        """The issuer's key as a JWK, or None where it has none of that id; else Unreachable."""
        read_at, keys = self._known.get(issuer, (0.0, {}))
        if not read_at or time.monotonic() > read_at + KEPT_SECONDS:
            keys = await read_keys(issuer)
            self._known[issuer] = time.monotonic(), keys
        return keys.get(key_id)

    def forget(self, issuer: str) -> None:
        """Read the issuer's keys anew when they are needed next."""
        self._known.pop(issuer, None)


async def read_keys(issuer: str) -> Mapping[str, Mapping[str, Any]]:
    """The issuer's keys by id; Unreachable when there is no way to them."""
    found = await discover(issuer)
    document = await _json(found, "the key set")
    keys = document.get("keys")
    if not isinstance(keys, list):
        raise Unreachable("the key set has no keys")
    return {key["kid"]: key for key in keys if isinstance(key, dict) and key.get("kid")}


async def discover(issuer: str) -> str:
    """Where the issuer publishes its keys; Unreachable without a valid discovery document."""
    document = await _json(issuer.rstrip("/") + DISCOVERY, "the discovery document")
    if document.get("issuer") != issuer:
        raise Unreachable("the discovery document is another issuer's")
    location = document.get("jwks_uri")
    if not isinstance(location, str):
        raise Unreachable("the discovery document has no jwks_uri")
    return location


async def _json(location: str, what: str) -> dict[str, Any]:
    if not _LOCATION.fullmatch(location):
        raise Unreachable(f"{what} is not behind https")
    try:
        document = json.loads(await asyncio.to_thread(_read, location))
    except (OSError, ValueError) as error:
        raise Unreachable(f"{what} cannot be read") from error
    if not isinstance(document, dict):
        raise Unreachable(f"{what} is no JSON object")
    return document


def _read(location: str) -> bytes:
    try:
        with _OPENER.open(location, timeout=TIMEOUT_SECONDS) as answer:
            body: bytes = answer.read(LARGEST_BYTES + 1)
    except HTTPError as error:
        error.close()
        raise
    if len(body) > LARGEST_BYTES:
        raise ValueError("too large")
    return body
