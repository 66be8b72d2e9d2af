"""The errors that API Gateway itself answers, through the API's gateway responses.

AWS: "Gateway response types for API Gateway" and "Gateway responses in API Gateway": templates are
not run by the Velocity engine, only variables are replaced.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack_extensions.http import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.restapi.call import Call

JSON = "application/json"
_DEFAULT_TEMPLATE = '{"message":$context.error.messageString}'
_VARIABLE = re.compile(
    r"\$(?:\{((?:context|stageVariables)\.[\w.]+)\}|((?:context|stageVariables)(?:\.\w+)+))"
)


@dataclass(frozen=True)
class Kind:
    """One gateway response type: its default status, its words and its error type."""

    status: int
    message: str | None
    error_type: str


_FORBIDDEN = "ForbiddenException"
_BAD = "BadRequestException"
_SERVER = "InternalServerErrorException"
KINDS: Mapping[str, Kind] = {
    "ACCESS_DENIED": Kind(403, "Access denied", "AccessDeniedException"),
    "API_CONFIGURATION_ERROR": Kind(500, "Internal server error", _SERVER),
    "BAD_REQUEST_BODY": Kind(400, "Invalid request body", _BAD),
    "BAD_REQUEST_PARAMETERS": Kind(400, None, _BAD),
    "DEFAULT_4XX": Kind(403, "Forbidden", _FORBIDDEN),
    "DEFAULT_5XX": Kind(500, "Internal server error", _SERVER),
    "EXPIRED_TOKEN": Kind(403, "The security token is expired", "ExpiredTokenException"),
    "INTEGRATION_FAILURE": Kind(504, "Network error communicating with endpoint", _SERVER),
    "INTEGRATION_TIMEOUT": Kind(504, "Endpoint request timed out", _SERVER),
    "INVALID_API_KEY": Kind(403, "Forbidden", _FORBIDDEN),
    "INVALID_SIGNATURE": Kind(403, "The signature does not match", "InvalidSignatureException"),
    "MISSING_AUTHENTICATION_TOKEN": Kind(
        403, "Missing Authentication Token", "MissingAuthenticationTokenException"
    ),
    "QUOTA_EXCEEDED": Kind(429, "Limit Exceeded", "LimitExceededException"),
    "REQUEST_TOO_LARGE": Kind(413, "Request Too Long", "RequestTooLongException"),
    "THROTTLED": Kind(429, "Too Many Requests", "TooManyRequestsException"),
    "UNSUPPORTED_MEDIA_TYPE": Kind(415, "Unsupported Media Type", "UnsupportedMediaTypeException"),
}


class Refused(Exception):
    """API Gateway answers itself, with the gateway response of this type."""

    def __init__(self, kind: str, message: str | None = None, status: int | None = None) -> None:
        super().__init__(message or KINDS[kind].message)
        self.kind = kind
        self.status = status or KINDS[kind].status


def gateway_response(refused: Refused, call: Call) -> Response:
    """The API's own response for the error, or AWS's default one."""
    customised = call.api.definition.gateway_responses
    family = "DEFAULT_5XX" if refused.status // 100 == 5 else "DEFAULT_4XX"  # noqa: PLR2004
    own = customised.get(refused.kind)
    chosen: Mapping[str, Any] = own or customised.get(family) or {}
    call.note_error(refused.kind, str(refused))
    templates: Mapping[str, str] = chosen.get("responseTemplates") or {}
    body = _VARIABLE.sub(
        lambda found: call.variable(found[1] or found[2]), templates.get(JSON, _DEFAULT_TEMPLATE)
    )
    headers = [("content-type", JSON), ("x-amzn-errortype", KINDS[refused.kind].error_type)]
    response = Response(refused.status, tuple(headers), body.encode())
    for name, source in (chosen.get("responseParameters") or {}).items():
        value = call.mapped(source)
        if value is not None:
            response = response.with_header(name.removeprefix("gatewayresponse.header."), value)
    # A customised default keeps the status of the type that it stands in for.
    status = int(own["statusCode"]) if own and own.get("statusCode") else refused.status
    return Response(status, response.headers, response.body)
