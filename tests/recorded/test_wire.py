"""Requests of every protocol are read back into what was asked for, and held to AWS's bounds."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from botocore.serialize import create_serializer

from tests.infra.calls import tagged
from tests.infra.iam import Call
from tests.recorded import wire
from tests.recorded.actions import Deployment
from tests.recorded.bounds import problems
from tests.recorded.request import Request, read

if TYPE_CHECKING:
    from pathlib import Path

CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "json": (
        "sqs",
        "CreateQueue",
        {"QueueName": "a", "Attributes": {"DelaySeconds": "1"}, "tags": {"Project": "p"}},
    ),
    "json with bytes": (
        "dynamodb",
        "PutItem",
        {"TableName": "commands", "Item": {"id": {"S": "1"}, "data": {"B": b"\x00"}}},
    ),
    "query": (
        "sns",
        "CreateTopic",
        {"Name": "a", "Attributes": {"Policy": "{}"}, "Tags": [{"Key": "k", "Value": "v"}]},
    ),
    "query with lists": (
        "iam",
        "TagRole",
        {"RoleName": "a", "Tags": [{"Key": "a", "Value": ""}, {"Key": "b", "Value": "2"}]},
    ),
    "rest-json": (
        "lambda",
        "CreateAlias",
        {"FunctionName": "f", "Name": "live", "FunctionVersion": "1"},
    ),
    "rest-json with a query": (
        "lambda",
        "ListVersionsByFunction",
        {"FunctionName": "f", "MaxItems": 9},
    ),
    "rest-json, renamed": (
        "apigatewayv2",
        "CreateRoute",
        {"ApiId": "a", "RouteKey": "POST /commands", "AuthorizationScopes": ["x"]},
    ),
    "rest-json with bytes": (
        "lambda",
        "Invoke",
        {"FunctionName": "f", "Payload": b"{}", "InvocationType": "Event"},
    ),
    "rest-xml": (
        "s3",
        "PutBucketLifecycleConfiguration",
        {
            "Bucket": "pages",
            "LifecycleConfiguration": {
                "Rules": [
                    {"ID": "a", "Status": "Enabled", "Expiration": {"Days": 7}},
                    {"ID": "b", "Status": "Disabled", "Filter": {"Prefix": "x"}},
                ]
            },
        },
    ),
    "rest-xml with a path": ("s3", "DeleteObject", {"Bucket": "pages", "Key": "a/b c"}),
}
OWN = tagged("acme-jobs", "dev", "Resource")


def sent(service: str, operation: str, parameters: dict[str, Any]) -> Request:
    """The request that botocore would send."""
    model = wire.model(service)
    serializer = create_serializer(model.metadata["protocol"], include_validation=False)
    raw = serializer.serialize_to_request(parameters, model.operation_model(operation))
    path, _, query = raw["url_path"].partition("?")
    headers = {name.lower(): str(value) for name, value in raw["headers"].items()}
    body = raw["body"]
    if isinstance(body, dict):
        body = urlencode(body)
    return Request(
        service=model.signing_name,
        region="us-east-1",
        method=raw["method"],
        path=path,
        query="&".join(filter(None, (query, urlencode(raw["query_string"] or {})))),
        headers=headers,
        content=body.encode() if isinstance(body, str) else bytes(body),
        status=200,
    )


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_read_back(name: str) -> None:
    """The operation and every parameter, as they were asked for; nothing is out of bounds."""
    service, operation, parameters = CALLS[name]
    call = wire.call(sent(service, operation, parameters))

    assert call == wire.Call(service, operation, parameters)
    assert problems(call) == []


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "complaint"),
    [
        ("sqs", "SendMessage", {"QueueUrl": "u"}, "Missing required parameter"),
        ("sqs", "CreateQueue", {"QueueName": "a", "Attributes": {"Nope": "1"}}, "none of"),
        ("dynamodb", "DescribeTable", {"TableName": ""}, "TableName: 0 is less than 1"),
        ("lambda", "GetFunction", {"FunctionName": "f" * 257}, "FunctionName: 257 is more than"),
        ("logs", "CreateLogGroup", {"logGroupName": "bad name!"}, "does not match"),
        ("sqs", "DeleteQueue", {"QueueUrl": "u", "Force": True}, "Force: no such member"),
    ],
)
def test_what_is_out_of_bounds_is_found(
    service: str, operation: str, parameters: dict[str, Any], complaint: str
) -> None:
    """A missing parameter, a value of no enum, a length, a pattern, a name that is not known."""
    found = problems(wire.Call(service, operation, parameters))

    assert any(complaint in it for it in found), found


def test_an_unknown_operation_is_none() -> None:
    """A request that no model explains is no call."""
    request = sent(*CALLS["rest-json"])

    assert wire.call(Request(**{**vars(request), "path": "/2015-03-31/nope/"})) is None


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "wanted"),
    [
        (*CALLS["json"], {"sqs:CreateQueue a", "sqs:TagQueue a"}),
        (*CALLS["query"], {"sns:CreateTopic a", "sns:TagResource a"}),
        (*CALLS["rest-json"], {"lambda:CreateAlias function:f"}),
        (*CALLS["rest-json, renamed"], {"apigateway:POST /apis/a/routes"}),
        (*CALLS["rest-xml"], {"s3:PutLifecycleConfiguration pages"}),
        ("sts", "GetCallerIdentity", {}, set()),
        (
            "lambda",
            "UpdateFunctionConfiguration",
            {"FunctionName": "f", "Role": "arn:aws:iam::000000000000:role/r"},
            {"lambda:UpdateFunctionConfiguration function:f", "iam:PassRole role/r"},
        ),
    ],
)
def test_iam_is_asked(
    service: str, operation: str, parameters: dict[str, Any], wanted: set[str]
) -> None:
    """By the action's own name, for tags at the creation, and for a role that is passed on."""
    call = wire.Call(service, operation, parameters)
    needed = list(Deployment("acme-jobs", "dev").needed(sent(service, operation, parameters), call))

    assert {f"{it.action} {it.resource.split(':', 5)[5]}" for it in needed} == wanted
    assert all("000000000000" not in it.resource for it in needed)
    assert all(it.context.items() >= OWN.items() for it in needed)


def test_the_service_that_a_role_is_passed_to_is_told() -> None:
    """The deploying role may pass roles to few services only."""
    role = {"FunctionName": "f", "Role": "arn:aws:iam::000000000000:role/r"}
    request = sent("lambda", "UpdateFunctionConfiguration", role)
    call = wire.Call("lambda", "UpdateFunctionConfiguration", role)
    [passed] = [
        it
        for it in Deployment("acme-jobs", "dev").needed(request, call)
        if it.action == "iam:PassRole"
    ]

    assert isinstance(passed, Call)
    assert passed.context["iam:PassedToService"] == "lambda.amazonaws.com"


def test_a_recording_is_read(tmp_path: Path) -> None:
    """One request a line."""
    line = {
        "service": "sqs",
        "region": "us-east-1",
        "method": "POST",
        "path": "/",
        "query": "",
        "headers": {"user-agent": "terraform-provider-aws/5.100.0"},
        "body": base64.b64encode(b"{}").decode(),
        "status": 200,
    }
    (tmp_path / "recording").write_text(f"{json.dumps(line)}\n" * 2)
    found = read(tmp_path / "recording")

    assert [it.content for it in found] == [b"{}"] * 2
    assert found[0].by_terraform
