"""What API Gateway refuses when a REST API is defined or deployed, and the emulator accepts.

AWS: PutMethod, PutIntegrationResponse, CreateDeployment, DeleteDeployment, DeleteModel,
DeleteRequestValidator and DeleteAuthorizer in the API Gateway V1 API reference; the errors' words
are those that AWS is known to answer, but for a validator's: they follow an authorizer's.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ministack_extensions.http import Request, Response, json_response

if TYPE_CHECKING:
    from ministack_extensions.restapi.definition import Document
    from ministack_extensions.upstream import Emulator

_INTEGRATION_RESPONSE = re.compile(
    r"(/restapis/[^/]+/resources/[^/]+/methods/[^/]+)/integration/responses/(\d+)"
)
_METHOD = re.compile(r"(/restapis/[^/]+/resources/[^/]+)/methods/([^/]+)")
_REFERENCED = re.compile(r"(/restapis/[^/]+)/(models|requestvalidators|authorizers)/([^/]+)")
_DEPLOYMENTS = re.compile(r"(/restapis/[^/]+)/deployments(?:/([^/]+))?")


async def problem(request: Request, emulator: Emulator) -> Response | None:
    """AWS's refusal of a call, or None."""
    path = unquote(request.path)
    if request.method == "PUT" and (found := _METHOD.fullmatch(path)):
        return await _second_method(request, found[1], found[2], emulator)
    if request.method == "DELETE" and (found := _REFERENCED.fullmatch(path)):
        return await _referenced(request, found[1], found[2], found[3], emulator)
    if request.method == "PUT" and (found := _INTEGRATION_RESPONSE.fullmatch(path)):
        return await _integration_response(request, found[1], found[2], emulator)
    if request.method == "POST" and (found := _DEPLOYMENTS.fullmatch(path)):
        return await _deployment(request, found[1], emulator)
    if request.method == "DELETE" and (found := _DEPLOYMENTS.fullmatch(path)):
        return await _deletion(request, found[1], found[2], emulator)
    return None


async def _second_method(
    request: Request, resource_path: str, name: str, emulator: Emulator
) -> Response | None:
    resource = await _read(request, resource_path, emulator)
    if name not in (resource.get("resourceMethods") or {}):
        return None
    return _refusal(409, "ConflictException", "Method already exists for this resource")


async def _referenced(
    request: Request, api_path: str, kind: str, identity: str, emulator: Emulator
) -> Response | None:
    listed = await _read(request, f"{api_path}/resources", emulator, "limit=500")
    for resource in listed.get("item") or []:
        for verb, method in (resource.get("resourceMethods") or {}).items():
            if place := _place(kind, identity, method, verb, resource["path"]):
                what = {"models": "model", "authorizers": "authorizer"}.get(kind, "validator")
                message = f"Cannot delete {what} '{identity}', is referenced in {place}"
                return _refusal(409, "ConflictException", message)
    return None


def _place(kind: str, identity: str, method: Document, verb: str, path: str) -> str | None:
    """Where a method refers to a model, a validator or an authorizer."""
    if kind != "models":
        key = {"requestvalidators": "requestValidatorId", "authorizers": "authorizerId"}[kind]
        return f"method: {verb}/{path}" if method.get(key) == identity else None
    if identity in (method.get("requestModels") or {}).values():
        return f"method request: {path}/{verb}"
    answers = (method.get("methodResponses") or {}).values()
    if any(identity in (answer.get("responseModels") or {}).values() for answer in answers):
        return f"method response: {path}/{verb}"
    return None


async def _integration_response(
    request: Request, method_path: str, status: str, emulator: Emulator
) -> Response | None:
    declared = await _read(request, f"{method_path}/responses/{status}", emulator)
    if "statusCode" not in declared:
        return _refusal(404, "NotFoundException", "Invalid Response status code specified")
    headers = declared.get("responseParameters") or {}
    for name in request.json().get("responseParameters") or {}:
        if name not in headers:
            message = f"Invalid mapping expression parameter specified: {name}"
            return _refusal(400, "BadRequestException", message)
    return None


async def _deployment(request: Request, api_path: str, emulator: Emulator) -> Response | None:
    listed = await _read(request, f"{api_path}/resources", emulator, "limit=500")
    methods = [
        method
        for resource in listed.get("item") or []
        for method in (resource.get("resourceMethods") or {}).values()
    ]
    if not methods:
        message = "The REST API doesn't contain any methods"
        return _refusal(400, "BadRequestException", message)
    if not all(method.get("methodIntegration") for method in methods):
        return _refusal(400, "BadRequestException", "No integration defined for method")
    return None


async def _deletion(
    request: Request, api_path: str, deployment_id: str, emulator: Emulator
) -> Response | None:
    stages = (await _read(request, f"{api_path}/stages", emulator)).get("item") or []
    if any(stage.get("deploymentId") == deployment_id for stage in stages):
        message = "Active stages pointing to this deployment must be moved or deleted"
        return _refusal(400, "BadRequestException", message)
    return None


async def _read(request: Request, path: str, emulator: Emulator, query: str = "") -> dict[str, Any]:
    read = replace(request, method="GET", path=path, raw_path=b"", query=query, body=b"")
    return (await emulator.call(read)).json()


def _refusal(status: int, kind: str, message: str) -> Response:
    return json_response(status, {"message": message}).with_header("x-amzn-errortype", kind)
