"""An issuer of tokens on this machine: discovery document, keys, good tokens and forged ones."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from tests.web import Page, Web, website

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

AUDIENCE = "commands"
KEY_ID = "key-1"
DISCOVERY = "/.well-known/openid-configuration"


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Issuer:
    """Signs with one key that it publishes; `site` shows what was asked for."""

    site: Web
    _key: rsa.RSAPrivateKey = field(default_factory=_new_key)
    _strangers: rsa.RSAPrivateKey = field(default_factory=_new_key)

    @property
    def url(self) -> str:
        """What belongs into an authorizer's `issuer`, and stands in the tokens' `iss`."""
        return self.site.url

    def publish(self) -> None:
        """Put the discovery document and the key on the site."""
        public: dict[str, Any] = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        key = {**public, "kid": KEY_ID, "use": "sig"}
        document = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        self.site.pages[DISCOVERY] = Page(json.dumps(document).encode())
        self.site.pages["/keys"] = Page(json.dumps({"keys": [key]}).encode())

    def claims(
        self,
        sub: str = "ann",
        scope: str | None = None,
        audience: str | list[str] | None = AUDIENCE,
        expires_in: int = 600,
        **others: Any,
    ) -> dict[str, Any]:
        """The claims of a token, valid from now on; `others` come on top, None leaves one out."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": sub,
            "aud": audience,
            "scope": scope,
            "iat": now,
            "exp": now + expires_in,
        } | others
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, *, algorithm: str = "RS256", key_id: str | None = KEY_ID, **claims: Any) -> str:
        """A token signed with the issuer's key; see `claims`."""
        header = {"kid": key_id} if key_id else {}
        return jwt.encode(self.claims(**claims), self._key, algorithm, header)

    def forged(self, **claims: Any) -> str:
        """A token under the issuer's key id, signed with somebody else's key."""
        return jwt.encode(self.claims(**claims), self._strangers, "RS256", {"kid": KEY_ID})

    def unsigned(self, **claims: Any) -> str:
        """A token of the algorithm `none`."""
        return jwt.encode(self.claims(**claims), "", "none", {"kid": KEY_ID})

    def symmetric(self, **claims: Any) -> str:
        """A token of the algorithm HS256, its secret being the issuer's public key."""
        header = {"alg": "HS256", "typ": "JWT", "kid": KEY_ID}
        signed = f"{_encoded(header)}.{_encoded(self.claims(**claims))}"
        public = self._key.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )
        signature = hmac.new(public, signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{_base64(signature)}"

    def altered(self, **claims: Any) -> str:
        """A good token whose claims were changed to these after it was signed."""
        header, _, signature = self.token().split(".")
        return f"{header}.{_encoded(self.claims(**claims))}.{signature}"


@contextlib.contextmanager
def local_issuer() -> Iterator[Issuer]:
    """An issuer on a free port of the loopback."""
    with website() as site:
        issuer = Issuer(site)
        issuer.publish()
        yield issuer


def bearer(token: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"authorization": f"Bearer {token}"}


def _encoded(document: Mapping[str, Any]) -> str:
    return _base64(json.dumps(document).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
