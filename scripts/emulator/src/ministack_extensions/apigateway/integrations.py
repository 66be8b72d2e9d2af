"""What is behind a route of an HTTP API, asked once the caller may pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ministack_extensions.apigateway.lambda_event import proxy_event
from ministack_extensions.apigateway.lambda_permission import FUNCTION, may_invoke
from ministack_extensions.apigateway.lambda_proxy import invoke
from ministack_extensions.apigateway.mapping import Sources, Unresolved
from ministack_extensions.apigateway.response_mapping import mapped_response
from ministack_extensions.apigateway.sqs_send_message import SUBTYPE, send_message
from ministack_extensions.http import Request, Response, json_response
from ministack_extensions.service_roles import CannotAssume, ServiceRoles

if TYPE_CHECKING:
    from ministack_extensions.apigateway.catalogue import HttpApi, Match
    from ministack_extensions.apigateway.jwt_authorizer import Caller
    from ministack_extensions.upstream import Emulator

_FAILED = json_response(500, {"message": "Internal Server Error"})


@dataclass(frozen=True)
class Exchange:
    """One request on its way to an integration; `context` grows with what is known."""

    request: Request
    api: HttpApi
    match: Match
    context: dict[str, str]
    emulator: Emulator


@dataclass
class Integrations:
    """Queues, functions, and the emulator's own integrations for the rest."""

    _roles: ServiceRoles = field(
        default_factory=lambda: ServiceRoles("apigateway.amazonaws.com"), init=False
    )

    async def answer(
        self, exchange: Exchange, caller: Caller | None
    ) -> tuple[Response, str | None]:
        """The integration's response, mapped, and what went wrong if anything did."""
        integration = exchange.match.integration
        try:
            if integration.get("integrationSubtype") == SUBTYPE:
                return await self._send(exchange), None
            if FUNCTION.search(str(integration.get("integrationUri", ""))):
                return await self._invoke(exchange, caller)
        except Unresolved as error:
            return json_response(400, {"message": "Bad Request"}), str(error)
        except CannotAssume as role:
            return _FAILED, (
                f"API Gateway does not have permission to assume the provided role {role}"
            )
        return await exchange.emulator.call(exchange.request), None

    async def _send(self, exchange: Exchange) -> Response:
        match, api, emulator = exchange.match, exchange.api, exchange.emulator
        sources = _sources(exchange)
        answer = await send_message(match.integration, sources, api.region, self._roles, emulator)
        _note(exchange, answer.status, answer.status)
        return mapped_response(match.integration, answer, sources)

    async def _invoke(
        self, exchange: Exchange, caller: Caller | None
    ) -> tuple[Response, str | None]:
        match, api, emulator = exchange.match, exchange.api, exchange.emulator
        if not await may_invoke(api, match, emulator):
            return _FAILED, "The function's policy does not allow API Gateway to invoke it"
        event = proxy_event(exchange.request, match, exchange.context, caller)
        answer, error = await invoke(match, event, api.region, self._roles, emulator)
        _note(exchange, answer.status, 200)
        return mapped_response(match.integration, answer, _sources(exchange)), error


def _sources(exchange: Exchange) -> Sources:
    match = exchange.match
    variables = match.stage.get("stageVariables") or {}
    return Sources(exchange.request, match.path, match.parameters, exchange.context, variables)


def _note(exchange: Exchange, status: int, service_status: int) -> None:
    """For functions AWS keeps the service's status and the function's own apart."""
    exchange.context.update(
        {
            "integration.status": str(status),
            "integration.integrationStatus": str(service_status),
            "integrationStatus": str(service_status),
        }
    )
