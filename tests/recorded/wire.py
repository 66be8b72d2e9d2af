"""Read a request back into the operation and the parameters of AWS's own model.

The models are botocore's: https://github.com/boto/botocore/tree/develop/botocore/data. The rules of
the protocols are Smithy's: https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

import botocore.session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import OperationModel, ServiceModel, Shape

    from tests.recorded.request import Request

# By the service that a signature names, the models that it may be of, where the names differ.
_MODELS = {
    "apigateway": ("apigateway", "apigatewayv2"),
    "dynamodb": ("dynamodb", "dynamodbstreams"),
    "execute-api": ("apigatewaymanagementapi",),
    "monitoring": ("cloudwatch",),
    "ses": ("sesv2", "ses"),
    "tagging": ("resourcegroupstaggingapi",),
}
_NESTED = ("structure", "list", "map")


@dataclass(frozen=True)
class Call:
    """One call of an operation: `service` is the model's name, parameters are named as in it."""

    service: str
    operation: str
    parameters: dict[str, Any]

    @property
    def model(self) -> OperationModel:
        """What AWS says about the operation."""
        return model(self.service).operation_model(self.operation)


@dataclass(frozen=True)
class _Route:
    operation: str
    method: str
    pattern: re.Pattern[str]
    labels: list[str]
    # Parameters of the query string that the operation is told by.
    literals: dict[str, str]
    # What is more specific comes first.
    rank: tuple[int, int, bool]


@cache
def model(service: str) -> ServiceModel:
    """AWS's model of a service."""
    found: ServiceModel = _session().get_service_model(service)
    return found


@cache
def _session() -> Any:
    return botocore.session.get_session()


def call(request: Request) -> Call | None:
    """The call that a request is; None where no model has such an operation."""
    for service in _MODELS.get(request.service, (request.service,)):
        labels: dict[str, str] = {}
        if target := request.headers.get("x-amz-target"):
            name = target.rpartition(".")[2]
        elif "x-www-form-urlencoded" in request.headers.get("content-type", ""):
            name = request.form.get("Action", "")
        else:
            name, labels = _routed(service, request)
        if name in model(service).operation_names:
            operation = model(service).operation_model(name)
            return Call(service, name, _parameters(request, operation, labels))
    return None


def _parameters(
    request: Request, operation: OperationModel, labels: Mapping[str, str]
) -> dict[str, Any]:
    shape: Any = operation.input_shape
    if shape is None:
        return {}
    if "x-amz-target" in request.headers:
        found = _from_json(request.document, shape)
    elif "x-www-form-urlencoded" in request.headers.get("content-type", ""):
        found = _from_form(request.form, "", shape)
    else:
        found = _from_rest(request, operation, labels)
    parameters: dict[str, Any] = found
    return parameters


@cache
def _routes(service: str) -> list[_Route]:
    routes = []
    for name in model(service).operation_names:
        operation = model(service).operation_model(name)
        path, _, query = operation.http["requestUri"].partition("?")
        expression = re.sub(
            r"\\\{[^{}]+?(\\\+)?\\\}", lambda it: "(.+)" if it[1] else "([^/]+)", re.escape(path)
        )
        literals = dict(parse_qsl(query, keep_blank_values=True))
        fixed = len(re.sub(r"\{.*?\}", "", path))
        routes.append(
            _Route(
                name,
                operation.http["method"],
                re.compile(expression.rstrip("/") + "/?"),
                re.findall(r"\{([^{}+]+)\+?\}", path),
                literals,
                # PutBucketLifecycle and its successor have one URI.
                (len(literals), fixed, not operation.deprecated),
            )
        )
    return sorted(routes, key=lambda it: it.rank, reverse=True)


def _routed(service: str, request: Request) -> tuple[str, dict[str, str]]:
    given = dict(request.parameters)
    # The connections of an API are below its stage.
    stage, found, connection = request.path.partition("/@connections/")
    path = found + connection if found else stage
    for route in _routes(service):
        matched = route.pattern.fullmatch(path)
        if (
            matched
            and route.method == request.method
            and all(given.get(name) == value for name, value in route.literals.items())
            and _has_required(service, route.operation, request)
        ):
            values = map(unquote, matched.groups())
            return route.operation, dict(zip(route.labels, values, strict=True))
    return "", {}


def _has_required(service: str, operation: str, request: Request) -> bool:
    """Whether all is there that tells operations apart: CopyObject has a header of its own."""
    shape: Any = model(service).operation_model(operation).input_shape
    given: dict[Any, Any] = {
        "querystring": dict(request.parameters),
        "header": request.headers,
    }
    for name in shape.required_members if shape else ():
        member = shape.members[name].serialization
        key, place = member.get("name", name), given.get(member.get("location"))
        if place is not None and key not in place and key.lower() not in place:
            return False
    return True


