"""Requests to HTTP APIs: limits, throttling, request ids, the SQS integration and access logs.

AWS: "Quotas for configuring and running an HTTP API" (http-api-quotas.html) for the payload limit;
the other files of this package name their own documents. Routing, CORS, authorizers and Lambda
integrations stay the emulator's.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from scripts.local.emulator.apigateway.access_log import AccessLog
from scripts.local.emulator.apigateway.context import request_context, response_context
from scripts.local.emulator.apigateway.lambda_permission import may_invoke
from scripts.local.emulator.apigateway.mapping import Sources, Unresolved
from scripts.local.emulator.apigateway.response_mapping import mapped_response
from scripts.local.emulator.apigateway.sqs_send_message import SUBTYPE, send_message
from scripts.local.emulator.apigateway.throttling import Throttle
from scripts.local.emulator.http import Request, Response, json_response
from scripts.local.emulator.service_roles import CannotAssume, ServiceRoles

if TYPE_CHECKING:
    from scripts.local.emulator.apigateway.catalogue import Catalogue, HttpApi, Match
    from scripts.local.emulator.upstream import Emulator

PAYLOAD_LIMIT = 10 * 1024 * 1024
# The emulator found a route and its authorizer agreed, but the integration is no Lambda.
_NO_LAMBDA = 502
_CORS = ("access-control-", "vary")
_PATH = re.compile(r"^/_aws/execute-api/([a-z0-9]+)(?=/)(?!/[^/]+/@connections)")
_HOST = re.compile(r"^([a-z0-9]+)\.execute-api\.")


class DataPlane:
    """Answers clients of HTTP APIs."""

    def __init__(self, apis: Catalogue) -> None:
        self._apis = apis
        self._roles = ServiceRoles("apigateway.amazonaws.com")
        self._throttle = Throttle()
        self._log = AccessLog()

    def matches(self, request: Request) -> bool:
        """Requests by path (`/_aws/execute-api/ID/...`) or by host (`ID.execute-api...`)."""
        return _address(request) is not None

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The answer of the API, or the emulator's for APIs that are not HTTP APIs."""
        api_id, path = _address(request) or ("", "/")
        api = await self._apis.find(api_id, emulator)
        if api is None:
            return await emulator.call(request)
        started = time.time()
        match = api.match(request.method, path)
        context = request_context(api, request, match, path, started)
        response, error = await self._answer(request, api, match, context, emulator)
        response = response.with_header("apigw-requestid", context["requestId"])
        stage, _ = api.stage(path)
        if stage:
            context |= {"stage": stage["stageName"]}
            context |= response_context(response, started, time.time(), error)
            self._log.write(api.api_id, api.region, stage, context, emulator)
        return response

    async def _answer(
        self,
        request: Request,
        api: HttpApi,
        match: Match | None,
        context: dict[str, str],
        emulator: Emulator,
    ) -> tuple[Response, str | None]:
        if match is None and not (request.method == "OPTIONS" and api.has_cors):
            return _error(404, "Not Found"), None
        if len(request.body) > PAYLOAD_LIMIT:
            return _error(413, "Request Entity Too Large"), None
        if match and not self._throttle.allows(
            api.api_id, match.stage, match.route_key, time.monotonic()
        ):
            return _error(429, "Too Many Requests"), None
        if match and not await may_invoke(api, match, emulator):
            problem = "The function's policy does not allow API Gateway to invoke it"
            return _error(500, "Internal Server Error"), problem
        response = await emulator.call(request)
        if (
            match is None
            or response.status != _NO_LAMBDA
            or match.integration.get("integrationSubtype") != SUBTYPE
        ):
            return response, None
        sent, error = await self._send(request, api, match, context, emulator)
        cors = tuple(pair for pair in response.headers if pair[0].startswith(_CORS))
        return Response(sent.status, (*sent.headers, *cors), sent.body), error

    async def _send(
        self,
        request: Request,
        api: HttpApi,
        match: Match,
        context: dict[str, str],
        emulator: Emulator,
    ) -> tuple[Response, str | None]:
        variables = match.stage.get("stageVariables") or {}
        sources = Sources(request, match.path, match.parameters, context, variables)
        try:
            answer = await send_message(
                match.integration, sources, api.region, self._roles, emulator
            )
        except Unresolved as error:
            return _error(400, "Bad Request"), str(error)
        except CannotAssume as role:
            problem = f"API Gateway does not have permission to assume the provided role {role}"
            return _error(500, "Internal Server Error"), problem
        context |= {
            "integration.status": str(answer.status),
            "integration.integrationStatus": str(answer.status),
            "integrationStatus": str(answer.status),
        }
        return mapped_response(match.integration, answer, sources), None


def _address(request: Request) -> tuple[str, str] | None:
    """API id and path within the API."""
    if found := _PATH.match(request.path):
        return found[1], request.path[found.end() :]
    host = _HOST.match(request.header("host") or "")
    if host and not re.match(r"^/[^/]+/@connections", request.path):
        return host[1], request.path
    return None


def _error(status: int, message: str) -> Response:
    return json_response(status, {"message": message})
