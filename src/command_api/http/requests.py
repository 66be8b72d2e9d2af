"""A request, as a Lambda function gets it from either kind of API Gateway.

HTTP APIs send payload 2.0, REST APIs the older one:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from command_api.domain.access import Access
from command_api.settings import flag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.domain.access import Caller

_CHOICE = re.compile(r"(\w+) /priorities/([^/]+)(/commands.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request.

    `route` is method and path as they are configured, like `GET /commands/{id}`; the names of
    headers are in lower case; the body is as the client sent it.
    """

    route: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    caller: Caller

    @property
    def method(self) -> str:
        """The request's method."""
        return self.route.partition(" ")[0]

    @property
    def command_id(self) -> str:
        """The id in the path, empty where there is none."""
        return self.path.get("id", "")


def choice(route: str) -> tuple[str, str]:
    """A route as it is without a choice of the queue, and the choice; empty where there is none."""
    found = _CHOICE.fullmatch(route)
    return (f"{found[1]} {found[3]}", found[2]) if found else (route, "")


def access_of(environ: Mapping[str, str]) -> Access:
    """What the deployment asks of callers: by default nobody has to say who they are."""
    return Access(
        authenticated=flag(environ, "AUTHENTICATED"),
        admin_scope=environ.get("ADMIN_SCOPE", ""),
    )


def read(event: Mapping[str, Any], access: Access) -> Request:
    """The request in an event; Unidentified where it must have an owner and has none."""
    context = event.get("requestContext") or {}
    claims = _claims(context.get("authorizer") or {})
    body = event.get("body") or ""
    return Request(
        route=event.get("routeKey") or f"{event.get('httpMethod', '')} {event.get('resource', '')}",
        path=_path(event),
        query=dict(_items(event, "queryStringParameters")),
        headers={name.lower(): value for name, value in _items(event, "headers")},
        body=base64.b64decode(body) if event.get("isBase64Encoded") else body.encode(),
        caller=access.caller(str(claims.get("sub") or ""), scopes_of(claims)),
    )


def _items(event: Mapping[str, Any], name: str) -> list[tuple[str, str]]:
    # A REST API says null where there is nothing.
    return list((event.get(name) or {}).items())


def _path(event: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of the path, decoded once.

    A REST API hands them on as they were sent. An HTTP API decodes them: decoding `%2541`, sent for
    `%41`, a second time would make `A` of it.
    """
    found = dict(_items(event, "pathParameters"))
    if event.get("version") == "2.0":
        return found
    return {name: unquote(value) for name, value in found.items()}


def _claims(authorizer: Mapping[str, Any]) -> Mapping[str, Any]:
    token = authorizer.get("jwt") or authorizer
    return token.get("claims") or {}


def scopes_of(claims: Mapping[str, Any]) -> frozenset[str]:
    """The scopes of a token: `scope` is a text (RFC 8693), `scp` a list with some issuers.

    API Gateway hands claims on as text, lists as `[a b]`.
    """
    found = set[str]()
    for claim in (claims.get("scope"), claims.get("scp")):
        if isinstance(claim, str):
            found.update(claim.removeprefix("[").removesuffix("]").split())
        elif isinstance(claim, list):
            found.update(str(scope) for scope in claim)
    return frozenset(found)
