"""The REST APIs that were created through the front app, and what their stages serve.

AWS: "Deploy REST APIs in API Gateway": a stage serves the snapshot that its deployment took, not
what the API looks like now. Only the stage's own settings apply at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ministack_extensions.http import Request
from ministack_extensions.restapi.definition import Definition, Document, RestApi

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ministack_extensions.upstream import Emulator

# The emulator stores every integration under this type, so that it never runs one itself.
INERT = "MOCK"
Address = tuple[str, str, str]


@dataclass
class RestCatalogue:
    """What the control plane was told, as far as the data plane needs it."""

    _regions: dict[str, str] = field(default_factory=dict)
    _real: dict[Address, Document] = field(default_factory=dict)
    _snapshots: dict[tuple[str, str], Definition] = field(default_factory=dict)
    _stages: dict[tuple[str, str], RestApi] = field(default_factory=dict)
    _plans: list[Document] | None = None

    def knows(self, api_id: str) -> bool:
        """Whether there is such a REST API."""
        return api_id in self._regions

    def region(self, api_id: str) -> str:
        """The region that the API was created in."""
        return self._regions[api_id]

    def created(self, api_id: str, region: str) -> None:
        """Remember an API's region, which a data plane request does not carry."""
        self._regions[api_id] = region

    def deleted(self, api_id: str) -> None:
        """Forget an API."""
        self._regions.pop(api_id, None)
        for address in [one for one in self._real if one[0] == api_id]:
            del self._real[address]
        for key in [one for one in self._snapshots if one[0] == api_id]:
            del self._snapshots[key]
        self.changed()

    def changed(self) -> None:
        """Forget what was read: the control plane has been used."""
        self._stages.clear()
        self._plans = None

    def connected(self, address: Address, integration: Document) -> None:
        """Remember what is stored differently of an integration."""
        self._real[address] = {name: integration.get(name) for name in ("type", "httpMethod")}

    def as_told(self, address: Address, integration: Document) -> None:
        """Put an integration's real type back, and its method: a mock has none."""
        integration |= self._real.get(address, {})
        if integration.get("httpMethod") is None:
            integration.pop("httpMethod", None)

    async def deployed(self, api_id: str, deployment_id: str, emulator: Emulator) -> None:
        """Take the snapshot of a new deployment."""
        self._snapshots[api_id, deployment_id] = await self.read(api_id, emulator)

    async def stage(self, api_id: str, name: str, emulator: Emulator) -> RestApi | None:
        """What a stage serves, or None when there is no such stage."""
        if (api_id, name) not in self._stages:
            stage = await self._get(f"/restapis/{api_id}/stages/{name}", emulator, api_id)
            definition = self._snapshots.get((api_id, stage.get("deploymentId", "")))
            if definition is None:
                return None
            served = RestApi(api_id, self._regions[api_id], stage, definition)
            self._stages[api_id, name] = served
        return self._stages[api_id, name]

    async def plans(self, api_id: str, emulator: Emulator) -> list[Document]:
        """All usage plans, each with its keys and their values."""
        if self._plans is None:
            plans = await self._items("/usageplans", emulator, api_id)
            for plan in plans:
                keys = await self._items(f"/usageplans/{plan['id']}/keys", emulator, api_id)
                plan["keys"] = [
                    await self._get(f"/apikeys/{key['id']}", emulator, api_id) for key in keys
                ]
            self._plans = plans
        return self._plans

    async def read(self, api_id: str, emulator: Emulator) -> Definition:
        """The API as it is now."""
        base = f"/restapis/{api_id}"
        api = await self._get(base, emulator, api_id)
        resources = await self._items(f"{base}/resources", emulator, api_id)
        models = await self._items(f"{base}/models", emulator, api_id)
        validators = await self._items(f"{base}/requestvalidators", emulator, api_id)
        responses = await self._items(f"{base}/gatewayresponses", emulator, api_id)
        for resource in resources:
            self.reveal(api_id, resource)
        return Definition(
            resources=tuple(resources),
            models={model["name"]: model.get("schema") or "{}" for model in models},
            validators={one["id"]: one for one in validators},
            gateway_responses={
                one["responseType"]: one for one in responses if not one["defaultResponse"]
            },
            binary_media_types=tuple(api.get("binaryMediaTypes") or ()),
        )

    def reveal(self, api_id: str, resource: Document) -> None:
        """Put the real types of a resource's integrations back."""
        for name, method in (resource.get("resourceMethods") or {}).items():
            if integration := method.get("methodIntegration"):
                self.as_told((api_id, resource["id"], name), integration)

    async def _items(self, path: str, emulator: Emulator, api_id: str) -> list[Document]:
        document = await self._get(path, emulator, api_id, "limit=500")
        items: Iterable[Document] = document.get("item") or document.get("items") or ()
        return list(items)

    async def _get(self, path: str, emulator: Emulator, api_id: str, query: str = "") -> Document:
        request = Request("GET", path, query=query)
        signed = emulator.signed("apigateway", self._regions[api_id], request)
        return (await emulator.call(signed)).json()
