"""REST APIs that send to SQS by a mapping template."""

from __future__ import annotations

import re
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING

from scripts.prove.assumption import assumed, expect
from scripts.prove.gateways import STAGE, rest_api
from scripts.prove.proxies import expect_token, token_function

if TYPE_CHECKING:
    from scripts.prove.scene import Scene

_GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide"
_HTTP = 'api.type = "http".'
_EXTENDED_ID = re.compile(r"[A-Za-z0-9+/_=-]{8,128}")


def _body() -> str:
    return f'{{"type": "prove", "input": "{uuid.uuid4()}"}}'


@assumed(
    f"{_GUIDE}/api-gateway-mapping-template-reference.html",
    means="Ids of a REST API have characters that the worker refuses.",
    plan_b=_HTTP,
    local="Draws base64 with + and /; AWS does not document the format.",
)
def extended_request_id_is_base64(scene: Scene) -> str:
    """`$context.extendedRequestId` has letters, digits, `+`, `/`, `-`, `_` and `=` only."""
    answer = scene.shared(rest_api).post(_body())
    expect(answer.status == HTTPStatus.ACCEPTED, f"status {answer.status}: {answer.body[:80]}")
    seen = answer.json()["id"]
    expect(_EXTENDED_ID.fullmatch(seen), f"id {seen!r}")
    return f"like {seen}"


@assumed(
    f"{_GUIDE}/integration-passthrough-behaviors.html",
    means="Clients whose library adds a charset get 415.",
    plan_b=f"Send `content-type: application/json`, or {_HTTP}",
)
def charset_selects_the_template(scene: Scene) -> str:
    """`application/json; charset=utf-8` selects the template of `application/json`."""
    headers = {"content-type": "application/json; charset=utf-8"}
    status = scene.shared(rest_api).post(_body(), headers).status
    expect(status == HTTPStatus.ACCEPTED, f"status {status}")
    return "status 202"


@assumed(
    f"{_GUIDE}/integration-passthrough-behaviors.html",
    means="Bodies that are no JSON reach SQS as parameters of its own.",
    plan_b=_HTTP,
)
def other_content_is_refused(scene: Scene) -> str:
    """With passthrough NEVER, a content type without a template is answered 415."""
    status = scene.shared(rest_api).post("a=b", {"content-type": "text/plain"}).status
    expect(status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"status {status}")
    return "status 415"


@assumed(
    f"{_GUIDE}/api-gateway-mapping-template-reference.html#util-template-reference",
    means="Bodies arrive changed, and inputs can add parameters of their own.",
    plan_b=_HTTP,
)
def url_encode_keeps_every_byte(scene: Scene) -> str:
    """`$util.urlEncode` brings any text into the form and back unchanged."""
    api = scene.shared(rest_api)
    body = f'{{"input": "+&=%25 \\u00e9 é ☃ \'quoted\' &MessageBody=x {uuid.uuid4()}"}}'
    status = api.post(body).status
    expect(status == HTTPStatus.ACCEPTED, f"status {status}")
    api.inbox.message(body)
    return "unchanged"


@assumed(
    f"{_GUIDE}/api-gateway-integration-settings-integration-response.html",
    means="Clients get a generic error for a command that SQS refuses.",
    plan_b=_HTTP,
    local="Converts to the JSON that AWS gives API Gateway; XML was not compared.",
)
def refusal_of_sqs_has_a_code(scene: Scene) -> str:
    """A response template reads `$.Error.Code` of SQS's refusal."""
    answer = scene.shared(rest_api).post("x" * 1_100_000)
    expect(answer.status == HTTPStatus.BAD_GATEWAY, f"status {answer.status}")
    expect(answer.json().get("code"), answer.body[:80])
    return str(answer.json()["code"])


@assumed(
    f"{_GUIDE}/set-up-lambda-proxy-integrations.html",
    means="Nobody can report on a command that was handed over.",
    plan_b=f"api.outcomes = false, or {_HTTP}",
)
def open_method_passes_the_token_on(scene: Scene) -> str:
    """A method without authorization passes `Authorization: Bearer …` on to its function."""
    api, client = scene.shared(rest_api), scene.client("apigateway")
    function = scene.shared(token_function)
    partition, _, region = function.split(":")[1:4]
    known = client.get_resources(restApiId=api.id)["items"]
    root = next(one["id"] for one in known if one["path"] == "/")
    made = client.create_resource(restApiId=api.id, parentId=root, pathPart="outcome")
    here = {"restApiId": api.id, "resourceId": made["id"], "httpMethod": "POST"}
    client.put_method(**here, authorizationType="NONE")
    client.put_integration(
        **here,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=(
            f"arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/"
            f"{function}/invocations"
        ),
    )
    client.create_deployment(restApiId=api.id, stageName=STAGE)
    return expect_token(scene, f"{api.endpoint}/outcome")


@assumed(
    f"{_GUIDE}/apigateway-override-request-response-parameters.html",
    means="The paths that choose a queue answer 502.",
    plan_b=f"Let no client choose a queue at a REST API, or {_HTTP}",
)
def a_template_overrides_the_path(scene: Scene) -> str:
    """A template that sets `$context.requestOverride.path` chooses the queue."""
    api, body = scene.shared(rest_api), _body()
    answer = api.post(body, name="known")
    expect(answer.status == HTTPStatus.ACCEPTED, f"status {answer.status}: {answer.body[:80]}")
    api.inbox.message(body)
    return "the message is in the chosen queue"


@assumed(
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html",
    means="A path with an unknown priority answers 502 instead of 404.",
    plan_b="Name the code that was seen in modules/rest_api/templates.tf.",
)
def no_body_is_a_missing_parameter(scene: Scene) -> str:
    """SQS refuses SendMessage without MessageBody with the code MissingParameter."""
    answer = scene.shared(rest_api).post(_body(), name="unknown")
    expect(answer.status == HTTPStatus.BAD_GATEWAY, f"status {answer.status}")
    expect(answer.json().get("code") == "MissingParameter", answer.body[:80])
    return "MissingParameter"
