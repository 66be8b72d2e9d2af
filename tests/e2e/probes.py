"""What works only with a grant: one probe per action, true while the grant is there."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import urlopen
from uuid import uuid4

from command_api.adapters.dynamodb.commands import DynamoDBCommands
from command_api.adapters.dynamodb.outbox import DynamoDBOutbox
from command_api.domain.model import Command, Failure, Status, Submission
from command_api.domain.submission import submitted
from tests.e2e.deliveries import allowed, deliver, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.environment import Environment

WORKER, STATUS, CANCEL = "worker", "status", "cancel"
SUBMIT, OUTBOX_RELAY = "submit", "outbox_relay"
ORDER = {"productId": "p-1", "quantity": 2, "customerEmail": "ann@example.com", "unitPrice": 9.5}
# Without waiting, and without keeping what was received from the worker.
AT_ONCE = {"WaitTimeSeconds": 0, "VisibilityTimeout": 0}
PURPOSE = "third-party-api-key"
INPUT = {"id": {"S": "input/probe/0"}}
LARGE: dict[str, Any] = {"type": "echo", "input": {"text": "x" * 300_000}}


def it_completes_a_command(environment: Environment) -> bool:
    """The worker claims and finishes."""
    return bool(deliver(environment, {"type": "echo"})["status"] == "COMPLETED")


def it_dead_letters(environment: Environment) -> bool:
    """A failed command's message, whose worker died before it could do so, is moved."""
    table, long_ago = environment.outputs["dynamodb_table_name"], _long_ago()
    waiting = Command(
        id=f"dead-{uuid4().hex}",
        type="echo",
        status=Status.PENDING,
        created_at=long_ago,
        updated_at=long_ago,
        message_id=uuid4().hex,
    )
    failure = Failure(code="temporary_failure", message="Try again.", retryable=True)
    failed = waiting.failed(failure, now=long_ago, purge_at=datetime.now(UTC) + timedelta(days=1))
    DynamoDBCommands(environment.client("dynamodb"), table, "expiresAt").record(failed)
    message_id = failed.message_id
    delivered = deliver(environment, {"type": "echo"}, of=failed.id, message_id=message_id)
    return bool(delivered["acknowledged"])


def it_keeps_a_large_result(environment: Environment) -> bool:
    """A result that is too large for the table goes to the bucket."""
    return bool(deliver(environment, LARGE)["status"] == "COMPLETED")


def it_hands_out_a_large_result(environment: Environment) -> bool:
    """The URL in the answer works with the rights of who signed it."""
    shown = environment.api.get(deliver(environment, LARGE)["id"]).json()
    try:
        with urlopen(shown["resultUrl"]) as answer:  # noqa: S310 - the local stack's own URL
            return bool(json.load(answer)["echo"] == LARGE["input"])
    except HTTPError:
        return False


def it_backs_off(environment: Environment) -> bool:
    """A failed attempt is followed by the next one long before the visibility timeout."""
    return settled(environment, environment.api.submit("demo", {"fail_attempts": 1}))


def it_reads_the_secret(environment: Environment) -> bool:
    """A handler's secret; asked with the worker's role, since the worker itself caches it."""
    secret = environment.outputs["secret_names"][PURPOSE]
    return allowed(environment, WORKER, "secretsmanager", "get_secret_value", SecretId=secret)


def it_tells_the_status(environment: Environment) -> bool:
    """The status function answers."""
    return environment.api.get("nobody-knows-it").status == 404


def it_cancels(environment: Environment) -> bool:
    """The cancel function takes a queued command back."""
    return environment.api.cancel(f"probe-{uuid4().hex}").status == 200


def it_takes_a_command(environment: Environment) -> bool:
    """The API puts a command into the queue."""
    return environment.api.post("{}").status == 202


def the_poller_may(operation: str, **arguments: Any) -> Callable[[Environment], bool]:
    """What Lambda's poller does with the worker's role; the emulator's own poller needs none."""

    def probe(environment: Environment) -> bool:
        queue = {"QueueUrl": environment.outputs["sqs_queue_url"]}
        return allowed(environment, WORKER, "sqs", operation, **queue, **arguments)

    return probe


def it_looks(environment: Environment) -> bool:
    """The worker reads whether a running command is to stop."""
    table = {"TableName": environment.outputs["dynamodb_table_name"]}
    return allowed(environment, WORKER, "dynamodb", "get_item", **table, Key={"id": {"S": "none"}})


def it_reads_a_state(environment: Environment) -> bool:
    """The worker reads what a slice has passed on, where it is too large for the table."""
    place = {"Bucket": environment.outputs["results_bucket_name"], "Key": "states/probe"}
    environment.client("s3").put_object(**place, Body=b"{}")
    return allowed(environment, WORKER, "s3", "get_object", **place)


