"""The REST API through Terraform: from a client's bytes to the queue, and what refuses them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from pytest_terraform import terraform

from tests.integration.rest_client import RestClient, echo_package, problem
from tests.live import eventually

if TYPE_CHECKING:
    from pytest_terraform.tf import TerraformTestApi

    from scripts.stack.stack import LocalStack

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


@pytest.fixture(scope="session", autouse=True)
def package(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The package of the function that answers with its event, where the root looks for it."""
    assert stack.current()
    os.environ.update({"TF_VAR_echo_package": str(echo_package(tmp_path_factory.mktemp("echo")))})


@pytest.fixture
def client(rest: TerraformTestApi, stack: LocalStack) -> RestClient:
    """The API with everything."""
    return RestClient(rest, stack.endpoint)


@pytest.fixture
def fifo(rest: TerraformTestApi, stack: LocalStack) -> RestClient:
    """The API in front of a FIFO queue, without keys and origins."""
    return RestClient(rest, stack.endpoint, "fifo")


@terraform("rest", scope="session")
def test_a_second_plan_changes_nothing(rest: TerraformTestApi) -> None:
    """Everything is read back as it was written."""
    work_dir = Path(rest.work_dir)
    command = ["terraform", "plan", "-detailed-exitcode", "-input=false", "-no-color"]
    result = subprocess.run(
        [*command, f"-state={work_dir.parent / 'terraform.tfstate'}"],
        cwd=Path(__file__).parent / "terraform" / "rest",
        env={**os.environ, "TF_DATA_DIR": str(work_dir)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr


@terraform("rest", scope="session")
@pytest.mark.parametrize("route", ["submit", "commands"])
@pytest.mark.parametrize("body", NASTY.values(), ids=NASTY)
def test_a_submission_is_queued_byte_for_byte(client: RestClient, route: str, body: bytes) -> None:
    """The body is the message, and the id is the same everywhere."""
    answer = client.send(f"POST /{route}", body, x_amzn_requestid="chosen-by-the-client")
    message = client.receive()

    document = json.loads(answer.text)
    job_id = document["id"]
    asked = {"submit": "status", "commands": "commands"}[route]
    assert answer.status == 202
    assert document == {"id": job_id, "status": "PENDING"}
    assert answer.headers["x-command-id"] == job_id
    assert answer.headers["location"] == f"{asked}/{job_id}"
    assert answer.headers["retry-after"] == "1"
    assert message["Body"].encode() == body
    identity = {"DataType": "String", "StringValue": job_id}
    assert message["MessageAttributes"] == {"command_id": identity}


@terraform("rest", scope="session")
@pytest.mark.parametrize("body", NASTY.values(), ids=NASTY)
def test_a_path_chooses_the_queue(client: RestClient, body: bytes) -> None:
    """The body is the message there, too, and the answer leads to the command."""
    answer = client.send("POST /priorities/high/commands", body)
    message = client.receive("high")

    document = json.loads(answer.text)
    assert (answer.status, document["status"]) == (202, "PENDING")
    assert answer.headers["location"] == f"../../commands/{document['id']}"
    assert message["Body"].encode() == body
    assert message["MessageAttributes"]["command_id"]["StringValue"] == document["id"]


@terraform("rest", scope="session")
@pytest.mark.parametrize(
    "name",
    ["low", "HIGH", "default", "integration-rest-high-queue", "%22high", "high%20", "$queue"],
)
def test_a_name_that_cannot_be_chosen_is_unknown(client: RestClient, name: str) -> None:
    """Nothing is sent, whatever it is; neither where no queue can be chosen."""
    answer = client.send(f"POST /priorities/{name}/commands", b"{}")

    assert (answer.status, problem(answer)["code"]) == (404, "unknown_path")


@terraform("rest", scope="session")
def test_without_such_queues_every_name_is_unknown(fifo: RestClient) -> None:
    """The path is there, because no deployment of a REST API takes one away."""
    answer = fifo.send("POST /priorities/high/commands", b"{}", x_message_group_id="g")

    assert (answer.status, problem(answer)["detail"]) == (404, "Unknown priority.")


@terraform("rest", scope="session")
def test_ids_fit_the_pattern_of_ids(client: RestClient) -> None:
    """Whatever letters the extended request id has, and clients cannot choose it."""
    ids = {json.loads(client.send("POST /submit", b"{}").text)["id"] for _ in range(40)}
    for _ in ids:
        client.receive()

    assert len(ids) == 40
    assert not {letter for one in ids for letter in one if letter in "+/"}


@terraform("rest", scope="session")
@pytest.mark.parametrize("body", [b"", b"x", b"[]", b'{"type":1}', b'{"input":[]}', b'{"id":"x"}'])
def test_a_body_of_another_shape_is_a_400(client: RestClient, body: bytes) -> None:
    """It does not reach the queue, and the answer says what would."""
    assert "JSON object" in problem(client.send("POST /submit", body))["detail"]


@terraform("rest", scope="session")
def test_refusals_are_problems(client: RestClient) -> None:
    """Each with its status."""
    large, huge = b'{"type":"%s"}' % (b"x" * 2**18), b"x" * (10 * 2**20 + 1)
    refused = {
        "a key is missing": (client.send("POST /submit", b"{}", x_api_key=""), 403),
        "a key is wrong": (client.send("GET /status/1", x_api_key="x" * 40), 403),
        "another type": (client.send("POST /submit", b"{}", content_type="text/plain"), 415),
        "no such route": (client.send("GET /nowhere"), 404),
        "too large for the queue": (client.send("POST /submit", large), 413),
        "too large for the gateway": (client.send("POST /submit", huge), 413),
        "no letters for SQS": (client.send("POST /submit", b'{"type":"\xef\xbf\xbf"}'), 400),
    }

    for name, (answer, status) in refused.items():
        assert problem(answer)["status"] == status, name


@terraform("rest", scope="session")
@pytest.mark.parametrize(
    ("route", "resource", "parameters"),
    [
        ("GET /status/a=b", "/status/{id}", {"id": "a=b"}),
        ("GET /commands/a.b", "/commands/{id}", {"id": "a.b"}),
        ("DELETE /commands/a", "/commands/{id}", {"id": "a"}),
        ("GET /openapi.json", "/openapi.json", None),
    ],
)
def test_functions_are_asked(
    client: RestClient, route: str, resource: str, parameters: dict[str, str] | None
) -> None:
    """Each route brings the function what it needs."""
    event = json.loads(client.send(route).text)

    assert event["resource"] == resource
    assert event["pathParameters"] == parameters
    assert event["httpMethod"] == route.partition(" ")[0]


@terraform("rest", scope="session")
@pytest.mark.parametrize("path", ["/submit", "/commands", "/status/1", "/commands/1"])
def test_named_pages_may_call(client: RestClient, path: str) -> None:
    """A preflight needs no key, and names the page that asks if it is one of ours."""
    known = client.send(f"OPTIONS {path}", origin="https://b.example", x_api_key="")
    other = client.send(f"OPTIONS {path}", origin="https://c.example", x_api_key="")

    assert known.status == other.status == 204
    assert known.headers["access-control-allow-origin"] == "https://b.example"
    assert "x-api-key" in known.headers["access-control-allow-headers"]
    assert "OPTIONS" in known.headers["access-control-allow-methods"]
    assert "access-control-allow-origin" not in other.headers


@terraform("rest", scope="session")
def test_named_pages_may_read_the_answer(client: RestClient) -> None:
    """The one with the id, and the one with the reason why not."""
    accepted = client.send("POST /submit", b"{}", Origin="https://a.example")
    refused = client.send("POST /submit", b"[]", Origin="https://a.example")
    client.receive()

    for answer in (accepted, refused):
        assert answer.headers["access-control-allow-origin"] == "https://a.example"
        assert "x-command-id" in answer.headers["access-control-expose-headers"]
        assert answer.headers["vary"] == "Origin"


@terraform("rest", scope="session")
@pytest.mark.parametrize("header", ["x-message-group-id", "X-Message-GROUP-Id"])
def test_a_fifo_queue_takes_the_clients_group(fifo: RestClient, header: str) -> None:
    """The group comes from a header in any case, as it is; the id tells repetitions."""
    answer = fifo.send("POST /submit", b"{}", **{header: "a&MessageBody=x"})
    message = fifo.receive()

    assert message["Body"] == "{}"
    assert message["Attributes"]["MessageGroupId"] == "a&MessageBody=x"
    assert message["Attributes"]["MessageDeduplicationId"] == answer.headers["x-command-id"]
    assert "access-control-allow-origin" not in answer.headers


@terraform("rest", scope="session")
def test_a_fifo_queue_needs_a_group(fifo: RestClient) -> None:
    """Without one it is the gateway's 400, which names the header."""
    assert "x-message-group-id" in problem(fifo.send("POST /submit", b"{}"))["detail"]


@terraform("rest", scope="session")
def test_requests_are_logged_without_bodies(client: RestClient) -> None:
    """One line of JSON each."""
    answer = client.send("GET /status/1")
    wanted = answer.headers["x-amz-apigw-id"]
    logs = boto3.client("logs")

    def logged() -> dict[str, Any] | None:
        events = logs.filter_log_events(logGroupName=client.outputs["log_group_name"])["events"]
        lines = [json.loads(event["message"]) for event in events]
        return next((line for line in lines if line["extendedRequestId"] == wanted), None)

    line = eventually(logged)
    assert (line["status"], line["resourcePath"]) == ("200", "/status/{id}")
    assert line["apiKeyId"] == client.outputs["api_key_id"]
