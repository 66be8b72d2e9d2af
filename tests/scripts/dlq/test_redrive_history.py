"""`redrive` notes what a command failed with before the worker forgets it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from command_api.domain.model import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.scripts.dlq.world import Result, World

    Run = Callable[..., Result]

APPLY = ("redrive", "--apply", "--type", "echo")


def test_the_failure_stays_in_the_record(world: World, run: Run) -> None:
    """As a note that changes neither status nor time; the next failure gets one of its own."""
    world.both("c-1")
    before = world.item("c-1")
    assert run(*APPLY).code == 0
    after = world.item("c-1")
    notes = [json.loads(one) for one in after.pop("failures")["SS"]]
    assert after == before
    assert notes == [
        {
            "at": before["updatedAt"]["S"],
            "code": "drill_failed",
            "message": "Try again.",
            "attempts": 3,
        }
    ]
    world.letter("c-1")
    assert run(*APPLY).code == 0
    assert len(world.item("c-1")["failures"]["SS"]) == 1
    world.letter("c-1")
    world.dynamodb.real.update_item(
        TableName="commands",
        Key={"id": {"S": "c-1"}},
        UpdateExpression="SET updatedAt = :later",
        ExpressionAttributeValues={":later": {"S": "2030-01-01T00:00:00.000Z"}},
    )
    assert run(*APPLY).code == 0
    assert len(world.item("c-1")["failures"]["SS"]) == 2


def test_notes_come_to_an_end(world: World, run: Run) -> None:
    """A command that fails for ever does not fill its record."""
    world.both("c-1")
    world.dynamodb.real.update_item(
        TableName="commands",
        Key={"id": {"S": "c-1"}},
        UpdateExpression="SET failures = :many",
        ExpressionAttributeValues={":many": {"SS": [f'{{"n": {n}}}' for n in range(20)]}},
    )
    assert run(*APPLY).code == 0
    assert len(world.item("c-1")["failures"]["SS"]) == 20
    assert world.sent() == ["c-1"]


def test_a_command_that_moved_on_gets_no_note(world: World, run: Run) -> None:
    """The note is for the failure that was seen, and a record is never made by it."""
    world.both("c-1", "c-2")

    def meanwhile(real: Any, arguments: dict[str, Any]) -> Any:
        answer = real(**arguments)
        world.record("c-1", Status.COMPLETED)
        world.dynamodb.real.delete_item(TableName="commands", Key={"id": {"S": "c-2"}})
        return answer

    world.dynamodb.steps["batch_get_item"] = [meanwhile]
    assert run(*APPLY).code == 0
    assert "failures" not in world.item("c-1")
    found = world.dynamodb.real.get_item(TableName="commands", Key={"id": {"S": "c-2"}})
    assert "Item" not in found


def test_no_history_writes_nothing(world: World, run: Run) -> None:
    """For whoever may not write the table."""
    world.both("c-1")
    assert run(*APPLY, "--no-history").code == 0
    assert world.dynamodb.names() == ["batch_get_item"]
    assert world.sent() == ["c-1"]
