"""API Gateway keeps one route of a key, and deletes nothing that a route still has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.http_api import authorizer
from tests.issuer import local_issuer

if TYPE_CHECKING:
    from tests.aws import Aws


def test_a_second_route_of_a_key_is_refused(aws: Aws) -> None:
    """By creation and by renaming another one; the first can still be changed."""
    api, gateway = aws.api(aws.queue()), aws.client("apigatewayv2")
    target = f"integrations/{api.integration_id}"
    first = gateway.get_routes(ApiId=api.api_id)["Items"][0]["RouteId"]
    other = gateway.create_route(ApiId=api.api_id, RouteKey="POST /jobs", Target=target)["RouteId"]

    with pytest.raises(ClientError, match=r"ConflictException.*POST /commands already exists"):
        gateway.create_route(ApiId=api.api_id, RouteKey="POST /commands", Target=target)
    with pytest.raises(ClientError, match=r"ConflictException.*POST /commands already exists"):
        gateway.update_route(ApiId=api.api_id, RouteId=other, RouteKey="POST /commands")
    gateway.update_route(ApiId=api.api_id, RouteId=first, RouteKey="POST /commands", Target=target)


def test_an_integration_is_deleted_after_its_routes(aws: Aws) -> None:
    """The message names a route that it still answers."""
    api, gateway = aws.api(aws.queue()), aws.client("apigatewayv2")
    one = {"ApiId": api.api_id, "IntegrationId": api.integration_id}

    with pytest.raises(ClientError, match=r"ConflictException.*referenced in route: POST /comm"):
        gateway.delete_integration(**one)

    route = gateway.get_routes(ApiId=api.api_id)["Items"][0]["RouteId"]
    gateway.delete_route(ApiId=api.api_id, RouteId=route)
    gateway.delete_integration(**one)


def test_an_authorizer_is_deleted_after_its_routes_are_gone(aws: Aws) -> None:
    """A route without authorization refers to none."""
    api, gateway = aws.api(aws.queue()), aws.client("apigatewayv2")
    route = gateway.get_routes(ApiId=api.api_id)["Items"][0]["RouteId"]
    with local_issuer() as issuer:
        one = {"ApiId": api.api_id, "AuthorizerId": authorizer(aws, api, issuer.url, "jobs")}
    held = {"ApiId": api.api_id, "RouteId": route}
    gateway.update_route(**held, AuthorizationType="JWT", AuthorizerId=one["AuthorizerId"])

    with pytest.raises(ClientError, match=r"Cannot delete authorizer .* referenced in route"):
        gateway.delete_authorizer(**one)

    gateway.update_route(**held, AuthorizationType="NONE", AuthorizerId="")
    gateway.delete_authorizer(**one)
