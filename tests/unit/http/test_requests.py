"""Events of both kinds of API Gateway read alike."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from command_api.domain.access import ANYBODY, Access, Caller
from command_api.domain.errors import Unidentified
from command_api.http.requests import read

OPEN = Access()
TOKENS = Access(authenticated=True, admin_scope="commands:admin")


def http(**changes: Any) -> dict[str, Any]:
    """An event of an HTTP API (payload 2.0)."""
    return {
        "version": "2.0",
        "routeKey": "GET /commands/{id}",
        "rawPath": "/commands/c-1",
        "headers": {"content-type": "application/json"},
        "pathParameters": {"id": "c-1"},
        "requestContext": {"http": {"method": "GET"}},
        "isBase64Encoded": False,
        **changes,
    }


def rest(**changes: Any) -> dict[str, Any]:
    """An event of a REST API, which says null where there is nothing."""
    return {
        "resource": "/status/{id}",
        "path": "/status/c-1",
        "httpMethod": "GET",
        "headers": {"If-None-Match": '"v"', "CONTENT-type": "application/json"},
        "multiValueHeaders": {"If-None-Match": ['"v"']},
        "queryStringParameters": None,
        "pathParameters": {"id": "c-1"},
        "requestContext": {"httpMethod": "GET", "authorizer": None},
        "body": None,
        "isBase64Encoded": False,
        **changes,
    }


def token(**claims: Any) -> dict[str, Any]:
    """The request context of an HTTP API that has checked a token."""
    return {"authorizer": {"jwt": {"claims": claims, "scopes": None}}}


@pytest.mark.parametrize(
    "claims",
    [{}, {"sub": ""}, {"scope": "commands:admin"}, {"client_id": "alice"}],
)
def test_a_request_without_an_owner_is_refused(claims: dict[str, Any]) -> None:
    """Not even the admin scope replaces the claim `sub`."""
    with pytest.raises(Unidentified):
        read(http(requestContext=token(**claims)), TOKENS)


@pytest.mark.parametrize(
    "context",
    [{}, {"authorizer": None}, {"authorizer": {}}, {"authorizer": {"jwt": {"claims": None}}}],
)
def test_a_route_that_was_left_open_is_refused(context: dict[str, Any]) -> None:
    """Where commands have owners, a route without its authorizer is a mistake, not a way in."""
    for event in (http(requestContext=context), rest(requestContext=context), {}):
        with pytest.raises(Unidentified):
            read(event, TOKENS)


def test_a_client_cannot_say_who_it_is_by_itself() -> None:
    """Only what the authorizer found in the token counts."""
    pretending = http(
        headers={"sub": "alice", "owner": "alice"},
        queryStringParameters={"owner": "alice"},
        body='{"owner": "alice"}',
    )
    with pytest.raises(Unidentified):
        read(pretending, TOKENS)


def test_where_nobody_has_to_say_a_token_does_not_matter() -> None:
    """Without owners, every caller is the same."""
    assert read(http(requestContext=token(sub="alice")), OPEN).caller == ANYBODY


@pytest.mark.parametrize(
    ("claims", "admin"),
    [
        ({}, False),
        ({"scope": "read commands:admin"}, True),
        ({"scope": "commands:administrator"}, False),
        ({"scp": ["commands:admin"]}, True),
        ({"scp": "[read commands:admin]"}, True),
        ({"scope": "read", "scp": "[commands:admin]"}, True),
        ({"scope": ""}, False),
    ],
)
def test_scopes_are_read_as_issuers_write_them(claims: dict[str, Any], admin: object) -> None:
    """As one text, as a list, and as API Gateway writes a list."""
    caller = read(http(requestContext=token(sub="alice", **claims)), TOKENS).caller
    assert caller == Caller(owner="alice", admin=bool(admin))


def test_without_an_admin_scope_nobody_has_it() -> None:
    """A scope that is not configured is not the empty one."""
    nobody = Access(authenticated=True)
    for scope in ("", " ", "[]"):
        assert not read(http(requestContext=token(sub="a", scope=scope)), nobody).caller.admin


def test_an_http_api_and_a_rest_api_read_alike() -> None:
    """Route, id and headers; the names of headers in lower case."""
    request = read(http(queryStringParameters={"wait": "5"}), OPEN)
    assert (request.route, request.method) == ("GET /commands/{id}", "GET")
    assert (request.command_id, request.query, request.body) == ("c-1", {"wait": "5"}, b"")
    request = read(rest(), OPEN)
    assert (request.route, request.method) == ("GET /status/{id}", "GET")
    assert (request.command_id, request.query, request.body) == ("c-1", {}, b"")
    assert request.headers == {"if-none-match": '"v"', "content-type": "application/json"}


@pytest.mark.parametrize("event", [http, rest])
def test_a_body_is_what_the_client_sent(event: Any) -> None:
    """As text, or in base64 where API Gateway takes it for binary."""
    assert read(event(body='{"ü": 1}'), OPEN).body == '{"ü": 1}'.encode()
    packed = base64.b64encode(b"\xff\x00").decode()
    assert read(event(body=packed, isBase64Encoded=True), OPEN).body == b"\xff\x00"


@pytest.mark.parametrize("sent", ["JKJaXmPLvHcESHA%3D", "JKJaXmPLvHcESHA="])
def test_an_id_may_arrive_escaped(sent: str) -> None:
    """A REST API does not decode a path, and request ids of API Gateway end with an equals sign."""
    assert read(rest(pathParameters={"id": sent}), OPEN).command_id == "JKJaXmPLvHcESHA="


@pytest.mark.parametrize(
    "given", [http(pathParameters={"id": "c%2D1"}), rest(pathParameters={"id": "c%252D1"})]
)
def test_an_id_is_decoded_once(given: dict[str, Any]) -> None:
    """`c%252D1` in the URL is `c%2D1`, and not the id `c-1`: an HTTP API has decoded it already."""
    assert read(given, OPEN).command_id == "c%2D1"


def test_a_route_without_an_id_has_none() -> None:
    """And no other parameter is taken for one."""
    assert read(http(pathParameters={"name": "x"}), OPEN).command_id == ""
    assert read(rest(pathParameters=None), OPEN).command_id == ""
