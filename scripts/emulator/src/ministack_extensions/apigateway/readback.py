"""What the emulator's API Gateway control plane forgets, gets wrong or fails to refuse.

AWS: the API Gateway V2 API reference (CreateIntegration, GetIntegration, GetApi). Without the
fields kept here, Terraform plans to replace every service integration after each apply.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ministack_extensions.apigateway.integration_rules import invalid
from ministack_extensions.http import Request, Response, json_response
from ministack_extensions.upstream import Emulator, signed_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ministack_extensions.apigateway.catalogue import Catalogue

_INTEGRATION = re.compile(r"^/v2/apis/([^/]+)/integrations(?:/([^/]+))?$")


class IntegrationReadBack:
    """Keeps `integrationSubtype` and `credentialsArn`, and refuses what AWS refuses."""

    def __init__(self, apis: Catalogue) -> None:
        self._apis = apis

    def matches(self, request: Request) -> bool:
        """Every call on an API's integrations."""
        return _INTEGRATION.match(request.path) is not None

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The emulator's answer, completed."""
        found = _INTEGRATION.match(request.path)
        known_id = found[2] if found else None
        if request.method in ("POST", "PATCH"):
            wanted = self._apis.completed({"integrationId": known_id}) | request.json()
            if problem := invalid(wanted):
                return json_response(400, {"message": problem}).with_header(
                    "x-amzn-errortype", "BadRequestException"
                )
        response = await emulator.call(request)
        if request.method == "DELETE" and known_id:
            self._apis.forget(known_id)
        document = response.json()
        if request.method in ("POST", "PATCH") and response.ok:
            self._apis.keep(document["integrationId"], request.json())
        if request.method != "GET":
            self._apis.changed()
        if not response.ok or not response.body:
            return response
        for item in _items(document):
            self._apis.completed(item)
        return replace(response, body=json.dumps(document).encode())


class ApiReadBack:
    """Gives APIs an endpoint that every client reaches without DNS, and notes changes."""

    def __init__(self, apis: Catalogue) -> None:
        self._apis = apis

    def matches(self, request: Request) -> bool:
        """Every other call on HTTP and WebSocket APIs, their routes and their stages."""
        return request.path.startswith(("/v2/apis", "/v2/tags/"))

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The emulator's answer with the local `apiEndpoint`."""
        response = await emulator.call(request)
        if request.method != "GET":
            self._apis.changed()
        if not response.ok or b"apiEndpoint" not in response.body:
            return response
        document = response.json()
        for api in _items(document):
            if request.method == "POST":
                self._apis.created(api["apiId"], signed_for(request)[0])
            scheme = "ws" if api.get("protocolType") == "WEBSOCKET" else "http"
            api["apiEndpoint"] = f"{scheme}://{emulator.host}/_aws/execute-api/{api['apiId']}"
        return replace(response, body=json.dumps(document).encode())


def _items(document: dict[str, Any]) -> Iterable[dict[str, Any]]:
    items: list[dict[str, Any]] = document.get("items", [document])
    return items
