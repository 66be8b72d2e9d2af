"""Lambda proxy integrations of REST APIs: the event, the answer and the permission."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.rest import Rest, lambda_uri

if TYPE_CHECKING:
    from tests.aws import Aws

ECHO = """
import json

def handler(event, context):
    return {"statusCode": 200, "headers": {"Content-Type": "text/plain"}, "body": json.dumps(event)}
"""
ANSWERS = """
import json

def handler(event, context):
    return json.loads(event["body"])
"""


def proxy(aws: Aws, code: str, route: str, **settings: Any) -> Rest:
    """A REST API with one route to a function, which may be invoked."""
    rest = Rest.create(aws, **settings)
    function = aws.function(code)
    rest.method(route, {"type": "AWS_PROXY", "uri": lambda_uri(function)})
    allow(aws, function, f"{rest.api_id}/*")
    rest.deploy(variables={"colour": "blue"})
    return rest


def allow(aws: Aws, function: str, source: str) -> None:
    """Let API Gateway invoke the function for a source ARN below the account."""
    aws.client("lambda").add_permission(
        FunctionName=function,
        StatementId="it",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:us-east-1:000000000000:{source}",
    )


@pytest.fixture(scope="module")
def echo(aws: Aws) -> Rest:
    """`ANY /jobs/{id}` answers with its event; PNG images are binary."""
    return proxy(aws, ECHO, "ANY /jobs/{id}", binaryMediaTypes=["image/png"])


@pytest.fixture(scope="module")
def answers(aws: Aws) -> Rest:
    """`POST /it` answers with what it is told to."""
    return proxy(aws, ANSWERS, "POST /it", binaryMediaTypes=["image/png"])


def told(answers: Rest, answer: object, **headers: str) -> Any:
    """What a client gets for a function's answer."""
    return answers.send("POST /it", json.dumps(answer).encode(), **headers)


def test_the_event_is_the_request_in_payload_1(echo: Rest) -> None:
    """Every field that AWS documents."""
    answer = echo.send("PATCH /jobs/a%20b?x=1&x=2&y=", b'{"a":"\xc3\xa4"}', x_one="1")
    event = json.loads(answer.text)
    context = event.pop("requestContext")

    assert event["headers"]["X-One"] == "1"
    assert event["multiValueHeaders"]["X-One"] == ["1"]
    assert event["headers"]["X-Forwarded-Proto"] == "https"
    del event["headers"], event["multiValueHeaders"]
    assert event == {
        "resource": "/jobs/{id}",
        "path": "/jobs/a%20b",
        "httpMethod": "PATCH",
        "queryStringParameters": {"x": "2", "y": ""},
        "multiValueQueryStringParameters": {"x": ["1", "2"], "y": [""]},
        "pathParameters": {"id": "a%20b"},
        "stageVariables": {"colour": "blue"},
        "body": '{"a":"ä"}',
        "isBase64Encoded": False,
    }
    assert context["requestId"] == answer.headers["x-amzn-requestid"]
    assert context["extendedRequestId"] == answer.headers["x-amz-apigw-id"]
    assert context["path"] == "/v1/jobs/a%20b"
    assert (context["stage"], context["resourcePath"]) == ("v1", "/jobs/{id}")
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert isinstance(context["requestTimeEpoch"], int)


def test_absent_parts_are_null(echo: Rest) -> None:
    """A GET without anything."""
    event = json.loads(echo.send("GET /jobs/1").text)

    assert event["body"] is None
    assert event["queryStringParameters"] is None
    assert event["multiValueQueryStringParameters"] is None


def test_a_binary_body_comes_as_base64(echo: Rest) -> None:
    """By the request's content type."""
    event = json.loads(echo.send("PUT /jobs/1", b"\x89PNG", content_type="image/png").text)

    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == b"\x89PNG"


def test_an_answer_is_taken_as_it_is(answers: Rest) -> None:
    """Status, headers (a renamed one among them), several values, and the default type."""
    answer = told(
        answers,
        {
            "statusCode": 418,
            "headers": {"X-One": "1", "Date": "then"},
            "multiValueHeaders": {"X-Two": ["a", "b"]},
            "body": "teapot",
        },
    )

    assert (answer.status, answer.text) == (418, "teapot")
    assert answer.headers["x-one"] == "1"
    assert answer.headers["x-two"] == "b"
    assert answer.headers["x-amzn-remapped-date"] == "then"
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(("accept", "text"), [("image/png", "ok"), ("*/*", "b2s=")])
def test_base64_is_decoded_for_who_accepts_it(answers: Rest, accept: str, text: str) -> None:
    """By the first media type of the client's Accept header."""
    answer = told(
        answers, {"statusCode": 200, "body": "b2s=", "isBase64Encoded": True}, accept=accept
    )

    assert answer.text == text


@pytest.mark.parametrize(
    "answer", ["text", {"status": 200}, {"statusCode": "x"}, {"statusCode": 200, "body": {"a": 1}}]
)
def test_a_malformed_answer_is_a_bad_gateway(answers: Rest, answer: object) -> None:
    """Only the documented form counts."""
    assert told(answers, answer).status == 502


def test_a_failing_function_is_a_bad_gateway(answers: Rest) -> None:
    """Its error does not reach the client."""
    answer = answers.send("POST /it", b"no json")

    assert answer.status == 502
    assert json.loads(answer.text) == {"message": "Internal server error"}


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("{api}/*", 200),
        ("{api}/v1/GET/jobs/*", 200),
        ("{api}/*/GET/jobs/*", 200),
        ("{api}/v1/POST/jobs/*", 500),
        ("{api}/v2/GET/jobs/*", 500),
        ("{api}/v1/GET/jobs/{{id}}", 500),
        ("other/*", 500),
    ],
)
def test_a_function_needs_a_permission_for_the_route(aws: Aws, source: str, status: int) -> None:
    """A path's variable is a * in the source ARN."""
    rest = Rest.create(aws)
    function = aws.function(ECHO)
    rest.method("GET /jobs/{id}", {"type": "AWS_PROXY", "uri": lambda_uri(function)})
    allow(aws, function, source.format(api=rest.api_id))
    rest.deploy()

    assert rest.send("GET /jobs/1").status == status
