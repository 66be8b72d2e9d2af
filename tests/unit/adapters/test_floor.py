"""What a command costs: two writes of the worker, two more of validation, and no reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from command_api.adapters.dynamodb.commands import DynamoDBCommands
from command_api.adapters.dynamodb.item import attributes
from command_api.adapters.dynamodb.outbox import DynamoDBOutbox
from command_api.adapters.s3 import LargeResults, S3Results
from command_api.domain.model import PendingEntry, Status
from tests.builders import LATER, NOW, WAITS_UNTIL, attempt, command, fail, submission

ITEM = {"id": {"S": "c-1"}, **attributes(command(), "expiresAt")}


@dataclass
class Recorder:
    """A DynamoDB client that notes the calls, and answers a claim; `found` is what a read finds."""

    calls: list[str] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    found: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, operation: str) -> Any:
        """Note the operation."""

        def call(**named: Any) -> dict[str, Any]:
            self.calls.append(operation)
            self.asked.append(named)
            return self.found if operation == "get_item" else {"Attributes": ITEM}

        return call


def test_a_command_that_succeeds_at_once_costs_two_writes() -> None:
    """One to claim, one to finish; S3 has not even a client."""
    client = Recorder()
    results = S3Results(lambda: fail(AssertionError("no client")), "results")
    store = LargeResults(DynamoDBCommands(client, "commands", "expiresAt"), results)
    claimed = store.claim(submission(), attempt()).command
    store.finish(claimed.completed({"ok": True}, now=LATER, purge_at=LATER), "t-1")
    assert client.calls == ["update_item", "update_item"]


def test_validated_submission_adds_two_writes() -> None:
    """One to store, one to note that it was sent; the index goes along."""
    client = Recorder()
    outbox = DynamoDBOutbox(client, "commands", "expiresAt")
    new = command(
        Status.PENDING, attempts=0, pending_entry=PendingEntry(NOW, LATER, {"text": "x" * 200})
    )
    assert outbox.store(new) is None
    outbox.sent(new, waits_until=WAITS_UNTIL)
    assert client.calls == ["update_item", "update_item"]


def test_a_large_input_is_written_once() -> None:
    """First, so that what is stored can be sent; no other write has it in it."""
    client = Recorder()
    outbox = DynamoDBOutbox(client, "commands", "expiresAt")
    large = {"text": "x" * 16_000}
    new = command(Status.PENDING, attempts=0, pending_entry=PendingEntry(NOW, LATER, large))
    outbox.store(new)
    outbox.sent(new, waits_until=WAITS_UNTIL)
    store = DynamoDBCommands(client, "commands", "expiresAt")
    claimed = store.claim(submission(input=large), attempt()).command
    store.finish(claimed.completed({"ok": True}, now=LATER, purge_at=LATER), "t-1")
    assert client.calls == ["put_item", *["update_item"] * 4]
    assert ["x" * 16_000 in str(one) for one in client.asked] == [True, *[False] * 4]


def test_a_read_that_finds_something_costs_half_a_unit() -> None:
    """Whoever polls reads eventually, once."""
    client = Recorder(found={"Item": ITEM})
    assert DynamoDBCommands(client, "commands", "expiresAt").get("c-1") == command()
    assert [one["ConsistentRead"] for one in client.asked] == [False]


def test_a_read_that_finds_nothing_is_made_again() -> None:
    """A client that was just told of a command must not be told that there is none."""
    client = Recorder()
    assert DynamoDBCommands(client, "commands", "expiresAt").get("c-1") is None
    assert [one["ConsistentRead"] for one in client.asked] == [False, True]


def test_a_command_that_a_read_is_behind_with_is_found() -> None:
    """The second look sees every write that was answered before."""

    class Behind(Recorder):
        def get_item(self, **named: Any) -> dict[str, Any]:
            return {"Item": ITEM} if named["ConsistentRead"] else {}

    assert DynamoDBCommands(Behind(), "commands", "expiresAt").get("c-1") == command()
