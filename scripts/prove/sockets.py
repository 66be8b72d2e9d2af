"""A WebSocket API of the probes' own, made as module `push` makes its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.notifications import websocket
from scripts.prove.assumption import NotTried
from scripts.prove.gateways import STAGE, called, grant, stage_url
from scripts.prove.lambdas import function, function_role

if TYPE_CHECKING:
    from scripts.prove.scene import Scene

# One function is authorizer and route, and calls the API's connections when it is invoked by hand.
_CODE = """\
import json

def handler(event, context):
    if "call" in event:
        return call(**event)
    if event.get("type") == "REQUEST":
        effect = "Allow" if event["queryStringParameters"]["token"] == "good" else "Deny"
        statement = {
            "Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        return {"principalId": "ann", "policyDocument": policy, "context": {"owner": "ann"}}
    request = event["requestContext"]
    said = {"connection": request["connectionId"], "owner": request["authorizer"]["owner"]}
    return {"statusCode": 200, "body": json.dumps(said)}

def call(call, endpoint, connection, size=None):
    import boto3
    from botocore.exceptions import ClientError

    client = boto3.client("apigatewaymanagementapi", endpoint_url=endpoint)
    data = {} if size is None else {"Data": b"x" * size}
    try:
        getattr(client, call)(ConnectionId=connection, **data)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""
"""
_SECONDS = 20.0


@dataclass(frozen=True)
class SocketApi:
    """An API whose routes answer with the connection's id and the owner that is its token's."""

    scene: Scene
    # Of its stage: for HTTP, and without a scheme for both.
    endpoint: str
    # The function that may call its connections.
    function: str

    def connect(self, query: str = "?token=good") -> websocket.WebSocket:
        """An open connection; NotOpened where the API refuses one."""
        url = self.endpoint.replace("http", "ws", 1)
        return websocket.WebSocket(f"{url}{query}", seconds=_SECONDS)

    def said(self, socket: websocket.WebSocket) -> dict[str, str]:
        """What its route answers to a message."""
        socket.send('{"prove": "prove"}')
        told: dict[str, str] = json.loads(socket.receive(_SECONDS) or "{}")
        return told

    def call(self, operation: str, connection: str, size: int | None = None) -> str:
        """The error code of a call on a connection by the function, "" for success."""
        call = {"call": operation, "endpoint": self.endpoint, "connection": connection}
        answer = self.scene.client("lambda").invoke(
            FunctionName=self.function,
            Payload=json.dumps(call | ({} if size is None else {"size": size})),
        )
        said = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise NotTried(f"the probe's function fails with {said.get('errorType')}")
        return str(said)


def socket_api(scene: Scene) -> SocketApi:
    """The WebSocket API, once it lets a client in."""
    client, name = scene.client("apigatewayv2"), scene.run.name()
    role_name, role = function_role(scene)
    function_name, function_arn = function(scene, role, _CODE, timeout_seconds=15)
    partition, _, region, account = function_arn.split(":")[1:5]
    api = scene.temporary.make(
        name,
        lambda: str(
            client.create_api(
                Name=name,
                ProtocolType="WEBSOCKET",
                RouteSelectionExpression="$request.body.action",
                Tags=scene.run.tags,
            )["ApiId"]
        ),
        lambda: [client.delete_api(ApiId=one) for one in called(client, "get_apis", name)],
    )
    execution = f"arn:{partition}:execute-api:{region}:{account}:{api}"
    connections = [f"{execution}/{STAGE}/{method}/@connections/*" for method in ("DELETE", "POST")]
    grant(scene, role_name, "execute-api:ManageConnections", connections)
    scene.client("lambda").add_permission(
        FunctionName=function_name,
        StatementId="Api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"{execution}/*",
    )
    uri = (
        f"arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/"
        f"{function_arn}/invocations"
    )
    _routes(scene, api, uri)
    made = SocketApi(scene, stage_url(scene, api, region), function_name)
    scene.ready(lambda: _lets_in(made), "the probe's WebSocket API lets a client in")
    return made


def _routes(scene: Scene, api: str, uri: str) -> None:
    client = scene.client("apigatewayv2")
    authorizer = client.create_authorizer(
        ApiId=api,
        Name="token",
        AuthorizerType="REQUEST",
        AuthorizerUri=uri,
        IdentitySource=["route.request.querystring.token"],
    )["AuthorizerId"]
    integration = client.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationMethod="POST", IntegrationUri=uri
    )["IntegrationId"]
    target = f"integrations/{integration}"
    client.create_route(
        ApiId=api,
        RouteKey="$connect",
        Target=target,
        AuthorizationType="CUSTOM",
        AuthorizerId=authorizer,
    )
    route = client.create_route(
        ApiId=api,
        RouteKey="$default",
        Target=target,
        RouteResponseSelectionExpression="$default",
    )["RouteId"]
    client.create_route_response(ApiId=api, RouteId=route, RouteResponseKey="$default")
    client.create_stage(ApiId=api, StageName=STAGE, AutoDeploy=True)


def _lets_in(api: SocketApi) -> bool:
    """Whether the API, its authorizer and its host name are known everywhere."""
    try:
        with api.connect() as socket:
            return bool(api.said(socket))
    except OSError:
        return False
