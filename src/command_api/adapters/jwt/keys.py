"""The public keys of an issuer, asked for as an HTTP API's JWT authorizer does.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
"""

from __future__ import annotations

import json
import time
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from command_api.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DISCOVERY = "/.well-known/openid-configuration"
_TIMEOUT_SECONDS, _MOST_BYTES = 3, 1 << 20
# A key that is taken back counts for so long, as with an HTTP API; a new one after so long.
_KEPT_SECONDS, _PAUSE_SECONDS = 2 * 3600, 60


@dataclass(eq=False, repr=False)
class IssuerKeys:
    """The keys of one issuer by their ids, kept for two hours."""

    issuer: str
    elapsed: Callable[[], float] = time.monotonic
    _keys: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    _read_at: float | None = None

    def find(self, key_id: str) -> Mapping[str, Any] | None:
        """The key of that id; None where the issuer has none. Raises Unavailable."""
        age = _KEPT_SECONDS if self._read_at is None else self.elapsed() - self._read_at
        if age >= _KEPT_SECONDS or (key_id not in self._keys and age >= _PAUSE_SECONDS):
            self._keys, self._read_at = self._read(), self.elapsed()
        return self._keys.get(key_id)

    def _read(self) -> Mapping[str, Mapping[str, Any]]:
        try:
            document = self._fetch(self.issuer.rstrip("/") + _DISCOVERY)
            keys = self._fetch(document["jwks_uri"])["keys"]
            return {str(key.get("kid") or ""): key for key in keys}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unavailable(type(error).__name__) from None

    def _fetch(self, url: str) -> Any:  # noqa: ANN401 - whatever the issuer says
        scheme = urlsplit(url).scheme
        if scheme not in ("https", "http") or scheme != urlsplit(self.issuer).scheme:
            raise ValueError("scheme")
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - above
            return json.loads(answer.read(_MOST_BYTES))
