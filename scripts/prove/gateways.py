"""APIs of the probes' own: an HTTP API and a REST API before a queue, open while a run lasts."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from scripts.prove.assumption import NotTried

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from command_client.transport import Answer
    from scripts.prove.scene import Scene

STAGE = "prove"
ID_TEMPLATE = "${context.requestId}"


@dataclass(frozen=True)
class Inbox:
    """What arrives in a queue that several probes send to."""

    scene: Scene
    url: str
    _messages: list[dict[str, Any]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def message(self, body: str) -> dict[str, Any]:
        """The message of this body, which nobody else sends; Refuted if it does not come."""
        return self.scene.until(lambda: self._look(body.__eq__), "the message arrived")

    def containing(self, text: str) -> dict[str, Any] | None:
        """The message whose body has this text, if it has come."""
        return self._look(lambda body: text in body)

    def _look(self, wanted: Callable[[str], bool]) -> dict[str, Any] | None:
        with self._lock:
            if found := self._found(wanted):
                return found
            for message in self.scene.received(self.url):
                self.scene.client("sqs").delete_message(
                    QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"]
                )
                self._messages.append(message)
            return self._found(wanted)

    def _found(self, wanted: Callable[[str], bool]) -> dict[str, Any] | None:
        return next((one for one in self._messages if wanted(one["Body"])), None)

    def attributes(self, body: str) -> dict[str, str]:
        """The message attributes of that message."""
        found = self.message(body).get("MessageAttributes", {})
        return {name: value.get("StringValue", "") for name, value in found.items()}


@dataclass(frozen=True)
class Sender:
    """A queue, and a role by which API Gateway may send to it."""

    inbox: Inbox
    queue_arn: str
    role_arn: str


@dataclass(frozen=True)
class HttpApi:
    """An HTTP API whose `POST /commands` and `PUT /commands/{id}` send to the inbox's queue."""

    scene: Scene
    id: str
    endpoint: str
    sender: Sender

    @property
    def inbox(self) -> Inbox:
        """What it sent."""
        return self.sender.inbox

    def request(
        self, method: str, path: str, body: str, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer to one request."""
        return self.scene.http(method, f"{self.endpoint}{path}", body, headers)

    def integration(self, command_id: str, role_arn: str = "", **mappings: str) -> str:
        """The id of a new integration that maps this into the attribute `command_id`."""
        attribute = {"DataType": "String", "StringValue": command_id}
        answer = self.scene.client("apigatewayv2").create_integration(
            ApiId=self.id,
            IntegrationType="AWS_PROXY",
            IntegrationSubtype="SQS-SendMessage",
            PayloadFormatVersion="1.0",
            CredentialsArn=role_arn or self.sender.role_arn,
            RequestParameters={
                "QueueUrl": self.inbox.url,
                "MessageBody": "$request.body",
                "MessageAttributes": json.dumps({"command_id": attribute}),
                **mappings,
            },
            ResponseParameters={
                "200": {
                    "overwrite:statuscode": "202",
                    "append:header.x-command-id": "$context.requestId",
                }
            },
        )
        return str(answer["IntegrationId"])

    def route(self, key: str, integration: str) -> None:
        """Let a route use an integration."""
        self.scene.client("apigatewayv2").create_route(
            ApiId=self.id, RouteKey=key, Target=f"integrations/{integration}"
        )


def sender(scene: Scene) -> Sender:
    """The queue and the role of both APIs."""
    url = scene.queue()
    arn = scene.queue_arn(url)
    name, role = created_role(scene, {"Service": "apigateway.amazonaws.com"})
    grant(scene, name, "sqs:SendMessage", arn)
    return Sender(Inbox(scene, url), arn, role)


def created_role(
    scene: Scene, principal: Mapping[str, str], condition: Mapping[str, object] | None = None
) -> tuple[str, str]:
    """Name and ARN of a new role without permissions, which the principal may assume."""
    iam, name = scene.client("iam"), scene.run.name()
    document = _policy({"Principal": principal, "Action": "sts:AssumeRole"}, condition)
    role = scene.temporary.make(
        name,
        lambda: iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=document, Tags=scene.listed_tags
        )["Role"]["Arn"],
        lambda: iam.delete_role(RoleName=name),
    )
    return name, str(role)


def _policy(statement: Mapping[str, object], condition: Mapping[str, object] | None) -> str:
    whole = {"Effect": "Allow", **statement, **({"Condition": condition} if condition else {})}
    return json.dumps({"Version": "2012-10-17", "Statement": [whole]})


def grant(
    scene: Scene,
    role: str,
    actions: str | list[str],
    resource: str | list[str],
    condition: Mapping[str, object] | None = None,
) -> None:
    """Give a role this permission as well, and take it away before the role goes."""
    iam, name = scene.client("iam"), scene.run.name()
    policy = _policy({"Action": actions, "Resource": resource}, condition)
    scene.temporary.make(
        f"{role}/{name}",
        lambda: iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=policy),
        lambda: iam.delete_role_policy(RoleName=role, PolicyName=name),
    )


def http_api(scene: Scene) -> HttpApi:
    """The HTTP API, once it accepts a command."""
    client, made = scene.client("apigatewayv2"), scene.shared(sender)
    name = scene.run.name()
    answer = scene.temporary.make(
        name,
        lambda: client.create_api(Name=name, ProtocolType="HTTP", Tags=scene.run.tags),
        lambda: [client.delete_api(ApiId=one) for one in called(client, "get_apis", name)],
    )
    api = HttpApi(scene, answer["ApiId"], answer["ApiEndpoint"], made)
    api.route("POST /commands", api.integration(ID_TEMPLATE))
    api.route("PUT /commands/{id}", api.integration("${request.path.id}"))
    client.create_stage(ApiId=api.id, StageName="$default", AutoDeploy=True)
    _until_accepting(scene, lambda: api.request("POST", "/commands", "first"))
    return api


def _until_accepting(scene: Scene, post: Callable[[], Answer]) -> None:
    """Wait until the API, its role and its host name are known everywhere."""
    last = "no answer"

    def accepted() -> bool:
        nonlocal last
        try:
            answer = post()
        except NotTried as error:  # its host name does not resolve yet
            last = str(error)
            return False
        last = f"status {answer.status}: {answer.body[:200]}"
        # A status that is not overridden is the finding of a probe, and the message was sent.
        return answer.status in {HTTPStatus.OK, HTTPStatus.ACCEPTED}

    try:
        scene.ready(accepted, "the probe's API accepts a command")
    except NotTried as late:
        raise NotTried(f"{late}; last: {last}") from late


def called(client: Any, listing: str, name: str) -> list[str]:  # noqa: ANN401
    """Ids of the APIs of this name."""
    pages = client.get_paginator(listing).paginate()
    items = [one for page in pages for one in page.get("Items", page.get("items", []))]
    found = [(one.get("Name", one.get("name")), one.get("ApiId", one.get("id"))) for one in items]
    return [str(key) for called, key in found if called == name]


_SEND = "Action=SendMessage&Version=2012-11-05"


@dataclass(frozen=True)
class RestApi:
    """A REST API whose `POST /` sends to the inbox's queue by a template.

    `POST /{name}` has a queue that is not there in its path, which the template overrides; the
    message has a body for the name `known` alone.
    """

    scene: Scene
    id: str
    endpoint: str
    inbox: Inbox

    def post(self, body: str, headers: Mapping[str, str] | None = None, name: str = "") -> Answer:
        """The answer to one request."""
        path = f"/{name}" if name else ""
        return self.scene.http("POST", self.endpoint + path, body, headers)


def rest_api(scene: Scene) -> RestApi:
    """The REST API, once it accepts a command."""
    client, made, name = scene.client("apigateway"), scene.shared(sender), scene.run.name()
    api = scene.temporary.make(
        name,
        lambda: client.create_rest_api(
            name=name, tags=scene.run.tags, endpointConfiguration={"types": ["REGIONAL"]}
        )["id"],
        lambda: [
            client.delete_rest_api(restApiId=one) for one in called(client, "get_rest_apis", name)
        ],
    )
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    named = client.create_resource(restApiId=api, parentId=root, pathPart="{name}")["id"]
    region, account, queue = made.queue_arn.split(":")[3:]
    partition = made.queue_arn.split(":")[1]
    body = "&MessageBody=$util.urlEncode($input.body)"
    choice = f'#set($context.requestOverride.path.queue = "{queue}")'
    known = f'#if($input.params().path.get("name") == "known"){body}#end'
    for resource, path, mapped, template in (
        (root, queue, {}, _SEND + body),
        (named, "{queue}", {"integration.request.path.queue": "'none'"}, choice + _SEND + known),
    ):
        here = {"restApiId": api, "resourceId": resource, "httpMethod": "POST"}
        client.put_method(**here, authorizationType="NONE")
        client.put_integration(
            **here,
            type="AWS",
            integrationHttpMethod="POST",
            credentials=made.role_arn,
            passthroughBehavior="NEVER",
            uri=f"arn:{partition}:apigateway:{region}:sqs:path/{account}/{path}",
            requestParameters={
                "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'",
                **mapped,
            },
            requestTemplates={"application/json": template},
        )
        for status, pattern, answer in (
            ("202", "200", '{"id":"$context.extendedRequestId"}'),
            ("502", None, '{"code":"$input.path(\'$.Error.Code\')"}'),
        ):
            client.put_method_response(**here, statusCode=status)
            client.put_integration_response(
                **here,
                statusCode=status,
                **({"selectionPattern": pattern} if pattern else {}),
                responseTemplates={"application/json": answer},
            )
    client.create_deployment(restApiId=api, stageName=STAGE)
    rest = RestApi(scene, api, stage_url(scene, api, region), made.inbox)
    _until_accepting(scene, lambda: rest.post("first"))
    return rest


def stage_url(scene: Scene, api: str, region: str) -> str:
    """The URL of the one stage of an API, which is named in it."""
    if scene.local:
        emulator = scene.client("apigateway").meta.endpoint_url
        return f"{emulator}/_aws/execute-api/{api}/{STAGE}"
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"https://{api}.execute-api.{region}.{suffix}/{STAGE}"
