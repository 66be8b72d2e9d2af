"""Requests to HTTP APIs: limits, throttling, authorization, integrations and access logs.

AWS: "Quotas for configuring and running an HTTP API" (http-api-quotas.html) for the payload limit;
the other files of this package name their own documents. Preflight requests, Lambda authorizers
and the signatures of IAM authorization stay the emulator's.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ministack_extensions.apigateway.access_log import AccessLog
from ministack_extensions.apigateway.address import address
from ministack_extensions.apigateway.context import request_context, response_context
from ministack_extensions.apigateway.cors import with_cors
from ministack_extensions.apigateway.iam_authorizer import FORBIDDEN, refused, well_signed
from ministack_extensions.apigateway.integrations import Exchange, Integrations
from ministack_extensions.apigateway.jwt_authorizer import Caller, Denied, authorized
from ministack_extensions.apigateway.lambda_permission import may_invoke
from ministack_extensions.apigateway.sqs_send_message import SUBTYPE
from ministack_extensions.apigateway.throttling import Throttle
from ministack_extensions.http import Request, Response, json_response

if TYPE_CHECKING:
    from ministack_extensions.apigateway.catalogue import Catalogue, HttpApi, Match
    from ministack_extensions.apigateway.issuer_keys import IssuerKeys
    from ministack_extensions.upstream import Emulator

PAYLOAD_LIMIT = 10 * 1024 * 1024
# The emulator found a route and its authorizer agreed, but the integration is no Lambda.
_NO_LAMBDA = 502
_EMULATORS_OWN = ("AWS_IAM", "CUSTOM")
_NOT_PERMITTED = "The function's policy does not allow API Gateway to invoke it"


class DataPlane:
    """Answers clients of HTTP APIs."""

    def __init__(self, apis: Catalogue, keys: IssuerKeys) -> None:
        self._apis = apis
        self._keys = keys
        self._integrations = Integrations()
        self._throttle = Throttle()
        self._log = AccessLog()

    def matches(self, request: Request) -> bool:
        """Requests by path (`/_aws/execute-api/ID/...`) or by host (`ID.execute-api...`)."""
        return address(request) is not None

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The answer of the API, or the emulator's for APIs that are not HTTP APIs."""
        api_id, path = address(request) or ("", "/")
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
        preflight = request.method == "OPTIONS" and bool(api.cors)
        if match is None and not preflight:
            return _error(404, "Not Found"), None
        if refusal := self._limit(request, api, match):
            return refusal, None
        if match is None or preflight:
            return await emulator.call(request), None
        exchange = Exchange(request, api, match, context, emulator)
        if match.authorization in _EMULATORS_OWN:
            return await self._through_the_emulator(exchange)
        try:
            caller = await self._caller(exchange)
        except Denied as denied:
            context["authorizer.error"] = str(denied)
            return denied.response, None
        response, error = await self._integrations.answer(exchange, caller)
        return with_cors(response, api.cors, request), error

    def _limit(self, request: Request, api: HttpApi, match: Match | None) -> Response | None:
        if len(request.body) > PAYLOAD_LIMIT:
            return _error(413, "Request Entity Too Large")
        if match and not self._throttle.allows(
            api.api_id, match.stage, match.route_key, time.monotonic()
        ):
            return _error(429, "Too Many Requests")
        return None

    async def _caller(self, exchange: Exchange) -> Caller | None:
        route, api = exchange.match.route, exchange.api
        if exchange.match.authorization != "JWT":
            return None
        authorizer = api.authorizers.get(str(route.get("authorizerId")))
        if authorizer is None:
            raise Denied(_error(500, "Internal Server Error"), "The route has no authorizer")
        wanted = route.get("authorizationScopes") or []
        caller = await authorized(authorizer, wanted, exchange.request, self._keys)
        for name, value in caller.claims.items():
            exchange.context[f"authorizer.claims.{name}"] = value
        return caller

    async def _through_the_emulator(self, exchange: Exchange) -> tuple[Response, str | None]:
        api, match, emulator = exchange.api, exchange.match, exchange.emulator
        iam = match.authorization == "AWS_IAM"
        if iam and not well_signed(exchange.request, api.region):
            return FORBIDDEN, None
        if not await may_invoke(api, match, emulator):
            return _error(500, "Internal Server Error"), _NOT_PERMITTED
        response = await emulator.call(exchange.request)
        if iam and refused(response):
            return FORBIDDEN, None
        if response.status != _NO_LAMBDA or match.integration.get("integrationSubtype") != SUBTYPE:
            return response, None
        response, error = await self._integrations.answer(exchange, None)
        return with_cors(response, api.cors, exchange.request), error


def _error(status: int, message: str) -> Response:
    return json_response(status, {"message": message})