def it_stores_an_order(environment: Environment) -> bool:
    """The example puts an order into its own table."""
    message = {"type": "process_order", "input": ORDER}
    return bool(deliver(environment, message)["status"] == "COMPLETED")


def it_imports_a_row(environment: Environment) -> bool:
    """The example writes the rows of a list together."""
    row = {
        "productId": "tea-250",
        "quantity": 2,
        "customerEmail": "ada@example.com",
        "unitPrice": 4.5,
    }
    ended = deliver(environment, {"type": "import_row", "input": row})
    return bool(ended["status"] == "COMPLETED")


def it_reports(environment: Environment) -> bool:
    """The example looks through the commands."""
    message = {"type": "generate_report", "input": {}}
    return bool(deliver(environment, message)["status"] == "COMPLETED")


def it_takes_a_checked_command(environment: Environment) -> bool:
    """Validated submission writes the command down and queues it."""
    endpoint = environment.api.endpoint.removesuffix("/commands")
    echoes = replace(environment.api, endpoint=f"{endpoint}/echoes")
    return echoes.request("POST", "", "{}").status == 202


def it_relays(environment: Environment) -> bool:
    """What an API wrote down and never sent is sent, and no longer looks unsent."""
    table = environment.outputs["dynamodb_table_name"]
    store = DynamoDBOutbox(environment.client("dynamodb"), table, "expiresAt")
    command_id, long_ago = f"left-{uuid4().hex}", _long_ago()
    # Too large for its command's item, so that it is read back from one of its own.
    work = {"text": "x" * 1000}
    left = Submission(id=command_id, type="echo", input=work, submitted_at=long_ago)
    store.store(submitted(left, until=long_ago + timedelta(seconds=15)))
    environment.client("lambda").invoke(
        FunctionName=environment.outputs["functions"][OUTBOX_RELAY]["name"], Payload="{}"
    )
    key = {"id": {"S": command_id}}
    item = environment.client("dynamodb").get_item(TableName=table, Key=key)["Item"]
    return settled(environment, command_id) and "outbox" not in item


def the_inputs_may_be(operation: str, **arguments: Any) -> Callable[[Environment], bool]:
    """What the submit function does with inputs that are too large for their command's item."""

    def probe(environment: Environment) -> bool:
        table = {"TableName": environment.outputs["dynamodb_table_name"]}
        return allowed(environment, SUBMIT, "dynamodb", operation, **table, **arguments)

    return probe


def _long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=10)


PROBES: dict[tuple[str, str], Callable[[Environment], bool]] = {
    (WORKER, "dynamodb:UpdateItem"): it_completes_a_command,
    (WORKER, "dynamodb:GetItem"): it_looks,
    (WORKER, "sqs:SendMessage"): it_dead_letters,
    (WORKER, "sqs:ChangeMessageVisibility"): it_backs_off,
    (WORKER, "sqs:ReceiveMessage"): the_poller_may("receive_message", **AT_ONCE),
    (WORKER, "sqs:GetQueueAttributes"): the_poller_may("get_queue_attributes"),
    (WORKER, "sqs:DeleteMessage"): the_poller_may("delete_message", ReceiptHandle="none"),
    (WORKER, "secretsmanager:GetSecretValue"): it_reads_the_secret,
    (WORKER, "s3:PutObject"): it_keeps_a_large_result,
    (WORKER, "s3:GetObject"): it_reads_a_state,
    (WORKER, "dynamodb:PutItem"): it_stores_an_order,
    (WORKER, "dynamodb:BatchWriteItem"): it_imports_a_row,
    (WORKER, "dynamodb:Scan"): it_reports,
    (SUBMIT, "dynamodb:UpdateItem"): it_takes_a_checked_command,
    (SUBMIT, "dynamodb:GetItem"): the_inputs_may_be("get_item", Key=INPUT),
    (SUBMIT, "dynamodb:PutItem"): the_inputs_may_be("put_item", Item=INPUT),
    (SUBMIT, "sqs:SendMessage"): it_takes_a_checked_command,
    (OUTBOX_RELAY, "dynamodb:Query"): it_relays,
    (OUTBOX_RELAY, "dynamodb:GetItem"): it_relays,
    (OUTBOX_RELAY, "dynamodb:UpdateItem"): it_relays,
    (OUTBOX_RELAY, "sqs:SendMessage"): it_relays,
    (STATUS, "dynamodb:GetItem"): it_tells_the_status,
    (STATUS, "s3:GetObject"): it_hands_out_a_large_result,
    (CANCEL, "dynamodb:UpdateItem"): it_cancels,
    ("api", "sqs:SendMessage"): it_takes_a_command,
}
