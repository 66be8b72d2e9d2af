"""Selection expressions, response mappings, routing and buckets: the pure parts."""

from __future__ import annotations

import pytest

from ministack_extensions.apigateway.access_log import access_line
from ministack_extensions.apigateway.catalogue import HttpApi
from ministack_extensions.apigateway.context import new_request_id
from ministack_extensions.apigateway.mapping import Sources, Unresolved
from ministack_extensions.apigateway.response_mapping import mapped_response
from ministack_extensions.apigateway.throttling import TokenBucket
from ministack_extensions.http import Request, Response

BODY = b'{"a": {"b": [1, "two"]}, "text": "hello", "empty": ""}'
SOURCES = Sources(
    request=Request(
        "POST",
        "/stage/pets/7",
        headers=(("x-one", "1"), ("x-two", "a"), ("x-two", "b")),
        query="q=1&q=2&empty=",
        body=BODY,
    ),
    path="/pets/7",
    parameters={"id": "7"},
    context={"requestId": "abc=", "identity.sourceIp": "127.0.0.1"},
    stage_variables={"colour": "blue"},
)


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("$request.body.nothing", None),
        ("$request.body.a.b[7]", None),
        ("$request.header.absent", None),
        ("$request.path.absent", None),
        ("$context.absent", None),
        ("$nonsense", None),
        ("", ""),
        ("constant", "constant"),
        ("$request.body", BODY.decode()),
        ("$request.body.text", "hello"),
        ("$request.body.a", '{"b":[1,"two"]}'),
        ("$request.body.a.b[1]", "two"),
        ("$request.header.X-One", "1"),
        ("$request.header.x-two", "a,b"),
        ("$request.querystring.q", "1,2"),
        ("$request.path", "/pets/7"),
        ("$request.path.id", "7"),
        ("$context.requestId", "abc="),
        ("$context.identity.sourceIp", "127.0.0.1"),
        ("$stageVariables.colour", "blue"),
        ("${request.path.id} ${context.requestId}!", "7 abc=!"),
        ("<${request.header.absent}>", "<>"),
    ],
)
def test_an_expression_selects_its_source(template: str, value: str | None) -> None:
    """Each expression that AWS documents, and an absent source for each kind."""
    assert SOURCES.evaluate(template) == value


@pytest.mark.parametrize("template", ["$request.header.absent", "$request.querystring.empty"])
def test_a_required_value_must_not_be_empty(template: str) -> None:
    """API Gateway names the property and its source."""
    with pytest.raises(Unresolved, match="Unable to resolve property X from source"):
        SOURCES.required("X", template)


def test_only_the_first_100_kb_of_a_body_are_searched() -> None:
    """AWS cuts the body before it applies a JSON path; a cut body is no JSON."""
    large = b'{"text": "hello", "rest": "' + b"x" * 102_400 + b'"}'
    sources = Sources(Request("POST", "/", body=large), "/", {}, {}, {})

    assert sources.evaluate("$request.body.text") is None
    assert sources.evaluate("$request.body") == large.decode()


def test_response_mappings_set_append_and_remove() -> None:
    """Only the mappings of the integration's own status apply."""
    integration = {
        "responseParameters": {
            "200": {
                "overwrite:statuscode": "202",
                "append:header.x-id": "$context.requestId",
                "append:header.content-type": "charset",
                "remove:header.x-gone": "''",
                "overwrite:header.x-new": "$response.header.x-gone",
                "overwrite:header.x-none": "$response.header.absent",
            },
            "400": {"overwrite:statuscode": "418"},
        }
    }
    answer = Response(200, (("content-type", "text/xml"), ("x-gone", "gone")), b"<x/>")

    mapped = mapped_response(integration, answer, SOURCES)

    assert mapped.status == 202
    assert dict(mapped.headers) == {
        "content-type": "text/xml,charset",
        "x-id": "abc=",
        "x-new": "gone",
    }
    assert mapped_response(integration, Response(403), SOURCES).status == 403


def test_the_most_specific_route_wins() -> None:
    """Full match, then greedy match, then $default; a method before ANY."""
    keys = ["$default", "ANY /{proxy+}", "ANY /pets/{id}", "GET /pets/{id}", "GET /pets/mine"]
    routes = tuple({"routeKey": key} for key in keys)
    stages = {"$default": {"stageName": "$default"}}
    api = HttpApi("id", "us-east-1", {}, stages, routes, {}, {})

    def route(method: str, path: str) -> str:
        match = api.match(method, path)
        return match.route_key if match else "-"

    assert route("GET", "/pets/mine") == "GET /pets/mine"
    assert route("GET", "/pets/7") == "GET /pets/{id}"
    assert route("PUT", "/pets/7") == "ANY /pets/{id}"
    assert route("GET", "/pets/7/toys") == "ANY /{proxy+}"
    assert route("GET", "/") == "$default"


def test_a_bucket_refills_with_time() -> None:
    """`rate` tokens per second, never more than `burst`."""
    bucket = TokenBucket(rate=2, burst=1, tokens=1, filled_at=0)

    assert bucket.take(0)
    assert not bucket.take(0.4)
    assert bucket.take(0.5)
    assert bucket.take(100)
    assert not bucket.take(100)


def test_request_ids_look_like_api_gateways() -> None:
    """16 characters of URL-safe base64 that end in `=`, and no two alike."""
    ids = {new_request_id() for _ in range(100)}

    assert len(ids) == 100
    assert {(len(one), one[-1]) for one in ids} == {(16, "=")}
    assert not any("/" in one or "+" in one for one in ids)


def test_an_unknown_log_variable_is_a_dash() -> None:
    """So is an empty one."""
    line = access_line("$context.requestId [$context.nothing.]", {"requestId": "abc="})

    assert line == "abc= [-]"
