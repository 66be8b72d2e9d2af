"""The hello function, from the event to the answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from command_api.adapters.clients import client
from command_api.entrypoints import hello

if TYPE_CHECKING:
    from collections.abc import Iterator

QUEUE, DLQ = (
    f"https://sqs.us-east-1.amazonaws.com/123456789012/pr-7-{name}" for name in ("queue", "dlq")
)
COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
VARIABLES = {
    "ENVIRONMENT": "pr-7",
    "PACKAGE": "0a1b2c",
    "QUEUE_URL": QUEUE,
    "DLQ_URL": DLQ,
    "API_KEY": "hidden",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """SQS, which answers what a test says, and an environment that holds more than hello tells."""
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    with Stubber(client("sqs", calls=1)) as stub:
        yield stub
        stub.assert_no_pending_responses()


def holds(sqs: Stubber, url: str, waiting: int, in_flight: int) -> None:
    """Let the queue hold so many messages."""
    told = dict(zip(COUNTS, map(str, (waiting, in_flight)), strict=True))
    asked = {"QueueUrl": url, "AttributeNames": COUNTS}
    sqs.add_response("get_queue_attributes", {"Attributes": told}, asked)


def greeting() -> dict[str, object]:
    """The body of the answer, which is a 200."""
    answer = hello.handler({}, cast("Any", None))
    assert answer["statusCode"] == 200
    return cast("dict[str, object]", json.loads(str(answer["body"])))


def test_says_which_code_runs_here_what_waits_and_what_has_failed(sqs: Stubber) -> None:
    """The answer names the environment, its package, its queues' depth, and no other variable."""
    holds(sqs, QUEUE, 5, 3)
    holds(sqs, DLQ, 2, 1)

    assert greeting() == {
        "message": "Hello from pr-7",
        "environment": "pr-7",
        "package": "0a1b2c",
        "queue": {"waiting": 5, "inFlight": 3},
        "deadLetterMessages": 2,
    }


def test_a_queue_that_is_away_leaves_the_rest_of_the_answer(sqs: Stubber) -> None:
    """Given SQS in trouble, its numbers are null, and the page still learns which code runs."""
    sqs.add_client_error("get_queue_attributes", "InternalFailure", http_status_code=500)
    holds(sqs, DLQ, 0, 0)

    answer = greeting()

    assert answer["queue"] is None
    assert answer["deadLetterMessages"] == 0
    assert answer["package"] == "0a1b2c"


def test_a_missing_grant_is_an_error(sqs: Stubber) -> None:
    """What will not pass by itself is not shown as a queue that is away."""
    sqs.add_client_error("get_queue_attributes", "AccessDenied", http_status_code=403)

    with pytest.raises(ClientError, match="AccessDenied"):
        greeting()
