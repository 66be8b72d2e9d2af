"""The hello function: `GET /hello` in, which code runs here, what waits and what has failed out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from command_api.adapters.availability import unavailable
from command_api.adapters.clients import client
from command_api.domain.errors import Unavailable
from command_api.http.responses import respond

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

_WAITING = "ApproximateNumberOfMessages"
_IN_FLIGHT = "ApproximateNumberOfMessagesNotVisible"


def handler(_event: Mapping[str, Any], _context: LambdaContext) -> dict[str, object]:
    """Greet with the environment's name, the SHA-256 of its zip, and the depth of its queues.

    `queue` has `waiting` and `inFlight`, without messages that a delay hides. It is null where SQS
    does not answer right now, and so is `deadLetterMessages`.
    """
    environment = os.environ["ENVIRONMENT"]
    queue, dlq = _depth(os.environ["QUEUE_URL"]), _depth(os.environ["DLQ_URL"])
    greeting = {
        "message": f"Hello from {environment}",
        "environment": environment,
        "package": os.environ["PACKAGE"],
        "queue": queue,
        "deadLetterMessages": dlq and dlq["waiting"],
    }
    return respond(200, greeting)


def _depth(url: str) -> dict[str, int] | None:
    """Messages of a queue; SQS counts them approximately, up to a minute late."""
    try:
        with unavailable():
            answer = client("sqs", calls=1).get_queue_attributes(
                QueueUrl=url, AttributeNames=[_WAITING, _IN_FLIGHT]
            )
    except Unavailable:
        return None
    found = answer["Attributes"]
    return {"waiting": int(found[_WAITING]), "inFlight": int(found[_IN_FLIGHT])}
