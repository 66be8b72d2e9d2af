"""The HTTP APIs as the data plane needs them, read once and kept until someone changes one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ministack_extensions.http import Request
from ministack_extensions.upstream import DEFAULT_REGION, Emulator

if TYPE_CHECKING:
    from collections.abc import Mapping

# The fields of an integration that the emulator's control plane drops.
KEPT_FIELDS = ("integrationSubtype", "credentialsArn")


@dataclass(frozen=True)
class Match:
    """Where a request ends up: stage, route, path parameters and integration."""

    stage: Mapping[str, Any]
    path: str
    route: Mapping[str, Any]
    parameters: Mapping[str, str]
    integration: Mapping[str, Any]

    @property
    def route_key(self) -> str:
        """Method and path of the route, or $default."""
        key: str = self.route["routeKey"]
        return key

    @property
    def authorization(self) -> str:
        """NONE, JWT, AWS_IAM or CUSTOM."""
        return str(self.route.get("authorizationType") or "NONE")


@dataclass(frozen=True)
class HttpApi:
    """One HTTP API with everything that belongs to it."""

    api_id: str
    region: str
    cors: Mapping[str, Any]
    stages: Mapping[str, Mapping[str, Any]]
    routes: tuple[Mapping[str, Any], ...]
    integrations: Mapping[str, Mapping[str, Any]]
    authorizers: Mapping[str, Mapping[str, Any]]

    def stage(self, path: str) -> tuple[Mapping[str, Any] | None, str]:
        """The stage that a path belongs to, and the path within it."""
        first, _, rest = path.lstrip("/").partition("/")
        if first in self.stages:
            return self.stages[first], f"/{rest}"
        return self.stages.get("$default"), path

    def match(self, method: str, path: str) -> Match | None:
        """The most specific route of a request, or None.

        A full match beats a greedy one, a literal segment beats a variable, a method beats ANY,
        and $default comes last ("Routing API requests" in the API Gateway developer guide).
        """
        stage, path = self.stage(path)
        found = [
            (_specificity(route["routeKey"]), route, parameters)
            for route in self.routes
            if (parameters := _parameters(route["routeKey"], method, path)) is not None
        ]
        if stage is None or not found:
            return None
        _, route, parameters = max(found, key=lambda candidate: candidate[0])
        target = str(route.get("target", "")).rsplit("/", 1)[-1]
        integration = self.integrations.get(target, {})
        return Match(stage, path, route, parameters, integration)


@dataclass
class Catalogue:
    """Every HTTP API that was created through the front app."""

    _regions: dict[str, str] = field(default_factory=dict)
    _dropped: dict[str, dict[str, str]] = field(default_factory=dict)
    _cache: dict[str, HttpApi | None] = field(default_factory=dict)
    _changes: int = 0

    def changed(self) -> None:
        """Forget what was read: the control plane has been used."""
        self._changes += 1
        self._cache.clear()

    def created(self, api_id: str, region: str) -> None:
        """Remember an API's region, which a data plane request does not carry."""
        self._regions[api_id] = region

    def keep(self, integration_id: str, document: Mapping[str, Any]) -> None:
        """Keep the fields of an integration that the emulator drops."""
        sent = {name: document[name] for name in KEPT_FIELDS if name in document}
        self._dropped.setdefault(integration_id, {}).update(sent)

    def forget(self, integration_id: str) -> None:
        """Drop what was kept for a deleted integration."""
        self._dropped.pop(integration_id, None)

    def completed(self, document: dict[str, Any]) -> dict[str, Any]:
        """An integration as AWS would read it back."""
        document |= self._dropped.get(str(document.get("integrationId")), {})
        if document.get("integrationSubtype"):
            document.pop("integrationMethod", None)
        return document

    async def find(self, api_id: str, emulator: Emulator) -> HttpApi | None:
        """The HTTP API, or None for REST APIs, WebSocket APIs and unknown ids."""
        if api_id in self._cache:
            return self._cache[api_id]
        changes = self._changes
        api = await self._read(api_id, emulator)
        if changes == self._changes:  # else what was read may be old already
            self._cache[api_id] = api
        return api

    async def _read(self, api_id: str, emulator: Emulator) -> HttpApi | None:
        region = self._regions.get(api_id, DEFAULT_REGION)

        async def get(path: str) -> dict[str, Any]:
            request = Request("GET", f"/v2/apis/{api_id}{path}")
            return (await emulator.call(emulator.signed("apigateway", region, request))).json()

        api = await get("")
        if api.get("protocolType") != "HTTP":
            return None
        integrations = (await get("/integrations")).get("items", [])
        authorizers = (await get("/authorizers")).get("items", [])
        return HttpApi(
            api_id=api_id,
            region=region,
            cors=api.get("corsConfiguration") or {},
            stages={stage["stageName"]: stage for stage in (await get("/stages"))["items"]},
            routes=tuple((await get("/routes"))["items"]),
            integrations={item["integrationId"]: self.completed(item) for item in integrations},
            authorizers={item["authorizerId"]: item for item in authorizers},
        )


def _parameters(route_key: str, method: str, path: str) -> dict[str, str] | None:
    if route_key == "$default":
        return {}
    wanted, _, template = route_key.partition(" ")
    if wanted not in ("ANY", method):
        return None
    pattern = re.sub(
        r"\\\{([\w.-]+)(\\\+)?\\\}",
        lambda found: f"(?P<{found[1]}>{'.+' if found[2] else '[^/]+'})",
        re.escape(template),
    )
    found = re.fullmatch(pattern, path)
    return found.groupdict() if found else None


def _specificity(route_key: str) -> tuple[int, int, int, int]:
    method, _, template = route_key.partition(" ")
    literal = sum(not part.startswith("{") for part in template.strip("/").split("/"))
    return route_key != "$default", "+}" not in template, literal, method != "ANY"
