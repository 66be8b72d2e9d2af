"""Authorizers of HTTP APIs and the routes that use them: what AWS refuses, and how it reads them.

AWS: the API Gateway V2 API reference (CreateAuthorizer, CreateRoute), http-api-quotas.html. API
Gateway asks the issuer for its discovery document when an authorizer is created, and refuses it
without one. The emulator reads back fields that only authorizers of another kind have, and
Terraform would want to change them after each apply.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ministack_extensions.apigateway.issuer_keys import (
    DISCOVERY,
    IssuerKeys,
    Unreachable,
    discover,
)
from ministack_extensions.http import Request, Response, json_response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.apigateway.catalogue import Catalogue
    from ministack_extensions.upstream import Emulator

MOST_AUDIENCES = 50
MOST_SCOPES = 10
_PATH = re.compile(r"^/v2/apis/([^/]+)/(authorizers|routes)(?:/([^/]+))?$")
_SOURCE = re.compile(r"\$request\.(header|querystring)\.[\w-]+")
_LAMBDA_ONLY = (
    "authorizerCredentialsArn",
    "authorizerPayloadFormatVersion",
    "authorizerResultTtlInSeconds",
    "authorizerUri",
    "enableSimpleResponses",
)
# Of Lambda authorizers of HTTP APIs; those of WebSocket APIs have neither.
_HTTP_ONLY = ("authorizerPayloadFormatVersion", "enableSimpleResponses")


@dataclass
class Authorizers:
    """Checks authorizers and the authorization of routes on their way in."""

    apis: Catalogue
    keys: IssuerKeys

    def matches(self, request: Request) -> bool:
        """Every call on an API's authorizers, and changes of its routes."""
        found = _PATH.match(request.path)
        return bool(found and (found[2] == "authorizers" or request.method in ("POST", "PATCH")))

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """AWS's refusal, or the emulator's answer with the fields that AWS would give."""
        if request.method in ("POST", "PATCH") and (problem := await self._bad(request, emulator)):
            return json_response(400, {"message": problem}).with_header(
                "x-amzn-errortype", "BadRequestException"
            )
        response = await emulator.call(request)
        if request.method != "GET":
            self.apis.changed()
        if not response.ok or b"authorizerType" not in response.body:
            return response
        found = _PATH.match(request.path)
        http = await self.apis.find(found[1] if found else "", emulator) is not None
        document = response.json()
        for item in document.get("items", [document]):
            for name in _foreign_fields(item, http=http):
                item.pop(name, None)
        return replace(response, body=json.dumps(document).encode())

    async def _bad(self, request: Request, emulator: Emulator) -> str | None:
        wanted = request.json()
        if request.method == "PATCH":
            known = await emulator.call(replace(request, method="GET", body=b""))
            wanted = known.json() | wanted
        if "/authorizers" not in request.path:
            return await _bad_route(wanted, request, emulator)
        return await self._bad_authorizer(wanted) if _is_jwt(wanted) else None

    async def _bad_authorizer(self, authorizer: Mapping[str, Any]) -> str | None:
        configuration = authorizer.get("jwtConfiguration") or {}
        issuer = str(configuration.get("issuer") or "")
        audience = configuration.get("audience") or []
        sources = authorizer.get("identitySource") or []
        if len(sources) != 1 or not _SOURCE.fullmatch(str(sources[0])):
            return "JWT authorizers need one identity source, a header or a query parameter"
        if not issuer or not 1 <= len(audience) <= MOST_AUDIENCES:
            return f"JWT authorizers need an issuer and 1 to {MOST_AUDIENCES} audiences"
        self.keys.forget(issuer)
        try:
            await discover(issuer)
        except Unreachable as error:
            return (
                f"Caught exception when connecting to {issuer.rstrip('/')}{DISCOVERY} for issuer "
                f"{issuer}. Please try again later. Error: Invalid issuer: {issuer}. Issuer must "
                f"have a valid discovery endpoint ended with '{DISCOVERY}' ({error})"
            )
        return None


async def _bad_route(route: Mapping[str, Any], request: Request, emulator: Emulator) -> str | None:
    kind = route.get("authorizationType") or "NONE"
    scopes = route.get("authorizationScopes") or []
    if scopes and kind != "JWT":
        return (
            "Invalid Route authorization type specified. Authorization Scopes are only valid for "
            "COGNITO_USER_POOLS and JWT authorization types"
        )
    if len(scopes) > MOST_SCOPES:
        return f"A route has at most {MOST_SCOPES} authorization scopes"
    if kind != "JWT":
        return None
    found = _PATH.match(request.path)
    path = f"/v2/apis/{found[1] if found else ''}/authorizers/{route.get('authorizerId') or '-'}"
    authorizer = await emulator.call(
        replace(request, method="GET", path=path, raw_path=b"", body=b"")
    )
    if authorizer.ok and _is_jwt(authorizer.json()):
        return None
    return (
        "Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid "
        "JWT authorizer."
    )


def _foreign_fields(authorizer: Mapping[str, Any], *, http: bool) -> tuple[str, ...]:
    """What the emulator gives an authorizer that only those of another kind have."""
    if _is_jwt(authorizer):
        return _LAMBDA_ONLY
    return ("jwtConfiguration",) if http else ("jwtConfiguration", *_HTTP_ONLY)


def _is_jwt(authorizer: Mapping[str, Any]) -> bool:
    return authorizer.get("authorizerType") == "JWT"
