"""JWT authorizers of HTTP APIs: who is it, and does the token carry one of the route's scopes?

AWS: "Control access to HTTP APIs with JWT authorizers" (http-api-jwt-authorizer.html) for the
checks, "Troubleshooting issues with HTTP API JWT authorizers" (http-api-troubleshooting-jwt.html)
for the header. A token without `exp` is refused: AWS does not say what it does with one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from ministack_extensions.apigateway.issuer_keys import IssuerKeys, Unreachable
from ministack_extensions.http import Response, json_response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ministack_extensions.http import Request

# "Currently, only RSA-based algorithms are supported."
ALGORITHMS = ("RS256", "RS384", "RS512")
_NO_AUDIENCE = "the token does not have a valid audience"
_PROBLEMS: tuple[tuple[type[jwt.PyJWTError], str], ...] = (
    (jwt.ExpiredSignatureError, "the token has expired"),
    (jwt.ImmatureSignatureError, "the token is not valid yet"),
    (jwt.InvalidIssuerError, "the token does not have a valid issuer"),
    (jwt.MissingRequiredClaimError, "the token does not have a valid issuer"),
    (jwt.InvalidAlgorithmError, "signing method is invalid"),
    (jwt.InvalidSignatureError, "crypto/rsa: verification error"),
)


class Denied(Exception):
    """The caller may not pass; the response says so."""

    def __init__(self, response: Response, reason: str) -> None:
        super().__init__(reason)
        self.response = response


@dataclass(frozen=True)
class Caller:
    """Whom a token speaks for: its claims, and those of its scopes that the route asks for."""

    claims: Mapping[str, str]
    scopes: tuple[str, ...] | None


class _Invalid(Exception):
    """The token is not good; the text goes into the answer's header."""


async def authorized(
    authorizer: Mapping[str, Any], wanted: Sequence[str], request: Request, keys: IssuerKeys
) -> Caller:
    """The caller that the request's token speaks for; `wanted` are the route's scopes.

    Raises Denied: 401 for a missing or bad token, 403 for one without any of the scopes.
    """
    token = _token(authorizer, request)
    if token is None:
        raise _denied(401, "Unauthorized", "Bearer", "no token")
    try:
        claims = await _claims(token, authorizer.get("jwtConfiguration") or {}, keys)
    except _Invalid as problem:
        header = f'Bearer scope="" error="invalid_token" error_description="{problem}"'
        raise _denied(401, "Unauthorized", header, str(problem)) from None
    scopes = tuple(scope for scope in wanted if scope in _scopes(claims))
    if wanted and not scopes:
        problem_text = "the token does not have any of the required scopes"
        header = (
            f'Bearer scope="{" ".join(wanted)}" error="insufficient_scope" '
            f'error_description="{problem_text}"'
        )
        raise _denied(403, "Forbidden", header, problem_text)
    texts = {name: _text(value) for name, value in claims.items() if value is not None}
    return Caller(texts, scopes if wanted else None)


def _denied(status: int, message: str, challenge: str, reason: str) -> Denied:
    answer = json_response(status, {"message": message})
    return Denied(answer.with_header("www-authenticate", challenge), reason)


def _token(authorizer: Mapping[str, Any], request: Request) -> str | None:
    """The token, with or without `Bearer ` before it; None where the request has none."""
    [source] = authorizer.get("identitySource") or [""]
    kind, _, name = source.removeprefix("$request.").partition(".")
    if kind == "header":
        found = request.header(name)
    else:
        found = ",".join(parse_qs(request.query).get(name, []))
    return (found or "").removeprefix("Bearer ").strip() or None


async def _claims(token: str, configuration: Mapping[str, Any], keys: IssuerKeys) -> dict[str, Any]:
    issuer = str(configuration.get("issuer", ""))
    try:
        header = jwt.get_unverified_header(token)
        key = await keys.find(issuer, str(header.get("kid") or ""))
    except jwt.PyJWTError:
        raise _Invalid("token contains an invalid number of segments") from None
    except Unreachable:
        raise _Invalid("OIDC discovery endpoint communication error") from None
    if header.get("alg") not in ALGORITHMS:
        raise _Invalid("signing method is invalid")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _public_key(key, str(header["alg"])),
            algorithms=ALGORITHMS,
            issuer=issuer,
            options={"verify_aud": False},
        )
    except jwt.PyJWTError as error:
        raise _Invalid(_problem(error)) from None
    if "exp" not in claims:
        raise _Invalid("the token does not have an expiry")
    # client_id counts only where there is no aud.
    audience = claims["aud"] if "aud" in claims else claims.get("client_id")
    named = audience if isinstance(audience, list) else [audience]
    if not set(configuration.get("audience") or []) & {str(one) for one in named}:
        raise _Invalid(_NO_AUDIENCE)
    return claims


def _public_key(key: Mapping[str, Any] | None, algorithm: str) -> RSAPublicKey:
    """The key to verify with; the token's algorithm never chooses what kind of key that is."""
    if key is None or key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
        raise _Invalid("unable to find a key for the token's kid")
    try:
        public = RSAAlgorithm.from_jwk(dict(key))
    except (jwt.PyJWTError, ValueError):
        raise _Invalid("unable to read the key of the token's kid") from None
    if not isinstance(public, RSAPublicKey):
        raise _Invalid("unable to read the key of the token's kid")
    return public


def _problem(error: jwt.PyJWTError) -> str:
    return next((text for kind, text in _PROBLEMS if isinstance(error, kind)), "invalid token")


def _scopes(claims: Mapping[str, Any]) -> set[str]:
    """What `scope` or `scp` lists, as text with spaces or as a list."""
    listed = claims.get("scope", claims.get("scp", ""))
    return set(listed.split() if isinstance(listed, str) else map(str, listed or []))


def _text(value: object) -> str:
    """A claim as functions and mappings get it: `true`, `17`, `[a b]` for a list, else JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"[{' '.join(_text(one) for one in value)}]"
    return json.dumps(value, separators=(",", ":"))
