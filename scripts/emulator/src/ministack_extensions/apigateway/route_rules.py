"""What API Gateway answers with 409: a second route of a key, and deleting what a route still has.

AWS: the API Gateway V2 API reference (CreateRoute, DeleteIntegration, DeleteAuthorizer), which
names ConflictException and no cases; the words are AWS's, as anomalyco/sst#5031 and #5586 show
them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ministack_extensions.http import json_response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.apigateway.catalogue import Catalogue
    from ministack_extensions.extension import Extension
    from ministack_extensions.http import Request, Response
    from ministack_extensions.upstream import Emulator

_PATH = re.compile(r"^/v2/apis/([^/]+)/(routes|integrations|authorizers)(?:/([^/]+))?$")


class RouteRules:
    """Refuses in front of the other extensions of the control plane, which answer all else."""

    def __init__(self, apis: Catalogue, *others: Extension) -> None:
        self._apis = apis
        self._others = others

    def matches(self, request: Request) -> bool:
        """Whatever the others answer."""
        return any(other.matches(request) for other in self._others)

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The refusal, or the others' answer."""
        if problem := await self._conflict(request, emulator):
            return json_response(409, {"message": problem}).with_header(
                "x-amzn-errortype", "ConflictException"
            )
        other = next(other for other in self._others if other.matches(request))
        return await other.handle(request, emulator)

    async def _conflict(self, request: Request, emulator: Emulator) -> str | None:
        found = _PATH.match(request.path)
        if not found or request.method == "GET":
            return None
        api = await self._apis.find(found[1], emulator)
        routes = api.routes if api else ()
        if found[2] == "routes":
            return None if request.method == "DELETE" else _twice(request.json(), found[3], routes)
        return _referenced(found[2], found[3], routes) if request.method == "DELETE" else None


def _twice(
    wanted: Mapping[str, Any], own_id: str | None, routes: tuple[Mapping[str, Any], ...]
) -> str | None:
    key = wanted.get("routeKey")
    taken = any(one["routeKey"] == key and one["routeId"] != own_id for one in routes)
    return f"Route with key {key} already exists for this API" if taken else None


def _referenced(kind: str, identity: str, routes: tuple[Mapping[str, Any], ...]) -> str | None:
    name = {"integrations": "Integration", "authorizers": "authorizer"}[kind]
    for one in routes:
        if identity in (str(one.get("target")).rpartition("/")[2], one.get("authorizerId")):
            return f"Cannot delete {name} '{identity}', is referenced in route: {one['routeKey']}"
    return None
