"""What functions get from an HTTP API, and what becomes of their answers."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from ministack_extensions.apigateway.lambda_proxy import proxy_response
from ministack_extensions.traces import trace_id
from tests.client import send
from tests.http_api import function_route

if TYPE_CHECKING:
    from tests.aws import Api, Aws

CRASH = "def handler(event, context):\n    raise ValueError('no')\n"


@pytest.fixture(scope="module")
def api(aws: Aws) -> Api:
    """`POST /jobs/{id}` on a stage `blue`, and a function that fails."""
    cors = {"AllowOrigins": ["https://app.example"], "AllowMethods": ["*"]}
    stage = {"StageName": "blue", "StageVariables": {"colour": "blue"}}
    http_api = aws.api(aws.queue(), stage=stage, cors=cors)
    function_route(aws, http_api, "POST /jobs/{id}")
    function_route(aws, http_api, "GET /broken", CRASH)
    return http_api


def test_an_event_has_all_that_was_asked(api: Api) -> None:
    """Payload format 2.0, with the request id of the answer."""
    headers = {
        "Content-Type": "application/json",
        "Cookie": "a=1; b=2",
        "User-Agent": "test",
        "X-Forwarded-For": "192.0.2.1",
    }

    answer = send("POST", f"{api.endpoint}/blue/jobs/a%20b?x=1&x=2&y=%26&z", b"{}", headers)

    event = json.loads(answer.text)
    context = event.pop("requestContext")
    heads = event.pop("headers")
    assert event == {
        "version": "2.0",
        "routeKey": "POST /jobs/{id}",
        "rawPath": "/blue/jobs/a b",
        "rawQueryString": "x=1&x=2&y=%26&z",
        "cookies": ["a=1", "b=2"],
        "queryStringParameters": {"x": "1,2", "y": "&", "z": ""},
        "pathParameters": {"id": "a b"},
        "stageVariables": {"colour": "blue"},
        "body": "{}",
        "isBase64Encoded": False,
    }
    assert context["requestId"] == answer.headers["apigw-requestid"]
    assert context["http"] == {
        "method": "POST",
        "path": "/blue/jobs/a b",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "test",
    }
    assert context["stage"] == "blue"
    assert "authorizer" not in context
    assert "cookie" not in heads
    assert heads["x-forwarded-for"] == "192.0.2.1, 127.0.0.1"
    assert trace_id(heads["x-amzn-trace-id"])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("application/json; charset=utf-8", "{ä}"),
        ("text/csv", "{ä}"),
        ("application/problem+json", None),
        (None, None),
    ],
)
def test_few_types_of_bodies_come_as_text(api: Api, kind: str | None, text: str | None) -> None:
    """Everything else, and what has no type, is encoded."""
    headers = {"Content-Type": kind} if kind else {}

    answer = send("POST", f"{api.endpoint}/blue/jobs/1", "{ä}".encode(), headers)

    event = json.loads(answer.text)
    assert event["isBase64Encoded"] is (text is None)
    assert event["body"] == (text or base64.b64encode("{ä}".encode()).decode())


def test_what_was_not_sent_is_not_there(api: Api) -> None:
    """No query, no body, no cookies: no keys for them."""
    event = json.loads(send("POST", f"{api.endpoint}/blue/jobs/1").text)

    assert not {"queryStringParameters", "body", "cookies"} & set(event)


def test_a_failed_function_is_an_internal_error(api: Api) -> None:
    """The client learns nothing of the function's trouble, and its page may read that."""
    headers = {"Origin": "https://app.example"}

    answer = send("GET", f"{api.endpoint}/blue/broken", headers=headers)

    assert answer.status == 500
    assert json.loads(answer.text) == {"message": "Internal Server Error"}
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    other = send("GET", f"{api.endpoint}/blue/broken", headers={"Origin": "https://bad.example"})
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize(
    ("result", "status", "kind", "body"),
    [
        ("hello", 200, "application/json", b"hello"),
        ({"a": 1}, 200, "application/json", b'{"a":1}'),
        (None, 200, "application/json", b"null"),
        ({"statusCode": 204}, 204, "text/plain; charset=utf-8", b""),
        ({"statusCode": 200, "body": "eA==", "isBase64Encoded": True}, 200, None, b"x"),
    ],
)
def test_a_result_is_a_response(result: Any, status: int, kind: str | None, body: bytes) -> None:
    """Without a status code the result itself is the body."""
    response = proxy_response(json.dumps(result).encode())

    assert response
    assert (response.status, response.body) == (status, body)
    assert kind in (None, response.header("content-type"))


@pytest.mark.parametrize(
    "change",
    [
        {"statusCode": "200"},
        {"body": {"a": 1}},
        {"headers": ["x"]},
        {"headers": {"x": ["1", "2"]}},
        {"cookies": "a=1"},
        {"body": "?", "isBase64Encoded": True},
    ],
)
def test_a_malformed_response_is_none(change: dict[str, Any]) -> None:
    """AWS answers 500 for it."""
    assert proxy_response(json.dumps({"statusCode": 200} | change).encode()) is None


def test_headers_and_cookies_become_lines() -> None:
    """Names in lower case, one line for each cookie."""
    result = {
        "statusCode": 200,
        "headers": {"X-A": 1, "Content-Type": "a/b"},
        "cookies": ["a", "b"],
    }

    response = proxy_response(json.dumps(result).encode())

    assert response
    assert response.headers == (
        ("x-a", "1"),
        ("content-type", "a/b"),
        ("set-cookie", "a"),
        ("set-cookie", "b"),
    )
