"""Functions behind routes of HTTP APIs: invoked, and their answers made an HTTP response.

AWS: "Working with AWS Lambda proxy integrations for HTTP APIs", response format 2.0
(http-api-develop-integrations-lambda.html), and "Troubleshooting issues with HTTP API Lambda
integrations": a failed function or a malformed answer is 500 for the client.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from ministack_extensions.apigateway.lambda_permission import FUNCTION
from ministack_extensions.http import Headers, Request, Response, header_pairs, json_response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.apigateway.catalogue import Match
    from ministack_extensions.service_roles import ServiceRoles
    from ministack_extensions.upstream import Emulator

FAILED = json_response(500, {"message": "Internal Server Error"})


async def invoke(
    match: Match, event: Mapping[str, Any], region: str, roles: ServiceRoles, emulator: Emulator
) -> tuple[Response, str | None]:
    """The response for the client, and what was wrong with the function's answer if anything was.

    Raises CannotAssume for an integration whose role API Gateway may not use.
    """
    function = FUNCTION.search(str(match.integration.get("integrationUri", "")))
    if function is None:
        return FAILED, "The integration names no function"
    credentials = None
    if role := match.integration.get("credentialsArn"):
        credentials = await roles.credentials(role, emulator)
    target = f"{function[1]}:{function[2]}" if function[2] else function[1]
    request = Request(
        "POST",
        f"/2015-03-31/functions/{target}/invocations",
        header_pairs({"content-type": "application/json"}),
        body=json.dumps(event).encode(),
    )
    answer = await emulator.call(emulator.signed("lambda", region, request, credentials))
    if not answer.ok or answer.header("x-amz-function-error"):
        return FAILED, "The function failed: " + answer.body.decode("utf-8", "replace")[:1000]
    response = proxy_response(answer.body)
    return response or FAILED, None if response else "Invalid response from the function"


def proxy_response(payload: bytes) -> Response | None:
    """The response that a function's result stands for; None where it stands for none."""
    result: Any = json.loads(payload or b"null")
    if not isinstance(result, dict) or "statusCode" not in result:
        text = result if isinstance(result, str) else json.dumps(result, separators=(",", ":"))
        return Response(200, (("content-type", "application/json"),), text.encode())
    status, headers = result["statusCode"], result.get("headers") or {}
    body, cookies = result.get("body") or "", result.get("cookies") or []
    if (
        type(status) is not int
        or not isinstance(body, str)
        or not isinstance(headers, dict)
        or not all(isinstance(value, str | int | float) for value in headers.values())
        or not isinstance(cookies, list)
    ):
        return None
    try:
        content = (
            base64.b64decode(body, validate=True)
            if result.get("isBase64Encoded")
            else body.encode()
        )
    except binascii.Error:
        return None
    named: Headers = tuple((name.lower(), _text(value)) for name, value in headers.items())
    if not any(name == "content-type" for name, _ in named):
        named = (*named, ("content-type", "text/plain; charset=utf-8"))
    return Response(status, (*named, *(("set-cookie", str(one)) for one in cookies)), content)


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else json.dumps(value)
