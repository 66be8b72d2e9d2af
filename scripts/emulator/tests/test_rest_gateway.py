"""What API Gateway refuses by itself, and how a REST API words it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.rest import JSON, Rest

if TYPE_CHECKING:
    from tests.aws import Aws
    from tests.client import Answer

SCHEMA = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "properties": {"type": {"type": "string"}, "input": {"type": "object"}},
    "additionalProperties": False,
}


def checked(aws: Aws, **settings: Any) -> Rest:
    """`POST /it` with a model, a required header and a validator; settings of the method."""
    rest = Rest.create(aws)
    gateway = aws.client("apigateway")
    gateway.create_model(
        restApiId=rest.api_id, name="It", contentType=JSON, schema=json.dumps(SCHEMA)
    )
    validator = gateway.create_request_validator(
        restApiId=rest.api_id,
        name="all",
        validateRequestBody=True,
        validateRequestParameters=True,
    )["id"]
    rest.mock(
        "POST /it",
        requestValidatorId=validator,
        requestModels={JSON: "It"},
        requestParameters={"method.request.header.x-group": True},
        **settings,
    )
    return rest


@pytest.fixture(scope="module")
def api(aws: Aws) -> Rest:
    """The API above, without any gateway response of its own."""
    rest = checked(aws)
    rest.deploy()
    return rest


def post(api: Rest, body: bytes, **headers: str) -> Answer:
    """POST with the required header."""
    return api.send("POST /it", body, **{"x_group": "a", **headers})


def problem(answer: Answer) -> tuple[int, str]:
    """Status and message of an API's default answer."""
    return answer.status, json.loads(answer.text)["message"]


@pytest.mark.parametrize(
    "body", [b"{}", b'{"type":"a","input":{}}', b' {"input": {"any": [1]}} ', b'{"type":""}']
)
def test_a_valid_body_passes(api: Rest, body: bytes) -> None:
    """The model is an object with two optional fields."""
    assert post(api, body).status == 200


INVALID = (
    *(b"", b"x", b"[]", b"null", b'"a"', b"{'a':1}", b'{"input":{}', b'{"input":NaN}', b"[" * 9999),
    *(b'{"type":1}', b'{"input":[]}', b'{"more":1}'),
)


@pytest.mark.parametrize("body", INVALID)
def test_an_invalid_body_is_refused(api: Rest, body: bytes) -> None:
    """Neither something else than JSON nor another shape gets to the integration."""
    answer = post(api, body)

    assert problem(answer) == (400, "Invalid request body")
    assert answer.headers["x-amzn-errortype"] == "BadRequestException"


def test_a_body_of_another_type_is_not_validated(api: Rest) -> None:
    """A model belongs to a content type; what has none passes the validator."""
    assert post(api, b"[]", content_type="text/plain").status == 500, "no template for the mock"


def test_a_missing_parameter_is_named(api: Rest) -> None:
    """Parameters come before the body."""
    assert problem(api.send("POST /it", b"x")) == (
        400,
        "Missing required request parameters: [x-group]",
    )


@pytest.mark.parametrize("route", ["GET /it", "POST /elsewhere", "POST /it/more"])
def test_an_unknown_route_says_that_a_token_is_missing(api: Rest, route: str) -> None:
    """As AWS does, whether there is any authorization or not."""
    answer = api.send(route, b"{}")

    assert problem(answer) == (403, "Missing Authentication Token")
    assert answer.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"


def test_an_unknown_stage_is_forbidden(aws: Aws, api: Rest) -> None:
    """No gateway response applies, for no deployment is reached."""
    assert problem(Rest(aws, api.api_id, "other").send("POST /it", b"{}")) == (403, "Forbidden")


def test_a_payload_above_ten_megabytes_is_too_large(api: Rest) -> None:
    """The limit of every API."""
    assert problem(post(api, b"x" * (10 * 1024 * 1024 + 1))) == (413, "Request Too Long")


def test_every_answer_has_both_request_ids(api: Rest) -> None:
    """The client's own request id is kept; the extended one is always API Gateway's."""
    answer = post(api, b"{}", x_amzn_requestid="mine")

    assert answer.headers["x-amzn-requestid"] == "mine"
    assert len(answer.headers["x-amz-apigw-id"]) == 16


def test_gateway_responses_word_the_refusal(aws: Aws) -> None:
    """Variables are replaced, headers mapped and the status chosen; there is no Velocity in it."""
    rest = checked(aws)
    aws.client("apigateway").put_gateway_response(
        restApiId=rest.api_id,
        responseType="BAD_REQUEST_PARAMETERS",
        statusCode="422",
        responseTemplates={
            JSON: '{"e":$context.error.messageString,"t":"$context.error.responseType",'
            '"s":"${stageVariables.colour}","x":"$context.status#if($x)"}'
        },
        responseParameters={
            "gatewayresponse.header.Content-Type": "'application/problem+json'",
            "gatewayresponse.header.Access-Control-Allow-Origin": "method.request.header.origin",
            "gatewayresponse.header.x-absent": "method.request.header.x-nobody",
        },
    )
    rest.deploy(variables={"colour": "blue"})

    answer = rest.send("POST /it", b"{}", origin="https://a.example")

    assert answer.status == 422
    assert json.loads(answer.text) == {
        "e": "Missing required request parameters: [x-group]",
        "t": "BAD_REQUEST_PARAMETERS",
        "s": "blue",
        "x": "#if($x)",
    }
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "https://a.example"
    assert "x-absent" not in answer.headers


def test_a_customised_default_keeps_the_status(aws: Aws) -> None:
    """DEFAULT_4XX stands in for every 4xx that has no response of its own."""
    rest = checked(aws)
    aws.client("apigateway").put_gateway_response(
        restApiId=rest.api_id, responseType="DEFAULT_4XX", responseTemplates={JSON: "no"}
    )
    rest.deploy()

    answer = post(rest, b"x")

    assert (answer.status, answer.text) == (400, "no")
    assert rest.send("POST /nowhere").status == 403
