"""The hello function: `GET /hello` in, which code runs here and what has failed out."""

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

_COUNT = "ApproximateNumberOfMessages"


def handler(_event: Mapping[str, Any], _context: LambdaContext) -> dict[str, object]:
    """Greet with the environment's name, the SHA-256 of its zip and its dead-letter messages.

    `deadLetterMessages` is null where the queue cannot be read right now.
    """
    environment = os.environ["ENVIRONMENT"]
    greeting = {
        "message": f"Hello from {environment}",
        "environment": environment,
        "package": os.environ["PACKAGE"],
        "deadLetterMessages": _dead_letter_messages(os.environ["DLQ_URL"]),
    }
    return respond(200, greeting)


def _dead_letter_messages(url: str) -> int | None:
    """How many messages wait in the queue; SQS counts them approximately, up to a minute late."""
    try:
        with unavailable():
            answer = client("sqs", calls=1).get_queue_attributes(
                QueueUrl=url, AttributeNames=[_COUNT]
            )
    except Unavailable:
        return None
    return int(answer["Attributes"][_COUNT])
