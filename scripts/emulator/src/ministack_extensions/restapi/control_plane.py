"""What the emulator's control plane of REST APIs forgets, gets wrong or fails to refuse.

AWS: the API Gateway V1 API reference. Every integration is stored as an inert one and read back
under its real type: the emulator checks signatures and policies, the data plane here does the rest.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ministack_extensions.http import Request, Response, json_response
from ministack_extensions.restapi.catalogue import INERT, RestCatalogue
from ministack_extensions.restapi.patches import patched
from ministack_extensions.restapi.rules import problem
from ministack_extensions.upstream import Emulator, signed_for

if TYPE_CHECKING:
    from ministack_extensions.restapi.definition import Document

_API = re.compile(r"/restapis/([^/]+)")
_METHOD = re.compile(r"(/restapis/([^/]+)/resources/([^/]+)/methods/([^/]+))(/.*)?")
_DEPLOYMENTS = re.compile(r"/restapis/([^/]+)/deployments(?:/([^/]+))?")
_RESOURCES = re.compile(r"/restapis/([^/]+)/resources(?:/[^/]+)?")
_PLAN = re.compile(r"/usageplans/([^/]+)")


class RestControlPlane:
    """Every call that defines REST APIs, usage plans and API keys."""

    def __init__(self, apis: RestCatalogue) -> None:
        self._apis = apis

    def matches(self, request: Request) -> bool:
        """The control plane's paths."""
        return request.path.startswith(("/restapis", "/usageplans", "/apikeys")) and (
            "/_user_request_" not in request.path
        )

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The emulator's answer, completed."""
        path = unquote(request.path)
        if refused := await problem(request, emulator):
            return refused
        if request.method != "GET":
            self._apis.changed()
        if request.method == "PATCH" and (found := _METHOD.fullmatch(path)):
            return await self._patch_method(request, found, emulator)
        if request.method == "PATCH" and _PLAN.fullmatch(path):
            return await self._patch_plan(request, emulator)
        found = _METHOD.fullmatch(path)
        if found and request.method == "PUT" and found[5] == "/integration":
            return await self._put_integration(request, found, emulator)
        if (request.method, path) == ("POST", "/apikeys"):
            # No value and an empty one both ask AWS to draw it.
            given = {name: value for name, value in request.json().items() if value != ""}
            request = replace(request, body=json.dumps(given).encode())
        response = await emulator.call(request)
        await self._note(request, path, response, emulator)
        return self._revealed(path, response)

    async def _note(
        self, request: Request, path: str, response: Response, emulator: Emulator
    ) -> None:
        if not response.ok:
            return
        if request.method == "POST" and path == "/restapis":
            self._apis.created(response.json()["id"], signed_for(request)[0])
        elif request.method == "DELETE" and (found := _API.fullmatch(path)):
            self._apis.deleted(found[1])
        elif request.method == "POST" and (found := _DEPLOYMENTS.fullmatch(path)):
            await self._apis.deployed(found[1], response.json()["id"], emulator)

    async def _put_integration(
        self, request: Request, found: re.Match[str], emulator: Emulator
    ) -> Response:
        document = request.json()
        body = json.dumps({**document, "type": INERT}).encode()
        response = await emulator.call(replace(request, body=body))
        if response.ok:
            self._apis.connected((found[2], found[3], found[4]), document)
        return self._revealed(request.path, response)

    def _revealed(self, path: str, response: Response) -> Response:
        """The answer with the real types of all integrations in it."""
        if not response.ok or not response.body:
            return response
        document = response.json()
        if found := _METHOD.fullmatch(path):
            address = (found[2], found[3], found[4])
            if found[5] == "/integration":
                self._apis.as_told(address, document)
            elif found[5] is None and (integration := document.get("methodIntegration")):
                self._apis.as_told(address, integration)
        elif found := _RESOURCES.fullmatch(path):
            for resource in document.get("item") or [document]:
                self._apis.reveal(found[1], resource)
        else:
            return response
        return replace(response, body=json.dumps(document).encode())

    async def _patch_method(
        self, request: Request, found: re.Match[str], emulator: Emulator
    ) -> Response:
        """Patch a method, its integration or a response by writing the whole method anew."""
        base, part = found[1], found[5]
        method = (await emulator.call(replace(request, method="GET", path=base, body=b""))).json()
        target: Document | None = method
        for key in _keys(part):
            target = (target or {}).get(key)
        if not method or target is None:
            return json_response(404, {"message": "Invalid identifier specified"}).with_header(
                "x-amzn-errortype", "NotFoundException"
            )
        patched(target, request.json().get("patchOperations") or [])
        await self._write(base, method, request, emulator)
        read = replace(request, method="GET", path=base + (part or ""), body=b"")
        return self._revealed(read.path, await emulator.call(read))

    async def _write(
        self, base: str, method: Document, request: Request, emulator: Emulator
    ) -> None:
        async def put(path: str, document: Document) -> None:
            body = json.dumps(document).encode()
            await emulator.call(replace(request, method="PUT", path=base + path, body=body))

        await put("", method)
        for status, response in (method.get("methodResponses") or {}).items():
            await put(f"/responses/{status}", response)
        if integration := method.get("methodIntegration"):
            await put("/integration", {**integration, "type": INERT})
            for status, response in (integration.get("integrationResponses") or {}).items():
                await put(f"/integration/responses/{status}", response)

    async def _patch_plan(self, request: Request, emulator: Emulator) -> Response:
        """Patch a usage plan: whole fields are what the emulator takes as they are."""
        plan = (await emulator.call(replace(request, method="GET", body=b""))).json()
        if "id" not in plan:
            return await emulator.call(request)
        patched(plan, request.json().get("patchOperations") or [])
        fields = ("name", "description", "apiStages", "throttle", "quota")
        operations = [
            {"op": "replace", "path": f"/{name}", "value": plan.get(name)} for name in fields
        ]
        body = json.dumps({"patchOperations": operations}).encode()
        return await emulator.call(replace(request, body=body))


def _keys(part: str | None) -> list[str]:
    """Where a part of a method is in the method's own document."""
    if part is None:
        return []
    names = part.strip("/").split("/")
    if names[0] == "responses":
        return ["methodResponses", *names[1:]]
    return ["methodIntegration", *(["integrationResponses", names[2]] if names[2:] else [])]
