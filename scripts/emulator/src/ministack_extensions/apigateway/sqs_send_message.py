"""The `SQS-SendMessage` integration of HTTP APIs.

AWS: "Integration subtype reference"
(apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html) and
"Create AWS service integrations for HTTP APIs". AWS answers with SQS's own XML.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ministack_extensions.apigateway.mapping import Sources, Unresolved, unresolved
from ministack_extensions.http import Request, Response, header_pairs
from ministack_extensions.sqs.message_rules import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.service_roles import ServiceRoles
    from ministack_extensions.upstream import Emulator

SUBTYPE = "SQS-SendMessage"
REQUIRED = ("QueueUrl", "MessageBody")
OPTIONAL = ("DelaySeconds", "MessageDeduplicationId", "MessageGroupId")
ATTRIBUTE_LISTS = {
    "MessageAttributes": "MessageAttribute",
    "MessageSystemAttributes": "MessageSystemAttribute",
}


async def send_message(
    integration: Mapping[str, Any],
    sources: Sources,
    region: str,
    roles: ServiceRoles,
    emulator: Emulator,
) -> Response:
    """Send what the mappings make of the request, with the integration's role.

    Raises Unresolved where AWS answers 400, CannotAssume where it answers 500.
    """
    templates: Mapping[str, str] = integration.get("requestParameters") or {}
    form = message_form(templates, sources)
    region = sources.evaluate(templates.get("Region", "")) or region
    credentials = await roles.credentials(str(integration.get("credentialsArn", "")), emulator)
    if refused := await refusal(form, region, emulator):
        return refused.as_xml()
    headers = header_pairs({"content-type": "application/x-www-form-urlencoded"})
    request = Request("POST", "/", headers, body=urlencode(form).encode())
    answer = await emulator.call(emulator.signed("sqs", region, request, credentials))
    return Response(answer.status, (("content-type", "text/xml"),), answer.body)


def message_form(templates: Mapping[str, str], sources: Sources) -> dict[str, str]:
    """The SendMessage request in SQS's query protocol."""
    form = {"Action": "SendMessage", "Version": "2012-11-05"}
    for name in (*REQUIRED, *OPTIONAL):
        if name in templates or name in REQUIRED:
            form[name] = sources.required(name, templates.get(name, ""))
    for name, prefix in ATTRIBUTE_LISTS.items():
        if name in templates:
            form |= _attributes(name, prefix, templates[name], sources)
    return form


def _attributes(name: str, prefix: str, template: str, sources: Sources) -> dict[str, str]:
    try:
        attributes = json.loads(sources.required(name, template))
        return {
            key: str(value)
            for index, (attribute, typed) in enumerate(attributes.items(), start=1)
            for key, value in (
                (f"{prefix}.{index}.Name", attribute),
                *((f"{prefix}.{index}.Value.{part}", text) for part, text in typed.items()),
            )
        }
    except (ValueError, AttributeError):
        raise unresolved(name, template) from None


__all__ = ["SUBTYPE", "Unresolved", "message_form", "send_message"]
