"""Commands that fail for good, and their way back."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.live import eventually

if TYPE_CHECKING:
    from tests.environment import Environment

PURPOSE = "third-party-api-key"


def test_what_waits_for_a_secret_waits_and_what_has_failed_is_redriven(
    environment: Environment,
) -> None:
    """A secret that is away costs no attempt; SQS's own redrive returns the message.

    The redriven message has a new messageId; what ties it to its command is the attribute.
    """
    # Given: a command that waits for a secret which nobody has seeded yet, and one that fails
    before = environment.depth("sqs_dlq_url")
    waits = environment.api.submit("demo", {"read_secret": PURPOSE})
    fails = environment.api.submit("demo", {"need_secret": PURPOSE})
    shown = environment.ended(fails)
    assert (shown["status"], shown["attempts"]) == ("FAILED", 3)
    assert (shown["error"]["code"], shown["error"]["retryable"]) == ("demo_failed", True)
    eventually(lambda: environment.depth("sqs_dlq_url") == before + 1)
    shown = environment.api.get(waits).json()
    assert (shown["status"], shown["attempts"]) in {("PENDING", 0), ("PROCESSING", 1)}
    # When: the secret is seeded and the queue redriven
    environment.client("secretsmanager").put_secret_value(
        SecretId=environment.outputs["secret_names"][PURPOSE], SecretString=json.dumps({"k": "v"})
    )
    # A message that the worker has moved does not know which queue it came from.
    environment.client("sqs").start_message_move_task(
        SourceArn=environment.outputs["sqs_dlq_arn"],
        DestinationArn=environment.outputs["sqs_queue_arn"],
    )
    # Then: both complete, the one at its first attempt, the other with fresh ones
    for command_id in (waits, fails):
        assert eventually(partial(_completed, environment, command_id))["attempts"] == 1
    eventually(lambda: environment.depth("sqs_queue_url") == 0)


def _completed(environment: Environment, command_id: str) -> dict[str, Any] | None:
    shown: dict[str, Any] = environment.api.get(command_id).json()
    return shown if shown["status"] == "COMPLETED" else None


def test_the_dead_letter_keeps_the_command_id(environment: Environment) -> None:
    """Whoever looks into the dead-letter queue finds the command that a message belongs to."""
    command_id = environment.api.submit("demo", {"fail_attempts": 99})
    assert environment.ended(command_id)["status"] == "FAILED"
    sqs, url = environment.client("sqs"), environment.outputs["sqs_dlq_url"]

    def ids() -> set[str]:
        answer = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, MessageAttributeNames=["All"]
        )
        return {
            message["MessageAttributes"]["command_id"]["StringValue"]
            for message in answer.get("Messages", [])
        }

    eventually(lambda: command_id in ids())
