"""HTTP APIs that send to SQS without a function: the direct submission."""

from __future__ import annotations

import re
import time
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING

from scripts.framework import model
from scripts.prove.assumption import assumed, expect
from scripts.prove.gateways import ID_TEMPLATE, created_role, grant, http_api
from scripts.prove.proxies import expect_token, token_function
from scripts.prove.scene import PROPAGATION_SECONDS

if TYPE_CHECKING:
    from scripts.prove.scene import Scene

_GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide"
_MAPPING = f"{_GUIDE}/http-api-parameter-mapping.html"
_SERVICES = f"{_GUIDE}/http-api-develop-integrations-aws-services-reference.html"
_VALIDATED = 'api.submission = "validated": a function accepts commands.'
_DOCUMENTED = "Behaves as documented; AWS's own behaviour is not shown."
_RESULT = re.compile(r'<MessageId>[\w-]+</MessageId>|"MessageId"\s*:')


def _body() -> str:
    return f'{{"type": "prove", "input": "{uuid.uuid4()}"}}'


@assumed(
    _SERVICES,
    means="Commands carry no id, and clients cannot find theirs.",
    plan_b=_VALIDATED,
    local=_DOCUMENTED,
)
def mapping_sets_message_attribute(scene: Scene) -> str:
    """`${context.requestId}` inside the JSON of MessageAttributes becomes the attribute's value."""
    api, body = scene.shared(http_api), _body()
    api.request("POST", "/commands", body)
    seen = api.inbox.attributes(body).get("command_id", "")
    expect(model.ID_PATTERN.fullmatch(seen), f"command_id {seen!r}")
    return f"command_id {seen}"


@assumed(
    _MAPPING,
    means="Clients get 200 instead of 202, which every client of this repository refuses.",
    plan_b=_VALIDATED,
    local=_DOCUMENTED,
)
def status_can_be_overridden(scene: Scene) -> str:
    """`overwrite:statuscode` works on an SQS integration."""
    status = scene.shared(http_api).request("POST", "/commands", _body()).status
    expect(status == HTTPStatus.ACCEPTED, f"status {status}")
    return "status 202"


@assumed(
    _MAPPING,
    means="Clients are not told the id of their command.",
    plan_b=_VALIDATED,
    local=_DOCUMENTED,
)
def header_tells_the_id(scene: Scene) -> str:
    """`append:header` on an SQS integration shows the same id that the message carries."""
    api, body = scene.shared(http_api), _body()
    told = api.request("POST", "/commands", body).headers.get("x-command-id")
    seen = api.inbox.attributes(body).get("command_id")
    expect(told and told == seen, f"header {told}, message {seen}")
    return f"both {told}"


@assumed(
    _SERVICES,
    means="Clients that read SQS's answer need another parser.",
    plan_b="None needed: the id is in the header x-command-id.",
    local="Answers in XML; AWS does not document the format.",
)
def answer_is_that_of_sqs(scene: Scene) -> str:
    """The body of an accepted command is SQS's own answer, in XML or JSON."""
    answer = scene.shared(http_api).request("POST", "/commands", _body())
    expect(_RESULT.search(answer.body), f"no MessageId in {answer.body[:80]!r}")
    kind = "XML" if answer.body.lstrip().startswith("<") else "JSON"
    return f"{kind}, {answer.headers.get('content-type')}"


@assumed(
    f"{_GUIDE}/http-api-logging-variables.html",
    means="The worker refuses the ids of the API as malformed.",
    plan_b=_VALIDATED,
    local="Draws ids of the same form.",
)
def request_id_is_a_command_id(scene: Scene) -> str:
    """`$context.requestId` has only characters that a command's id may have, on every request."""
    api = scene.shared(http_api)
    answers = [api.request("POST", "/commands", _body()) for _ in range(5)]
    ids = [answer.headers.get("x-command-id", "") for answer in answers]
    odd = [one for one in ids if not model.ID_PATTERN.fullmatch(one)]
    expect(not odd, f"ids {odd}")
    expect(len(set(ids)) == len(ids), "an id was drawn twice")
    return f"like {ids[0]}"


@assumed(
    _SERVICES,
    means="Empty commands are accepted, and the worker fails them.",
    plan_b=_VALIDATED,
    local=_DOCUMENTED,
)
def empty_body_is_refused(scene: Scene) -> str:
    """A request without a body is answered 400, and nothing is sent."""
    status = scene.shared(http_api).request("POST", "/commands", "").status
    expect(status == HTTPStatus.BAD_REQUEST, f"status {status}")
    return "status 400"


@assumed(
    f"{_GUIDE}/http-api-develop-routes.html",
    means="Ids with a colon or another escaped character are stored in their escaped form.",
    plan_b="Let clients choose ids of letters, digits, `-` and `_` only.",
    local=_DOCUMENTED,
)
def path_parameter_is_decoded(scene: Scene) -> str:
    """`$request.path.id` is the decoded value of the path parameter."""
    api, body, key = scene.shared(http_api), _body(), uuid.uuid4().hex
    api.request("PUT", f"/commands/{key}%3A1", body)
    seen = api.inbox.attributes(body).get("command_id")
    expect(seen == f"{key}:1", f"command_id {seen}")
    return "%3A arrives as a colon"


