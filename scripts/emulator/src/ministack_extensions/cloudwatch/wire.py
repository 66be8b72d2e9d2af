"""CloudWatch's three protocols, read into one call and written from one answer.

Terraform speaks the query protocol, boto3 and newer providers Smithy's RPC with CBOR; the emulator
answers in full only in JSON. The shapes are those of botocore's model of the service.
"""

from __future__ import annotations

import functools
import json
import re
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import botocore.session
from botocore.model import NoShapeFoundError

from ministack_extensions.cloudwatch import cbor
from ministack_extensions.http import Request, Response
from ministack_extensions.upstream import signed_for

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, Shape

TARGET = "GraniteServiceVersion20100801"
_JSON = "application/x-amz-json-1.0"
_CBOR_PATH = re.compile(rf"^/service/{TARGET}/operation/([A-Za-z]+)$")
_NUMBERS = {"integer": int, "long": int, "double": float, "float": float}


@functools.cache
def _model() -> ServiceModel:
    return botocore.session.get_session().get_service_model("cloudwatch")


def _query_code(code: str) -> str:
    """What the query protocol calls an error: not always the name of its shape."""
    try:
        return str(_model().shape_for(code).metadata["error"]["code"])
    except (NoShapeFoundError, KeyError):
        return code


@dataclass(frozen=True)
class Call:
    """One call of an operation: its parameters, and how to speak to who made it."""

    operation: str
    parameters: dict[str, Any]
    protocol: str
    request: Request

    @property
    def known(self) -> bool:
        """Whether CloudWatch has the operation."""
        return self.operation in _model().operation_names

    def in_json(self) -> Request:
        """The same call for the emulator, by the same caller."""
        spoken = {"content-type", "content-length", "accept", "x-amz-target", "smithy-protocol"}
        kept = tuple(pair for pair in self.request.headers if pair[0] not in spoken)
        own = (("content-type", _JSON), ("x-amz-target", f"{TARGET}.{self.operation}"))
        body = json.dumps(self.parameters).encode()
        return replace(
            self.request, path="/", raw_path=b"/", query="", headers=(*kept, *own), body=body
        )

    def with_parameters(self, **changed: object) -> Call:
        """The call with other parameters; None takes one away."""
        merged = {**self.parameters, **changed}
        return replace(self, parameters={k: v for k, v in merged.items() if v is not None})

    def answer(self, response: Response) -> Response:
        """The emulator's JSON answer in the caller's protocol."""
        document = response.json()
        if not response.ok:
            code = str(document.get("__type", "InternalFailure")).rpartition("#")[2]
            return self.error(response.status, code, str(document.get("message", "")))
        operation = _model().operation_model(self.operation)
        shaped = _shaped(operation.output_shape, document) if operation.output_shape else {}
        if self.protocol == "query":
            return _xml(200, _result(operation, shaped))
        if self.protocol == "cbor":
            return _cbor(200, shaped)
        return Response(200, (("content-type", _JSON),), json.dumps(document).encode())

    def error(self, status: int, code: str, message: str) -> Response:
        """An error of CloudWatch in the caller's protocol."""
        queried = _query_code(code)
        if self.protocol == "query":
            error = f"<Type>Sender</Type><Code>{queried}</Code><Message>{escape(message)}</Message>"
            return _xml(status, f"<ErrorResponse><Error>{error}</Error></ErrorResponse>")
        document = {"__type": code, "message": message}
        header = ("x-amzn-query-error", f"{queried};Sender")
        if self.protocol == "cbor":
            response = _cbor(status, document)
            return replace(response, headers=(*response.headers, header))
        headers = (("content-type", _JSON), ("x-amzn-errortype", code), header)
        return Response(status, headers, json.dumps(document).encode())


def is_cloudwatch(request: Request) -> bool:
    """Whether the request is for CloudWatch; its body is not read yet."""
    target = request.header("x-amz-target") or ""
    return (
        signed_for(request)[1] == "monitoring"
        or target.startswith(f"{TARGET}.")
        or _CBOR_PATH.match(request.path) is not None
    )


def read(request: Request) -> Call:
    """The call; an unknown operation has no parameters."""
    if found := _CBOR_PATH.match(request.path):
        try:
            parameters = cbor.loads(request.body) if request.body else {}
        except ValueError:
            parameters = {}
        return Call(found[1], parameters, "cbor", request)
    if target := request.header("x-amz-target"):
        return Call(target.rpartition(".")[2], request.json(), "json", request)
    form = request.form()
    operation = form.get("Action", "")
    if operation not in _model().operation_names:
        return Call(operation, {}, "query", request)
    shape = _model().operation_model(operation).input_shape
    return Call(operation, _from_form(shape, form, "") or {}, "query", request)


def _from_form(shape: Shape | None, form: dict[str, str], prefix: str) -> Any:  # noqa: ANN401
    if shape is None or not any(key == prefix or key.startswith(f"{prefix}") for key in form):
        return None
    if shape.type_name == "structure":
        dot = f"{prefix}." if prefix else ""
        members = {
            name: _from_form(member, form, dot + name)
            for name, member in shape.members.items()  # type: ignore[attr-defined]
            if any(key == dot + name or key.startswith(f"{dot}{name}.") for key in form)
        }
        return {name: value for name, value in members.items() if value is not None}
    if shape.type_name == "list":
        found = {int(m[1]) for key in form if (m := re.match(rf"{prefix}\.member\.(\d+)", key))}
        of = shape.member  # type: ignore[attr-defined]
        return [_from_form(of, form, f"{prefix}.member.{number}") for number in sorted(found)]
    text = form.get(prefix, "")
    if shape.type_name == "boolean":
        return text == "true"
    return _NUMBERS.get(shape.type_name, str)(text)


def _shaped(shape: Shape, value: Any) -> Any:  # noqa: ANN401
    """The value with times as times and numbers as the model has them; unknown members go."""
    match shape.type_name:
        case "structure":
            members = shape.members  # type: ignore[attr-defined]
            return {
                name: _shaped(member, value[name])
                for name, member in members.items()
                if value.get(name) is not None
            }
        case "list":
            return [_shaped(shape.member, one) for one in value]  # type: ignore[attr-defined]
        case "timestamp":
            if isinstance(value, str):  # a dashboard's is in words
                return datetime.fromisoformat(value)
            return datetime.fromtimestamp(value, UTC)
        case "double" | "float":
            return float(value)
    return value


def _result(operation: OperationModel, shaped: dict[str, Any]) -> str:
    name = operation.name
    result = f"<{name}Result>{_tags(shaped)}</{name}Result>" if operation.output_shape else ""
    about = f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>"
    space = 'xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"'
    return f"<{name}Response {space}>{result}{about}</{name}Response>"


def _tags(value: object) -> str:
    match value:
        case dict():
            return "".join(f"<{name}>{_tags(one)}</{name}>" for name, one in value.items())
        case list():
            return "".join(f"<member>{_tags(one)}</member>" for one in value)
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return escape(str(value))


def _xml(status: int, body: str) -> Response:
    return Response(status, (("content-type", "text/xml"),), body.encode())


def _cbor(status: int, document: object) -> Response:
    headers = (("content-type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor"))
    return Response(status, headers, cbor.dumps(document))
