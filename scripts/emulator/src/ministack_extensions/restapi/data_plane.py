"""Requests to REST APIs, from the first check to the access log.

AWS: "Amazon API Gateway quotas" for the payload limit, "Set up CloudWatch logging for REST APIs"
for the request ids in the answer; the other files of this package name their own documents.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from ministack_extensions.apigateway.access_log import AccessLog
from ministack_extensions.apigateway.address import address
from ministack_extensions.apigateway.context import response_context
from ministack_extensions.http import Request, Response, json_response
from ministack_extensions.restapi.authorization import authorize
from ministack_extensions.restapi.call import Call, new_call
from ministack_extensions.restapi.errors import Refused, gateway_response
from ministack_extensions.restapi.integrations import run
from ministack_extensions.restapi.limits import Limits
from ministack_extensions.restapi.validation import validate
from ministack_extensions.service_roles import ServiceRoles

if TYPE_CHECKING:
    from ministack_extensions.restapi.catalogue import RestCatalogue
    from ministack_extensions.upstream import Emulator

PAYLOAD_LIMIT = 10 * 1024 * 1024
_USER_REQUEST = re.compile(r"^/restapis/([a-z0-9]+)/([^/]+)/_user_request_(/.*)?$")


class RestDataPlane:
    """Answers clients of REST APIs."""

    def __init__(self, apis: RestCatalogue) -> None:
        self._apis = apis
        self._roles = ServiceRoles("apigateway.amazonaws.com")
        self._limits = Limits()
        self._log = AccessLog()

    def matches(self, request: Request) -> bool:
        """Requests to a REST API by path or by host, the stage first."""
        found = _address(request)
        return found is not None and self._apis.knows(found[0])

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The answer of the API's stage."""
        api_id, stage, path = _address(request) or ("", "", "/")
        api = await self._apis.stage(api_id, stage, emulator)
        if api is None:
            return json_response(403, {"message": "Forbidden"}).with_header(
                "x-amzn-errortype", "ForbiddenException"
            )
        started = time.time()
        call = new_call(api, request, path)
        try:
            response = await self._answer(call, emulator)
        except Refused as refused:
            response = gateway_response(refused, call)
        response = response.with_header("x-amzn-requestid", call.context["requestId"])
        response = response.with_header("x-amz-apigw-id", call.context["extendedRequestId"])
        error = call.context.get("integrationErrorMessage")
        call.context |= response_context(response, started, time.time(), error)
        self._log.write(api_id, api.region, api.stage, call.context, emulator)
        return response

    async def _answer(self, call: Call, emulator: Emulator) -> Response:
        match = call.match
        if len(call.request.body) > PAYLOAD_LIMIT:
            raise Refused("REQUEST_TOO_LARGE")
        if match is None:
            raise Refused("MISSING_AUTHENTICATION_TOKEN")
        await authorize(call, match, emulator)
        self._limits.admit(call, match, await self._apis.plans(call.api.api_id, emulator))
        validate(call, match)
        return await run(call, match, self._roles, emulator)


def _address(request: Request) -> tuple[str, str, str] | None:
    """API id, stage and path within the stage, as the client sent it."""
    if request.raw_path:
        request = replace(request, path=request.raw_path.decode("latin-1").partition("?")[0])
    if found := _USER_REQUEST.match(request.path):
        return found[1], found[2], found[3] or "/"
    if named := address(request):
        stage, _, path = named[1].lstrip("/").partition("/")
        return named[0], stage, f"/{path}"
    return None