@assumed(
    _MAPPING,
    means="AWS escapes or refuses the quotation mark: no attribute can be forged at all.",
    plan_b="None needed: the worker checks every id, and `PUT` is off where commands have owners.",
    local="Inserts unchanged, the dangerous reading; AWS does not document it.",
)
def client_value_is_not_escaped(scene: Scene) -> str:
    """A quotation mark of a path parameter reaches the JSON of MessageAttributes unescaped."""
    api, body = scene.shared(http_api), _body()
    forged = "x%22%7D%2C%22forged%22%3A%7B%22DataType%22%3A%22String%22%2C%22StringValue%22%3A%22y"
    status = api.request("PUT", f"/commands/{forged}", body).status
    expect(status < HTTPStatus.BAD_REQUEST, f"status {status}")
    names = sorted(api.inbox.attributes(body))
    expect("forged" in names, f"attributes {names}")
    return f"attributes {names}"


@assumed(
    f"{_GUIDE}/http-api-develop-routes.html",
    means="The batch path cannot be created, and the apply of a validated API fails.",
    plan_b='api.submission = "direct", or rename the route in modules/http_api.',
    local="Accepts the colon; not compared with AWS.",
)
def route_key_takes_a_colon(scene: Scene) -> str:
    """`POST /commands:batch` is a valid route key and is matched."""
    api, body = scene.shared(http_api), _body()
    api.route("POST /commands:batch", api.integration(ID_TEMPLATE))
    accepted = scene.until(
        lambda: api.request("POST", "/commands:batch", body).status == HTTPStatus.ACCEPTED,
        "the route answers 202",
    )
    expect(accepted, "not matched")
    return "created and matched"


@assumed(
    _MAPPING,
    means="A FIFO command without a group is accepted and put into a group of its own or none.",
    plan_b=_VALIDATED,
    local="Answers 400, as one published log does; not documented.",
)
def missing_header_is_refused(scene: Scene) -> str:
    """A required parameter mapped from an absent header is answered 400."""
    api = scene.shared(http_api)
    api.route("POST /absent", api.integration(ID_TEMPLATE, MessageBody="$request.header.x-absent"))
    answer = scene.until(
        lambda: _found(api.request("POST", "/absent", _body()).status), "the route is deployed"
    )
    expect(answer == HTTPStatus.BAD_REQUEST, f"status {answer}")
    return "status 400"


def _found(status: int) -> int | None:
    return None if status == HTTPStatus.NOT_FOUND else status


@assumed(
    _SERVICES,
    means="Clients cannot tell a body that is too large from an outage.",
    plan_b=_VALIDATED,
    local=_DOCUMENTED,
)
def large_body_is_a_client_error(scene: Scene) -> str:
    """A body that SQS refuses as too large is answered 4xx."""
    status = scene.shared(http_api).request("POST", "/commands", "x" * 1_100_000).status
    client_error = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    expect(client_error, f"status {status}")
    return f"status {status}"


@assumed(
    "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html",
    means="Two routes could share a key; which one answers would be undefined.",
    plan_b="None needed: the module has one address for each route key.",
)
def second_route_is_refused(scene: Scene) -> str:
    """A second route with the same key is a 409 ConflictException."""
    api = scene.shared(http_api)
    seen = scene.refusal(
        scene.client("apigatewayv2").create_route, ApiId=api.id, RouteKey="POST /commands"
    )
    expect("Conflict" in seen, seen)
    return seen


@assumed(
    "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/"
    "apis-apiid-integrations-integrationid.html",
    means="An integration can go before its route, which then answers 500.",
    plan_b="None needed: Terraform moves the route first.",
)
def used_integration_stays(scene: Scene) -> str:
    """Deleting an integration that a route uses is a 409 ConflictException."""
    api = scene.shared(http_api)
    integration = api.integration(ID_TEMPLATE)
    api.route("POST /used", integration)
    seen = scene.refusal(
        scene.client("apigatewayv2").delete_integration, ApiId=api.id, IntegrationId=integration
    )
    expect("Conflict" in seen, seen)
    return seen


@assumed(
    f"{_GUIDE}/http-api-develop-integrations-aws-services.html",
    means="The role could be held to one API by a condition, which would be safer.",
    plan_b="None needed; report it as an issue.",
    local="Refuses every role with such a condition.",
)
def role_has_no_source_account(scene: Scene) -> str:
    """API Gateway assumes an integration's role without `aws:SourceAccount`."""
    api = scene.shared(http_api)
    account = {"StringEquals": {"aws:SourceAccount": api.sender.queue_arn.split(":")[4]}}
    name, role = created_role(scene, {"Service": "apigateway.amazonaws.com"}, account)
    grant(scene, name, "sqs:SendMessage", api.sender.queue_arn)
    api.route("POST /conditional", api.integration(ID_TEMPLATE, role))
    # A role that is not known yet is refused, too.
    end = time.monotonic() + (1 if scene.local else PROPAGATION_SECONDS)
    status = HTTPStatus.NOT_FOUND
    while time.monotonic() < end and status != HTTPStatus.ACCEPTED:
        status = HTTPStatus(api.request("POST", "/conditional", _body()).status)
        scene.pause(0.3)
    expect(status >= HTTPStatus.INTERNAL_SERVER_ERROR, f"status {status}")
    return f"status {status.value} with the condition"


@assumed(
    f"{_GUIDE}/http-api-develop-integrations-lambda.html",
    means="Nobody can report on a command that was handed over.",
    plan_b="api.outcomes = false: handlers continue until the work is done.",
)
def open_route_passes_the_token_on(scene: Scene) -> str:
    """A route without an authorizer passes `Authorization: Bearer …` on to its function."""
    api, client = scene.shared(http_api), scene.client("apigatewayv2")
    integration = client.create_integration(
        ApiId=api.id,
        IntegrationType="AWS_PROXY",
        IntegrationUri=scene.shared(token_function),
        PayloadFormatVersion="2.0",
    )
    api.route("POST /outcome", integration["IntegrationId"])
    return expect_token(scene, f"{api.endpoint}/outcome")