def _from_rest(
    request: Request, operation: OperationModel, labels: Mapping[str, str]
) -> dict[str, Any]:
    shape: Any = operation.input_shape
    payload = shape.serialization.get("payload")
    found: dict[str, Any] = {}
    for name, member in shape.members.items():
        where, key = member.serialization.get("location"), member.serialization.get("name", name)
        if where == "uri":
            found[name] = _scalar(labels[key], member)
        elif where == "querystring":
            values = [value for given, value in request.parameters if given == key]
            if values:
                found[name] = values if member.type_name == "list" else _scalar(values[0], member)
        elif where == "header" and key.lower() in request.headers:
            found[name] = _scalar(request.headers[key.lower()], member)
    if not request.content:
        return found
    if payload is None:
        body = {} if _all_elsewhere(shape) else _from_document(request, shape, operation)
        return body | found
    member = shape.members[payload]
    if member.type_name == "blob":
        found[payload] = request.content
    elif member.type_name == "string":
        found[payload] = request.content.decode()
    else:
        found[payload] = _from_document(request, member, operation)
    return found


def _all_elsewhere(shape: Any) -> bool:
    return all("location" in member.serialization for member in shape.members.values())


def _from_document(request: Request, shape: Shape, operation: OperationModel) -> Any:
    if operation.service_model.metadata["protocol"] == "rest-xml":
        return _from_xml(ET.fromstring(request.content), shape)  # noqa: S314 - Terraform's own
    return _from_json(request.document, shape)


def _from_json(value: Any, shape: Any) -> Any:
    match shape and shape.type_name, value:
        case "structure", dict():
            names = {it.serialization.get("name", name): name for name, it in shape.members.items()}
            named = {names.get(key, key): one for key, one in value.items() if one is not None}
            return {key: _from_json(one, shape.members.get(key)) for key, one in named.items()}
        case "list", list():
            return [_from_json(one, shape.member) for one in value]
        case "map", dict():
            return {key: _from_json(one, shape.value) for key, one in value.items()}
        case "blob", str():
            return base64.b64decode(value)
    return value


def _from_xml(node: ET.Element, shape: Any) -> Any:
    if shape.type_name == "list":
        return [_from_xml(one, shape.member) for one in node]
    if shape.type_name != "structure":
        return _scalar(node.text or "", shape)
    found = {}
    for name, member in shape.members.items():
        key = member.serialization.get("name", name)
        nodes = [one for one in node if one.tag.rpartition("}")[2] == key]
        if not nodes or member.serialization.get("xmlAttribute"):
            continue
        if member.type_name == "list" and member.serialization.get("flattened"):
            found[name] = [_from_xml(one, member.member) for one in nodes]
        else:
            found[name] = _from_xml(nodes[0], member)
    return found


def _from_form(form: Mapping[str, str], prefix: str, shape: Any) -> Any:
    """A value of the query protocol; `prefix` ends in a period where the value has parts."""
    flat = shape.serialization.get("flattened")
    if shape.type_name == "structure":
        found = {}
        for name, member in shape.members.items():
            key = prefix + member.serialization.get("name", name)
            if any(given == key or given.startswith(f"{key}.") for given in form):
                found[name] = _from_form(form, _prefix(key, member), member)
        return found
    if shape.type_name == "list":
        inner = prefix if flat else f"{prefix}{shape.member.serialization.get('name', 'member')}."
        return [
            _from_form(form, _prefix(f"{inner}{number}", shape.member), shape.member)
            for number in _numbers(form, inner)
        ]
    if shape.type_name == "map":
        inner = prefix if flat else f"{prefix}entry."
        key = shape.key.serialization.get("name", "key")
        value = shape.value.serialization.get("name", "value")
        return {
            form[f"{inner}{number}.{key}"]: _from_form(
                form, _prefix(f"{inner}{number}.{value}", shape.value), shape.value
            )
            for number in _numbers(form, inner)
        }
    return _scalar(form[prefix], shape)


def _prefix(key: str, shape: Shape) -> str:
    return f"{key}." if shape.type_name in _NESTED else key


def _numbers(form: Mapping[str, str], prefix: str) -> list[int]:
    parts = {key.removeprefix(prefix).partition(".")[0] for key in form if key.startswith(prefix)}
    return sorted(int(part) for part in parts if part.isdigit())


def _scalar(text: str, shape: Shape) -> Any:
    match shape.type_name:
        case "integer" | "long":
            return int(text)
        case "float" | "double":
            return float(text)
        case "boolean":
            return text.lower() == "true"
        case "blob":
            return base64.b64decode(text)
    return text
