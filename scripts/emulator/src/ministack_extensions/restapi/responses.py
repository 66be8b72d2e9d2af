"""Integration responses: which one answers, and what it makes of the integration's answer.

AWS: "Set up an integration response in API Gateway" (a pattern is matched against the status of a
service or a mock; the one without a pattern takes the rest).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ministack_extensions.http import Response
from ministack_extensions.restapi.errors import JSON, Refused
from ministack_extensions.restapi.velocity import rendered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.restapi.call import Call

_HEADER = "method.response.header."


def mapped_response(call: Call, integration: Mapping[str, Any], answer: Response) -> Response:
    """The method's response; Refused where no integration response takes the status."""
    chosen = _chosen(integration, str(answer.status))
    response = Response(int(chosen["statusCode"]), (("content-type", JSON),), answer.body)
    for name, source in (chosen.get("responseParameters") or {}).items():
        value = call.mapped(source, answer)
        if value is not None:
            response = response.with_header(name.removeprefix(_HEADER), value)
    templates = chosen.get("responseTemplates") or {}
    if not templates:
        return response
    template = templates.get(JSON) or next(iter(templates.values())) or ""
    text, overrides = rendered(template, answer.body.decode(), call, "responseOverride")
    for name, value in overrides.headers.items():
        response = response.with_header(name, str(value))
    return Response(overrides.status or response.status, response.headers, text.encode())


def _chosen(integration: Mapping[str, Any], status: str) -> Mapping[str, Any]:
    responses: list[Mapping[str, Any]] = list(
        (integration.get("integrationResponses") or {}).values()
    )
    for response in responses:
        if (pattern := response.get("selectionPattern")) and re.fullmatch(pattern, status):
            return response
    for response in responses:
        if not response.get("selectionPattern"):
            return response
    raise Refused("API_CONFIGURATION_ERROR")
