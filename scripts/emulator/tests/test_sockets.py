"""WebSocket APIs: what opens, what is answered, and what is refused."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    CloseConnection,
    RejectConnection,
    Request,
    TextMessage,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.aws import Aws

# Answers with what came; allows everybody.
CODE = """
def handler(event, context):
    if event.get("type") == "REQUEST":
        statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
        return {"principalId": "ada", "context": {"owner": "ada"},
                "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    context = event["requestContext"]
    owner = context.get("authorizer", {}).get("owner", "")
    return {"statusCode": 200, "body": f"{context['connectionId']} {owner}"}
"""


@dataclass
class Sockets:
    """A WebSocket API with the routes $connect and $default."""

    aws: Aws
    api_id: str
    function: str
    route_id: str

    def url(self, stage: str = "live") -> str:
        """Where to connect."""
        endpoint: str = self.aws.client("apigatewayv2").get_api(ApiId=self.api_id)["ApiEndpoint"]
        return f"{endpoint}/{stage}?access_token=any"

    def management(self) -> Any:
        """A client for the API's connections."""
        url = self.url().replace("ws://", "http://").partition("?")[0]
        session = self.aws.session("test", "test")
        return session.client("apigatewaymanagementapi", endpoint_url=url)


class Client:
    """A WebSocket client of a few lines."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port or 80), timeout=10)
        self.protocol = WSConnection(ConnectionType.CLIENT)
        self.events: list[Any] = []
        self.socket.sendall(
            self.protocol.send(Request(host=parts.netloc, target=f"{parts.path}?{parts.query}"))
        )
        self.opened = self.next()

    def next(self) -> Any:
        """The next event."""
        while not self.events:
            read = self.socket.recv(65536)
            self.protocol.receive_data(read or None)
            self.events = list(self.protocol.events())
        return self.events.pop(0)

    def text(self) -> str:
        """The next message, put together."""
        said = ""
        while True:
            event = self.next()
            assert isinstance(event, TextMessage), event
            said += event.data
            if event.message_finished:
                return said

    def say(self, text: str) -> None:
        """Send a message."""
        self.socket.sendall(self.protocol.send(TextMessage(text)))


@pytest.fixture(scope="module")
def api(aws: Aws) -> Sockets:
    """An API whose function may be invoked and whose $default answers."""
    gateway, function = aws.client("apigatewayv2"), aws.function(CODE)
    api_id = gateway.create_api(
        Name="push", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
    )["ApiId"]
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{function}"
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
    integration = gateway.create_integration(
        ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=uri
    )["IntegrationId"]
    authorizer = gateway.create_authorizer(
        ApiId=api_id,
        AuthorizerType="REQUEST",
        Name="token",
        AuthorizerUri=uri,
        IdentitySource=["route.request.querystring.access_token"],
    )["AuthorizerId"]
    target = f"integrations/{integration}"
    gateway.create_route(
        ApiId=api_id,
        RouteKey="$connect",
        Target=target,
        AuthorizationType="CUSTOM",
        AuthorizerId=authorizer,
    )
    route = gateway.create_route(ApiId=api_id, RouteKey="$default", Target=target)["RouteId"]
    gateway.create_route_response(ApiId=api_id, RouteId=route, RouteResponseKey="$default")
    gateway.create_stage(ApiId=api_id, StageName="live")
    permit(aws, function, api_id)
    return Sockets(aws, api_id, function, route)


@pytest.fixture
def connect(api: Sockets) -> Iterator[Callable[..., Client]]:
    """Opens connections to a stage, and closes them."""
    opened: list[Client] = []

    def client(stage: str = "live") -> Client:
        opened.append(Client(api.url(stage)))
        return opened[-1]

    yield client
    for one in opened:
        one.socket.close()


def permit(aws: Aws, function: str, api_id: str) -> None:
    """Let the API invoke the function."""
    aws.client("lambda").add_permission(
        FunctionName=function,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:us-east-1:000000000000:{api_id}/*",
    )


def test_an_authorizer_is_read_back_without_fields_of_http_apis(api: Sockets) -> None:
    """Terraform would want to remove them after each apply."""
    [found] = api.aws.client("apigatewayv2").get_authorizers(ApiId=api.api_id)["Items"]

    assert found["AuthorizerType"] == "REQUEST"
    assert not {"AuthorizerPayloadFormatVersion", "JwtConfiguration"} & set(found)


def test_an_unknown_stage_is_forbidden(connect: Callable[..., Client]) -> None:
    """403, as AWS answers."""
    opened = connect("nope").opened

    assert isinstance(opened, RejectConnection)
    assert opened.status_code == 403


def test_a_function_without_permission_refuses_the_connection(
    api: Sockets, connect: Callable[..., Client]
) -> None:
    """500, until the function's policy lets the API in."""
    client = api.aws.client("lambda")
    client.remove_permission(FunctionName=api.function, StatementId="api")
    try:
        opened = connect().opened
    finally:
        permit(api.aws, api.function, api.api_id)

    assert isinstance(opened, RejectConnection)
    assert opened.status_code == 500
    assert isinstance(connect().opened, AcceptConnection)


def test_a_route_answers_only_with_a_route_response(
    api: Sockets, connect: Callable[..., Client]
) -> None:
    """Without one a client hears what is posted, and nothing else."""
    gateway = api.aws.client("apigatewayv2")
    client = connect()
    client.say("{}")
    connection, owner = client.text().split(" ")
    assert owner == "ada"
    [response] = gateway.get_route_responses(ApiId=api.api_id, RouteId=api.route_id)["Items"]
    named = {"ApiId": api.api_id, "RouteId": api.route_id}
    gateway.delete_route_response(**named, RouteResponseId=response["RouteResponseId"])
    try:
        client.say("{}")
        # A function is invoked for one message of a connection after the other.
        client.say("{}")
        api.management().post_to_connection(ConnectionId=connection, Data=b"posted")
        heard = client.text()
    finally:
        gateway.create_route_response(**named, RouteResponseKey="$default")

    assert heard == "posted"


def test_a_connection_is_described(api: Sockets, connect: Callable[..., Client]) -> None:
    """By the names that AWS's clients read."""
    client = connect()
    client.say("{}")
    connection = client.text().split(" ")[0]

    found = api.management().get_connection(ConnectionId=connection)

    assert {"ConnectedAt", "Identity", "LastActiveAt"} <= set(found)


def test_a_posted_message_has_128_kb_at_most(api: Sockets, connect: Callable[..., Client]) -> None:
    """413 above."""
    client = connect()
    client.say("{}")
    connection = client.text().split(" ")[0]
    management = api.management()
    largest = b"x" * (128 * 1024)

    management.post_to_connection(ConnectionId=connection, Data=largest)

    assert len(client.text()) == len(largest)
    with pytest.raises(management.exceptions.PayloadTooLargeException):
        management.post_to_connection(ConnectionId=connection, Data=largest + b"x")


def test_a_message_that_is_too_large_closes_the_connection(
    connect: Callable[..., Client],
) -> None:
    """With the code 1009."""
    client = connect()
    client.say(json.dumps("x" * (128 * 1024)))

    event = client.next()

    assert isinstance(event, CloseConnection)
    assert event.code == 1009
