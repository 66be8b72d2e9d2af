"""The event that an HTTP API gives to a function, in payload format 2.0.

AWS: "Working with AWS Lambda proxy integrations for HTTP APIs"
(http-api-develop-integrations-lambda.html). What has no value is left out. That `scopes` is null on
a route without scopes, and which bodies come as text, is documented nowhere but seen on AWS.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from ministack_extensions.traces import HEADER, trace_header

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.apigateway.catalogue import Match
    from ministack_extensions.apigateway.jwt_authorizer import Caller
    from ministack_extensions.http import Request

_TEXT_TYPES = ("application/json", "application/xml", "application/javascript")


def proxy_event(
    request: Request, match: Match, context: Mapping[str, str], caller: Caller | None
) -> dict[str, Any]:
    """The event of one request; `context` holds its `$context` variables."""
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": match.route_key,
        "rawPath": context["path"],
        "rawQueryString": request.query,
        "headers": _headers(request, context),
        "requestContext": _request_context(context, caller),
        "isBase64Encoded": False,
    }
    if cookies := request.header("cookie"):
        event["cookies"] = [cookie.strip() for cookie in cookies.split(";")]
    if query := parse_qs(request.query, keep_blank_values=True):
        event["queryStringParameters"] = {name: ",".join(all_) for name, all_ in query.items()}
    if match.parameters:
        event["pathParameters"] = dict(match.parameters)
    if variables := match.stage.get("stageVariables"):
        event["stageVariables"] = dict(variables)
    if request.body:
        event |= _body(request)
    return event


def _request_context(context: Mapping[str, str], caller: Caller | None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "accountId": context["accountId"],
        "apiId": context["apiId"],
        "domainName": context["domainName"],
        "domainPrefix": context["domainPrefix"],
        "http": {
            "method": context["httpMethod"],
            "path": context["path"],
            "protocol": context["protocol"],
            "sourceIp": context["identity.sourceIp"],
            "userAgent": context["identity.userAgent"],
        },
        "requestId": context["requestId"],
        "routeKey": context["routeKey"],
        "stage": context["stage"],
        "time": context["requestTime"],
        "timeEpoch": int(context["requestTimeEpoch"]),
    }
    if caller:
        scopes = None if caller.scopes is None else list(caller.scopes)
        shown["authorizer"] = {"jwt": {"claims": dict(caller.claims), "scopes": scopes}}
    return shown


def _headers(request: Request, context: Mapping[str, str]) -> dict[str, str]:
    names = dict.fromkeys(name for name, _ in request.headers if name != "cookie")
    headers = {name: request.header(name) or "" for name in names}
    through = [headers.get("x-forwarded-for"), context["identity.sourceIp"]]
    headers["x-forwarded-for"] = ", ".join(address for address in through if address)
    own = {"x-forwarded-port": "443", "x-forwarded-proto": "https", HEADER: trace_header(request)}
    return headers | own


def _body(request: Request) -> dict[str, Any]:
    kind = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if kind.startswith("text/") or kind in _TEXT_TYPES:
        return {"body": request.body.decode("utf-8", "replace")}
    return {"body": base64.b64encode(request.body).decode(), "isBase64Encoded": True}
