"""The control plane of authorizers: what is refused, and what is read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.client import send
from tests.http_api import authorizer, function_route
from tests.issuer import DISCOVERY, bearer, local_issuer
from tests.web import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.aws import Api, Aws
    from tests.issuer import Issuer


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """An issuer for the authorizers of these tests."""
    with local_issuer() as one:
        yield one


@pytest.fixture(scope="module")
def api(aws: Aws) -> Api:
    """An HTTP API with a route to a queue."""
    return aws.api(aws.queue())


def route(aws: Aws, api: Api) -> str:
    """The id of the API's first route."""
    identity: str = aws.client("apigatewayv2").get_routes(ApiId=api.api_id)["Items"][0]["RouteId"]
    return identity


def test_an_authorizer_is_read_back_as_it_was_written(aws: Aws, api: Api, issuer: Issuer) -> None:
    """Fields of Lambda authorizers would make Terraform change it after every apply."""
    known = authorizer(aws, api, issuer.url, "commands")
    client = aws.client("apigatewayv2")

    read = client.get_authorizer(ApiId=api.api_id, AuthorizerId=known)
    listed = client.get_authorizers(ApiId=api.api_id)["Items"]

    read.pop("ResponseMetadata")
    assert read == {
        "AuthorizerId": known,
        "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": {"Issuer": issuer.url, "Audience": ["commands"]},
        "Name": "jwt",
    }
    assert read in listed


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no source": ({"IdentitySource": []}, "one identity source"),
    "two sources": (
        {"IdentitySource": ["$request.header.a", "$request.header.b"]},
        "one identity source",
    ),
    "a source of another kind": ({"IdentitySource": ["$context.path"]}, "one identity source"),
    "no audience": ({"JwtConfiguration": {"Issuer": "https://a.example"}}, "audiences"),
    "no issuer": ({"JwtConfiguration": {"Audience": ["a"]}}, "need an issuer"),
    "no https": (
        {"JwtConfiguration": {"Issuer": "http://a.example", "Audience": ["a"]}},
        "valid discovery endpoint",
    ),
    "too many audiences": (
        {"JwtConfiguration": {"Issuer": "https://a.example", "Audience": ["a"] * 51}},
        "1 to 50 audiences",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_authorizer_is_refused(aws: Aws, api: Api, name: str) -> None:
    """Before anybody relies on it."""
    change, message = BAD[name]
    wanted: dict[str, Any] = {
        "AuthorizerType": "JWT",
        "Name": "bad",
        "IdentitySource": ["$request.header.Authorization"],
        **change,
    }

    with pytest.raises(ClientError, match=message):
        aws.client("apigatewayv2").create_authorizer(ApiId=api.api_id, **wanted)


def test_an_issuer_without_a_discovery_document_is_refused(aws: Aws, api: Api) -> None:
    """API Gateway asks for it when an authorizer is created or changed."""
    with local_issuer() as good, local_issuer() as other:
        known = authorizer(aws, api, good.url, "commands")
        other.site.pages[DISCOVERY] = Page(status=404)
        configuration = {"Issuer": other.url, "Audience": ["commands"]}

        with pytest.raises(ClientError, match="Issuer must have a valid discovery endpoint"):
            authorizer(aws, api, other.url, "commands")
        with pytest.raises(ClientError, match="Issuer must have a valid discovery endpoint"):
            aws.client("apigatewayv2").update_authorizer(
                ApiId=api.api_id, AuthorizerId=known, JwtConfiguration=configuration
            )


def test_a_route_needs_a_jwt_authorizer_for_tokens(aws: Aws, api: Api, issuer: Issuer) -> None:
    """Scopes go with tokens only, and ten at most."""
    client, known = aws.client("apigatewayv2"), authorizer(aws, api, issuer.url, "commands")
    target: dict[str, Any] = {"ApiId": api.api_id, "RouteId": route(aws, api)}
    token = {"AuthorizationType": "JWT", "AuthorizerId": known}

    with pytest.raises(ClientError, match="requires a valid JWT authorizer"):
        client.update_route(**target, AuthorizationType="JWT")
    with pytest.raises(ClientError, match="requires a valid JWT authorizer"):
        client.create_route(ApiId=api.api_id, RouteKey="GET /x", AuthorizationType="JWT")
    with pytest.raises(ClientError, match="Scopes are only valid for"):
        client.update_route(**target, AuthorizationScopes=["a"])
    with pytest.raises(ClientError, match="at most 10"):
        client.update_route(**target, **token, AuthorizationScopes=[f"s{n}" for n in range(11)])


def test_a_change_holds_at_once(aws: Aws, issuer: Issuer) -> None:
    """Another audience, another scope: the next request is judged by it."""
    api = aws.api(aws.queue())
    known = authorizer(aws, api, issuer.url, "commands")
    settings = {"AuthorizationType": "JWT", "AuthorizerId": known}
    function_route(aws, api, "GET /jobs", **settings)
    client, url = aws.client("apigatewayv2"), f"{api.endpoint}/jobs"
    mine = bearer(issuer.token(scope="read"))
    routes = {one["RouteKey"]: one for one in client.get_routes(ApiId=api.api_id)["Items"]}
    assert send("GET", url, headers=mine).status == 200

    target = {"ApiId": api.api_id, "RouteId": routes["GET /jobs"]["RouteId"]}
    client.update_route(**target, AuthorizationScopes=["write"])
    assert send("GET", url, headers=mine).status == 403

    client.update_authorizer(
        ApiId=api.api_id,
        AuthorizerId=known,
        JwtConfiguration={"Issuer": issuer.url, "Audience": ["other"]},
    )
    assert send("GET", url, headers=mine).status == 401
