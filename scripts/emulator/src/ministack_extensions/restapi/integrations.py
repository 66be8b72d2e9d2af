"""What a method is connected to: a mock, SQS or a Lambda function.

AWS: "Choose an API Gateway API integration type" and "Method request behavior for payloads without
mapping templates". Other services and HTTP integrations are not run here: they answer 500.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack_extensions.http import Response
from ministack_extensions.restapi.errors import Refused
from ministack_extensions.restapi.lambda_proxy import invoke
from ministack_extensions.restapi.responses import mapped_response
from ministack_extensions.restapi.sqs_service import call_sqs, is_sqs
from ministack_extensions.restapi.velocity import Overrides, rendered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.restapi.call import Call
    from ministack_extensions.restapi.definition import Match
    from ministack_extensions.service_roles import ServiceRoles
    from ministack_extensions.upstream import Emulator


async def run(call: Call, match: Match, roles: ServiceRoles, emulator: Emulator) -> Response:
    """The answer of the method's integration; Refused where AWS answers itself."""
    integration = match.integration
    kind = integration.get("type")
    if kind == "AWS_PROXY":
        return await invoke(call, match, emulator)
    body, overrides = _request(call, integration)
    if kind == "MOCK":
        answer = Response(_mocked(body, call))
    elif kind == "AWS" and is_sqs(integration):
        answer = await call_sqs(call, integration, body, overrides, roles, emulator)
    else:
        call.context["integrationErrorMessage"] = "The local stack does not run this integration"
        raise Refused("API_CONFIGURATION_ERROR")
    call.context |= {
        "integrationStatus": str(answer.status),
        "integration.integrationStatus": str(answer.status),
        "integration.status": str(answer.status),
    }
    return mapped_response(call, integration, answer)


def _request(call: Call, integration: Mapping[str, Any]) -> tuple[str, Overrides]:
    """The integration's request body, by the template for the request's content type."""
    templates = {
        name.lower(): template
        for name, template in (integration.get("requestTemplates") or {}).items()
    }
    template = templates.get(call.content_type)
    if template is not None:
        return rendered(template, call.body, call, "requestOverride")
    behaviour = integration.get("passthroughBehavior") or "WHEN_NO_MATCH"
    if behaviour == "NEVER" or (behaviour == "WHEN_NO_TEMPLATES" and templates):
        raise Refused("UNSUPPORTED_MEDIA_TYPE")
    return call.body, Overrides()


def _mocked(body: str, call: Call) -> int:
    try:
        return int(json.loads(body)["statusCode"])
    except (ValueError, KeyError, TypeError):
        call.context["integrationErrorMessage"] = "Unable to parse statusCode"
        raise Refused("API_CONFIGURATION_ERROR") from None
