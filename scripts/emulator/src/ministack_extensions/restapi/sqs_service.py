"""The `AWS` integration with SQS as its service, in the query protocol.

AWS: "Integrate Amazon API Gateway with Amazon SQS to handle asynchronous REST APIs" and the
knowledge centre's "API Gateway REST API SQS errors". API Gateway asks SQS for JSON, so that is what
its answers are here, errors included.
"""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from ministack_extensions.http import Request, Response, header_pairs
from ministack_extensions.restapi.errors import Refused
from ministack_extensions.service_roles import CannotAssume, ServiceRoles
from ministack_extensions.sqs.message_rules import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.restapi.call import Call
    from ministack_extensions.restapi.velocity import Overrides
    from ministack_extensions.upstream import Emulator

_URI = re.compile(r"arn:[\w-]+:apigateway:([\w-]+):sqs:(?:path/(.*)|action/(\w+))")
_FORM = "application/x-www-form-urlencoded"
_HEADER, _PATH = "integration.request.header.", "integration.request.path."
# A parameter of the path, as in "path/123456789012/{queue}".
_PARAMETER = re.compile(r"\{(\w+)\}")
_ELEMENT = re.compile(r"<(\w+)>([^<]*)</\1>")


def is_sqs(integration: Mapping[str, Any]) -> bool:
    """Whether the integration's URI names SQS."""
    return _URI.fullmatch(str(integration.get("uri"))) is not None


async def call_sqs(
    call: Call,
    integration: Mapping[str, Any],
    body: str,
    overrides: Overrides,
    roles: ServiceRoles,
    emulator: Emulator,
) -> Response:
    """SQS's answer as JSON, to a request signed with the integration's role."""
    found = _URI.fullmatch(str(integration.get("uri")))
    region, path = (found[1], found[2] or "") if found else ("", "")
    headers, parameters = {"content-type": "application/json"}, dict[str, str]()
    for name, source in (integration.get("requestParameters") or {}).items():
        value = call.mapped(source)
        if name.startswith(_HEADER) and value is not None:
            headers[name.removeprefix(_HEADER).lower()] = value
        if name.startswith(_PATH) and value is not None:
            parameters[name.removeprefix(_PATH)] = value
    headers |= {name.lower(): str(value) for name, value in overrides.headers.items()}
    parameters |= {name: str(value) for name, value in overrides.path.items()}
    # What has no value stays as it is written, and is no queue's name.
    path = _PARAMETER.sub(lambda it: parameters.get(it[1], it[0]), path)
    try:
        credentials = await roles.credentials(str(integration.get("credentials") or ""), emulator)
    except CannotAssume as role:
        problem = f"API Gateway does not have permission to assume the provided role {role}"
        call.context["integrationErrorMessage"] = problem
        raise Refused("API_CONFIGURATION_ERROR") from None
    if headers["content-type"].partition(";")[0].strip() != _FORM:
        return Response(404, (), b"<UnknownOperationException/>\n")
    form = dict(parse_qsl(body, keep_blank_values=True))
    if found and found[3]:
        form.setdefault("Action", found[3])
    if path.strip("/"):
        # The emulator looks for the queue in the form only.
        form.setdefault("QueueUrl", f"http://{emulator.host}/{path.strip('/')}")
    if refused := await refusal(form, region, emulator):
        return _as_json(refused.as_xml())
    request = Request("POST", "/", header_pairs(headers), body=urlencode(form).encode())
    return _as_json(await emulator.call(emulator.signed("sqs", region, request, credentials)))


def _as_json(answer: Response) -> Response:
    """The answer in the form in which SQS gives it to API Gateway."""
    values = {name: unescape(value) for name, value in _ELEMENT.findall(answer.body.decode())}
    request_id = values.pop("RequestId", None)
    if answer.ok:
        action = re.search(r"<(\w+)Response[ >]", answer.body.decode())
        name = action[1] if action else "SendMessage"
        document: dict[str, Any] = {
            f"{name}Response": {
                "ResponseMetadata": {"RequestId": request_id},
                f"{name}Result": values,
            }
        }
    else:
        error = {key: values.get(key) for key in ("Code", "Message", "Type")}
        document = {"Error": error, "RequestId": request_id}
    return Response(answer.status, (("content-type", "application/json"),), _encoded(document))


def _encoded(document: object) -> bytes:
    return json.dumps(document).encode()
