"""REST APIs for tests, defined the way Terraform defines them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.client import Answer, send

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.aws import Aws, Queue

JSON = "application/json"
SEND = (
    "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"
    "&MessageAttribute.1.Name=command_id&MessageAttribute.1.Value.DataType=String"
    "&MessageAttribute.1.Value.StringValue=$util.urlEncode($context.extendedRequestId)"
)
FORM = {"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"}

# Bodies that a careless template changes, breaks or lets out of their field.
NASTY = {
    "form": b'{"input":{"a":"x&Action=DeleteQueue&y=z;+%20%26%"}}',
    "quotes": rb"""{"input":{"a":"\"it's\" \\ \/ \u00fc"}}""",
    "unicode": '{"input":{"ä":"€ 😀 \u202e \u00a0 ~*"}}'.encode(),
    "white space": b'\r\n\t{ "input" : {\n} }  \n\n',
    "template": b'{"input":{"a":"$input.body #set($x = 1)${util} #end ## $!{x} $context.stage"}}',
    "empty": b"{}",
    "numbers": b'{"input":{"n":[1e400,0.10,-0,12345678901234567890]}}',
}


@dataclass
class Rest:
    """A REST API that is built step by step, and deployed at the end."""

    aws: Aws
    api_id: str = ""
    stage: str = "v1"
    _resources: dict[str, str] = field(default_factory=dict)

    @classmethod
    def create(cls, aws: Aws, **settings: Any) -> Rest:
        """A new REST API without any resource."""
        api = aws.client("apigateway").create_rest_api(name="test", **settings)
        return cls(aws, api["id"], _resources={"": api["rootResourceId"]})

    @property
    def url(self) -> str:
        """Where the stage answers."""
        return f"{self.aws.emulator.endpoint}/_aws/execute-api/{self.api_id}/{self.stage}"

    def resource(self, path: str) -> str:
        """The id of a resource, which is made with its parents if it is new."""
        path = path.rstrip("/")
        if path not in self._resources:
            parent, _, part = path.rpartition("/")
            self._resources[path] = self.aws.client("apigateway").create_resource(
                restApiId=self.api_id, parentId=self.resource(parent), pathPart=part
            )["id"]
        return self._resources[path]

    def method(self, route: str, integration: Mapping[str, Any], **settings: Any) -> dict[str, str]:
        """A method with its integration; returns what names it in further calls."""
        name, _, path = route.partition(" ")
        gateway = self.aws.client("apigateway")
        where = {"restApiId": self.api_id, "resourceId": self.resource(path), "httpMethod": name}
        gateway.put_method(**{**where, "authorizationType": "NONE", **settings})
        called = {} if integration["type"] == "MOCK" else {"integrationHttpMethod": "POST"}
        gateway.put_integration(**{**where, **called, **integration})
        return where

    def answer(
        self, where: Mapping[str, str], status: str, template: str | None = None, **settings: Any
    ) -> None:
        """A method's response and the integration response that leads to it."""
        gateway = self.aws.client("apigateway")
        headers = settings.get("responseParameters", {})
        declared = dict.fromkeys(headers, False)
        gateway.put_method_response(**where, statusCode=status, responseParameters=declared)
        templates = {} if template is None else {"responseTemplates": {JSON: template}}
        gateway.put_integration_response(**where, statusCode=status, **templates, **settings)

    def mock(self, route: str, status: int = 200, **settings: Any) -> dict[str, str]:
        """A method that answers by itself, with `ok`."""
        template = f'{{"statusCode": {status}}}'
        where = self.method(
            route, {"type": "MOCK", "requestTemplates": {JSON: template}}, **settings
        )
        self.answer(where, str(status), "ok")
        return where

    def submit(self, queue: Queue, **changes: Any) -> dict[str, str]:
        """`POST /submit` sends its body to a queue, and has no responses yet."""
        integration = {
            "type": "AWS",
            "uri": sqs_uri(queue),
            "credentials": self.aws.sender(queue),
            "passthroughBehavior": "NEVER",
            "requestParameters": FORM,
            "requestTemplates": {JSON: SEND},
        }
        return self.method("POST /submit", {**integration, **changes})

    def deploy(self, **settings: Any) -> str:
        """A deployment and the stage that serves it; the stage moves if it is there already."""
        gateway = self.aws.client("apigateway")
        deployment: str = gateway.create_deployment(restApiId=self.api_id)["id"]
        stages = gateway.get_stages(restApiId=self.api_id)["item"]
        if any(stage["stageName"] == self.stage for stage in stages):
            operation = {"op": "replace", "path": "/deploymentId", "value": deployment}
            self.patch_stage(operation)
        else:
            gateway.create_stage(
                restApiId=self.api_id, stageName=self.stage, deploymentId=deployment, **settings
            )
        return deployment

    def patch_stage(self, *operations: Mapping[str, str]) -> None:
        """Change settings of the stage."""
        self.aws.client("apigateway").update_stage(
            restApiId=self.api_id, stageName=self.stage, patchOperations=list(operations)
        )

    def send(self, route: str, body: bytes | None = None, **headers: str) -> Answer:
        """Call the API; header names are given with underscores."""
        name, _, path = route.partition(" ")
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return send(name, self.url + path, body, named)


def sqs_uri(queue: Queue) -> str:
    """The URI of an integration with a queue."""
    *_, region, account, name = queue.arn.split(":")
    return f"arn:aws:apigateway:{region}:sqs:path/{account}/{name}"


def lambda_uri(function: str) -> str:
    """The URI of an integration with a function."""
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{function}"
    return f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
