"""Commands that fail for good, and their way back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.live import eventually

if TYPE_CHECKING:
    from tests.environment import Environment

PURPOSE = "third-party-api-key"


def test_a_dead_letter_comes_back_to_life(environment: Environment) -> None:
    """A command that waits for its secret is dead-lettered, and a native redrive completes it.

    The redriven message has a new messageId; what ties it to its command is the attribute.
    """
    # Given: a command whose secret nobody has seeded yet
    before = environment.depth("sqs_dlq_url")
    command_id = environment.api.submit("drill", {"read_secret": PURPOSE})
    shown = environment.ended(command_id)
    assert (shown["status"], shown["attempts"]) == ("FAILED", 3)
    assert shown["error"]["code"] == "secret_unavailable"
    assert shown["error"]["retryable"] is True
    eventually(lambda: environment.depth("sqs_dlq_url") == before + 1)
    # By then nobody can take the redriven message for one that is as old as the failure.
    failed = datetime.fromisoformat(shown["updatedAt"])
    eventually(lambda: datetime.now(UTC) > failed + timedelta(seconds=2))
    # When: the secret is seeded and the queue redriven
    environment.client("secretsmanager").put_secret_value(
        SecretId=environment.outputs["secret_names"][PURPOSE], SecretString=json.dumps({"k": "v"})
    )
    environment.client("sqs").start_message_move_task(SourceArn=environment.outputs["sqs_dlq_arn"])
    # Then: the command completes with fresh attempts
    eventually(lambda: environment.api.get(command_id).json()["status"] == "COMPLETED")
    assert environment.api.get(command_id).json()["attempts"] == 1
    eventually(lambda: environment.depth("sqs_queue_url") == 0)


def test_the_dead_letter_keeps_the_command_id(environment: Environment) -> None:
    """Whoever looks into the dead-letter queue finds the command that a message belongs to."""
    command_id = environment.api.submit("drill", {"fail_attempts": 99})
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
