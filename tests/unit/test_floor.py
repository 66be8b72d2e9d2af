"""What a plain command costs: two writes of the worker, two more of a door, and no reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from command_api.adapters.dynamodb import DynamoDBCommands
from command_api.adapters.dynamodb_submissions import DynamoDBSubmissions
from command_api.adapters.item import attributes
from command_api.adapters.results import LargeResults
from command_api.adapters.s3 import S3Results
from command_api.domain.model import Status, Unsent
from tests.builders import LATER, NOW, attempt, command, fail, submission


@dataclass
class Recorder:
    """A DynamoDB client that notes the calls, and answers a claim."""

    calls: list[str] = field(default_factory=list)

    def __getattr__(self, operation: str) -> Any:
        """Note the operation."""

        def call(**_: Any) -> dict[str, Any]:
            self.calls.append(operation)
            return {"Attributes": {"id": {"S": "c-1"}, **attributes(command(), "expiresAt")}}

        return call


def test_a_command_that_succeeds_at_once_costs_two_writes() -> None:
    """One to claim, one to finish; S3 has not even a client."""
    client = Recorder()
    results = S3Results(lambda: fail(AssertionError("no client")), "results")
    store = LargeResults(DynamoDBCommands(client, "commands", "expiresAt"), results)
    claimed = store.claim(submission(), attempt()).command
    store.finish(claimed.completed({"ok": True}, now=LATER, purge_at=LATER), "t-1")
    assert client.calls == ["update_item", "update_item"]


def test_a_door_adds_two_writes() -> None:
    """One to store, one to note that it was sent; the index goes along."""
    client = Recorder()
    door = DynamoDBSubmissions(client, "commands", "expiresAt")
    new = command(Status.PENDING, attempts=0, unsent=Unsent(NOW, LATER))
    assert door.store(new) is None
    door.sent(new)
    assert client.calls == ["update_item", "update_item"]
