"""Stages of REST APIs: deployments, mocks, addresses, access logs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.client import send
from tests.polling import eventually
from tests.rest import JSON, Rest

if TYPE_CHECKING:
    from tests.aws import Aws

FORMAT = json.dumps(
    {
        "id": "$context.extendedRequestId",
        "path": "$context.resourcePath",
        "status": "$context.status",
        "kind": "$context.error.responseType",
        "key": "$context.identity.apiKeyId",
    }
)


def test_a_stage_serves_what_was_deployed(aws: Aws) -> None:
    """A change shows after the next deployment, and not before."""
    rest = Rest.create(aws)
    rest.mock("GET /old")
    rest.deploy()
    rest.mock("GET /new")

    assert [rest.send("GET /old").status, rest.send("GET /new").status] == [200, 403]
    rest.deploy()
    assert rest.send("GET /new").status == 200


def test_a_deployment_in_use_cannot_be_deleted(aws: Aws) -> None:
    """The stage has to move first."""
    rest = Rest.create(aws)
    rest.mock("GET /it")
    deployment = rest.deploy()
    gateway = aws.client("apigateway")

    with pytest.raises(gateway.exceptions.BadRequestException, match="Active stages"):
        gateway.delete_deployment(restApiId=rest.api_id, deploymentId=deployment)
    rest.deploy()
    gateway.delete_deployment(restApiId=rest.api_id, deploymentId=deployment)

    assert rest.send("GET /it").status == 200


def test_a_mock_answers_a_preflight(aws: Aws) -> None:
    """A template names the origin that asks, if it is a known one."""
    rest = Rest.create(aws)
    template = '{"statusCode": 204}'
    where = rest.method("OPTIONS /it", {"type": "MOCK", "requestTemplates": {JSON: template}})
    rest.answer(
        where,
        "204",
        "#if($input.params().header.get('Origin') == 'https://a.example')"
        "#set($context.responseOverride.header.Access-Control-Allow-Origin = 'https://a.example')"
        "#end",
        responseParameters={"method.response.header.Access-Control-Allow-Methods": "'GET'"},
    )
    rest.deploy()

    known = rest.send("OPTIONS /it", origin="https://a.example")
    other = rest.send("OPTIONS /it", origin="https://b.example")

    assert (known.status, known.text) == (204, "")
    assert known.headers["access-control-allow-methods"] == "GET"
    assert known.headers["access-control-allow-origin"] == "https://a.example"
    assert "access-control-allow-origin" not in other.headers


def test_a_mock_needs_a_status(aws: Aws) -> None:
    """Without a template that gives one it is a configuration error."""
    rest = Rest.create(aws)
    rest.method("GET /it", {"type": "MOCK"})
    rest.deploy()

    assert rest.send("GET /it").status == 500


def test_a_literal_path_wins_over_a_variable(aws: Aws) -> None:
    """And a variable over a greedy one; a path without the method lets the next one answer."""
    rest = Rest.create(aws)
    for path, status in (("/a/{id}", 201), ("/{rest+}", 203)):
        rest.mock(f"ANY {path}", status)
    rest.mock("GET /a/b", 200)
    rest.deploy()

    paths = ("GET /a/b", "POST /a/b", "GET /a/c", "GET /a/b/c", "GET /z", "GET /")
    assert [rest.send(path).status for path in paths] == [200, 201, 201, 203, 203, 403]


def test_both_other_addresses_reach_the_api(aws: Aws) -> None:
    """By host as on AWS, and by the path that other emulators made known."""
    rest = Rest.create(aws)
    rest.mock("GET /it")
    rest.deploy()
    endpoint = aws.emulator.endpoint
    host = {"host": f"{rest.api_id}.execute-api.us-east-1.amazonaws.com"}

    assert send("GET", f"{endpoint}/v1/it", headers=host).text == "ok"
    user_request = f"{endpoint}/restapis/{rest.api_id}/v1/_user_request_/it"
    assert send("GET", user_request).text == "ok"


def test_every_request_is_logged(aws: Aws) -> None:
    """Good and refused ones, in the stage's format; bodies are in none of them."""
    group = f"/test/{uuid4().hex}"
    aws.client("logs").create_log_group(logGroupName=group)
    rest = Rest.create(aws)
    rest.mock("GET /it")
    rest.deploy()
    arn = f"arn:aws:logs:us-east-1:000000000000:log-group:{group}"
    rest.patch_stage(
        {"op": "replace", "path": "/accessLogSettings/destinationArn", "value": arn},
        {"op": "replace", "path": "/accessLogSettings/format", "value": FORMAT},
    )

    good = rest.send("GET /it", b"my secret input")
    rest.send("GET /nowhere")

    lines = eventually(lambda: found if len(found := aws.log_lines(group)) == 2 else None)
    logged = {entry["status"]: entry for entry in map(json.loads, lines)}
    assert "secret" not in "".join(lines)
    assert logged["200"] == {
        "id": good.headers["x-amz-apigw-id"],
        "path": "/it",
        "status": "200",
        "kind": "-",
        "key": "-",
    }
    assert logged["403"]["kind"] == "MISSING_AUTHENTICATION_TOKEN"
