"""What belongs to a stage: access logs, throttling, variables, names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

from tests.polling import eventually

if TYPE_CHECKING:
    from tests.aws import Aws

FORMAT = json.dumps(
    {
        "id": "$context.requestId",
        "route": "$context.routeKey",
        "status": "$context.status",
        "stage": "$context.stage",
        "error": "$context.integrationErrorMessage",
        "nothing": "$context.authorizer.claims.sub",
    }
)


def test_a_burst_above_the_limit_is_throttled(aws: Aws) -> None:
    """The bucket holds `burst` tokens and is refilled with `rate`."""
    limits = {"ThrottlingBurstLimit": 2, "ThrottlingRateLimit": 0.001}
    api = aws.api(aws.queue(), stage={"DefaultRouteSettings": limits})

    statuses = [api.post().status for _ in range(3)]

    assert statuses == [200, 200, 429]


def test_a_routes_own_limit_wins(aws: Aws) -> None:
    """Route settings override the stage's defaults."""
    stage = {
        "DefaultRouteSettings": {"ThrottlingBurstLimit": 0, "ThrottlingRateLimit": 0.001},
        "RouteSettings": {"POST /commands": {"ThrottlingBurstLimit": 5}},
    }

    assert aws.api(aws.queue(), stage=stage).post().status == 200


def test_every_request_is_logged_without_its_input(aws: Aws) -> None:
    """One line in the stage's format for good and bad requests; bodies are in none of them."""
    group = f"/test/{uuid4().hex}"
    aws.client("logs").create_log_group(logGroupName=group)
    settings = {
        "DestinationArn": f"arn:aws:logs:us-east-1:000000000000:log-group:{group}",
        "Format": FORMAT,
    }
    api = aws.api(aws.queue(), stage={"AccessLogSettings": settings})

    good = api.post(b"my secret input")
    api.post(None)
    api.post(b"my secret input", path="/elsewhere")

    lines = eventually(lambda: found if len(found := aws.log_lines(group)) == 3 else None)
    assert "secret" not in "".join(lines)
    logged = {entry["status"]: entry for entry in map(json.loads, lines)}
    assert logged["200"] == {
        "id": good.headers["apigw-requestid"],
        "route": "POST /commands",
        "status": "200",
        "stage": "$default",
        "error": "-",
        "nothing": "-",
    }
    assert "Unable to resolve property MessageBody" in logged["400"]["error"]
    assert logged["404"]["route"] == "-"


def test_a_named_stage_is_the_first_segment_of_the_path(aws: Aws) -> None:
    """`$request.path` is the path without the stage; stage variables belong to their stage."""
    queue = aws.queue()
    attributes = json.dumps(
        {
            "path": {"DataType": "String", "StringValue": "${request.path}"},
            "colour": {"DataType": "String", "StringValue": "${stageVariables.colour}"},
        }
    )
    api = aws.api(
        queue,
        parameters={"MessageBody": "$request.body", "MessageAttributes": attributes},
        stage={"StageName": "blue", "StageVariables": {"colour": "blue"}},
    )

    assert api.post(path="/commands").status == 404
    assert api.post(path="/blue/commands").status == 200

    received = aws.receive(queue)["MessageAttributes"]
    assert received["path"]["StringValue"] == "/commands"
    assert received["colour"]["StringValue"] == "blue"
