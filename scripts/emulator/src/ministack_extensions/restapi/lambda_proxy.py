"""The `AWS_PROXY` integration: a function gets the request as an event and answers for itself.

AWS: "Lambda proxy integrations in API Gateway" for the event (payload 1.0) and the answer's form,
"Amazon API Gateway important notes" for the headers that are renamed on the way.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from ministack_extensions.apigateway.lambda_permission import FUNCTION, allows
from ministack_extensions.http import Request, Response
from ministack_extensions.restapi.errors import Refused
from ministack_extensions.upstream import ACCOUNT_ID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ministack_extensions.restapi.call import Call
    from ministack_extensions.restapi.definition import Match
    from ministack_extensions.upstream import Emulator

_BAD_GATEWAY = 502
_CONTEXT = (
    *("accountId", "apiId", "domainName", "domainPrefix", "extendedRequestId", "httpMethod"),
    *("path", "protocol", "requestId", "requestTime", "resourceId", "resourcePath", "stage"),
)
_RENAMED = ("authorization", "connection", "content-length", "date", "host", "server", "via")


async def invoke(call: Call, match: Match, emulator: Emulator) -> Response:
    """The function's own answer; Refused where it may not be invoked or makes no sense."""
    uri = str(match.integration.get("uri"))
    region, function = call.api.region, FUNCTION.search(uri)
    if function is None or not await allows(uri, region, _source(call, match), emulator):
        call.context["integrationErrorMessage"] = (
            "Execution failed due to configuration error: Invalid permissions on Lambda function"
        )
        raise Refused("API_CONFIGURATION_ERROR")
    request = Request(
        "POST",
        f"/2015-03-31/functions/{function[1]}/invocations",
        query=f"Qualifier={function[2]}" if function[2] else "",
        body=json.dumps(event(call, match)).encode(),
    )
    answer = await emulator.call(emulator.signed("lambda", region, request))
    call.context |= {"integrationStatus": str(answer.status), "integration.status": "200"}
    if not answer.ok or answer.header("x-amz-function-error"):
        call.context["integrationErrorMessage"] = answer.body.decode("utf-8", "replace")[:200]
        raise _malformed()
    return _answer(call, answer.json())


def event(call: Call, match: Match) -> dict[str, Any]:
    """The request in payload format 1.0."""
    context = call.context
    binary = _is_binary(call.content_type, call.api.definition.binary_media_types)
    body = base64.b64encode(call.request.body).decode() if binary else call.body
    identity = {
        "accessKey": None,
        "accountId": None,
        "apiKey": context.get("identity.apiKey"),
        "apiKeyId": context.get("identity.apiKeyId"),
        "caller": None,
        "sourceIp": context["identity.sourceIp"],
        "user": None,
        "userAgent": context["identity.userAgent"] or None,
        "userArn": None,
    }
    added = _added_headers(call)
    return {
        "resource": match.path,
        "path": call.path,
        "httpMethod": call.request.method,
        "headers": {**call.headers, **added},
        "multiValueHeaders": {
            **_grouped((name.title(), value) for name, value in call.request.headers),
            **{name: [value] for name, value in added.items()},
        },
        "queryStringParameters": dict(call.query) or None,
        "multiValueQueryStringParameters": _grouped(call.query) or None,
        "pathParameters": dict(match.parameters) or None,
        "stageVariables": dict(call.api.variables) or None,
        "requestContext": {
            **{name: context[name] for name in _CONTEXT},
            "requestTimeEpoch": int(context["requestTimeEpoch"]),
            "identity": identity,
        },
        "body": body or None,
        "isBase64Encoded": bool(body) and binary,
    }


def _answer(call: Call, document: dict[str, Any]) -> Response:
    status, body = document.get("statusCode"), document.get("body")
    try:
        status = int(str(status))
    except ValueError:
        raise _malformed() from None
    if not isinstance(body, str | None):
        raise _malformed()
    content = (body or "").encode()
    accepted = (call.request.header("accept") or "").partition(",")[0].partition(";")[0]
    if document.get("isBase64Encoded") and _is_binary(
        accepted, call.api.definition.binary_media_types
    ):
        try:
            content = base64.b64decode(content)
        except binascii.Error:
            raise _malformed() from None
    several = document.get("multiValueHeaders") or {}
    given = {name.lower() for name in several}
    pairs = [
        (name.lower(), str(value))
        for name, value in (document.get("headers") or {}).items()
        if name.lower() not in given
    ]
    pairs += [(name.lower(), str(one)) for name, values in several.items() for one in values]
    headers = [(f"x-amzn-remapped-{k}" if k in _RENAMED else k, v) for k, v in pairs]
    if "content-type" not in dict(headers):
        headers.append(("content-type", "application/json"))
    return Response(status, tuple(headers), content)


def _added_headers(call: Call) -> dict[str, str]:
    return {
        "X-Forwarded-For": call.context["identity.sourceIp"],
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _source(call: Call, match: Match) -> str:
    """The ARN that API Gateway calls from; the variables of a path are written as `*` in it."""
    path = "/".join("*" if part.startswith("{") else part for part in match.path.split("/"))
    api = call.api
    where = f"{api.api_id}/{api.stage_name}/{call.request.method}{path}"
    return f"arn:aws:execute-api:{api.region}:{ACCOUNT_ID}:{where}"


def _is_binary(media_type: str, patterns: Iterable[str]) -> bool:
    kind = media_type.strip().lower()
    wildcard = kind.partition("/")[0] + "/*"
    return bool(kind) and any(one.lower() in ("*/*", kind, wildcard) for one in patterns)


def _malformed() -> Refused:
    return Refused("DEFAULT_5XX", status=_BAD_GATEWAY)
