"""`summarize_import`: it adds up what the commands of a batch have stored, and names the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from command_api import Rejected
from command_api.adapters.dynamodb.commands import DynamoDBCommands
from command_api.domain.model import Failure
from handlers import summarize_import
from tests.builders import LATER, NOW, command
from tests.unit.handlers.test_process_order import orders

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api import JSON
    from tests.unit.attempts import Attempts

__all__ = ["orders"]
BROKEN = Failure(code="worker_lost", message="The worker was lost.", retryable=True)


@pytest.fixture
def record(
    aws: Callable[..., Any], orders: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """Write a command of the batch as the worker leaves it: completed, or failed without result."""
    assert orders() == []
    monkeypatch.setenv("TABLE_NAME", "commands")
    monkeypatch.setenv("TTL_ATTRIBUTE", "expiresAt")
    store = DynamoDBCommands(aws("dynamodb"), "commands", "expiresAt")

    def write(place: int, result: JSON = None, owner: str = "") -> None:
        begun = command(id=f"key-1.{place}", batch="key-1", owner=owner)
        if result is None:
            store.record(begun.failed(BROKEN, now=NOW, purge_at=LATER))
        else:
            store.record(begun.completed(result, now=NOW, purge_at=LATER))

    return write


def summary(attempt: Attempts, commands: int, **changes: Any) -> Any:
    """What the command that follows the batch comes to."""
    asked: dict[str, JSON] = {"commands": commands, "linesPerCommand": 100}
    return summarize_import.handle(asked, attempt(id="key-1.then", **changes))


@pytest.mark.parametrize("command_id", ["c-1", "key-1.0", "then"])
def test_a_command_that_follows_no_batch_is_rejected(attempt: Attempts, command_id: str) -> None:
    """Its id names no batch, and trying again would not change that."""
    with pytest.raises(Rejected) as refusal:
        summarize_import.handle({"commands": 1}, attempt(id=command_id))
    assert refusal.value.code == "not_after_a_batch"


def test_commands_of_another_owner_are_not_read(
    attempt: Attempts, record: Callable[..., None]
) -> None:
    """Whatever id the command has."""
    record(0, {"stored": 1, "refused": []}, owner="bob")
    with pytest.raises(Rejected) as refusal:
        summary(attempt, 1, owner="ann")
    assert refusal.value.code == "not_your_batch"


def test_what_failed_or_was_never_stored_is_named(
    attempt: Attempts, record: Callable[..., None]
) -> None:
    """By its id, to be redriven, and by the first line that it holds."""
    record(0, {"stored": 100, "refused": []})
    record(1)
    record(2, {"echo": {}})
    assert summary(attempt, 4) == {
        "stored": 100,
        "refused": 0,
        "failedCommands": 3,
        "refusedLines": [],
        "failed": [
            {"id": "key-1.1", "firstLine": 101},
            {"id": "key-1.2", "firstLine": 201},
            {"id": "key-1.3", "firstLine": 301},
        ],
    }


def test_refused_lines_are_counted_as_an_editor_counts_them(
    attempt: Attempts, record: Callable[..., None]
) -> None:
    """From 1, over all commands."""
    record(0, {"stored": 99, "refused": [{"place": 0, "code": "bad_price"}]})
    record(1, {"stored": 49, "refused": [{"place": 16, "code": "bad_address"}]})
    found = summary(attempt, 2)
    assert (found["stored"], found["refused"], found["failedCommands"]) == (148, 2, 0)
    assert found["refusedLines"] == [
        {"line": 1, "code": "bad_price"},
        {"line": 117, "code": "bad_address"},
    ]


def test_a_long_list_of_refusals_is_cut_and_counted(
    attempt: Attempts, record: Callable[..., None]
) -> None:
    """A result has its limit; the number does not."""
    record(0, {"stored": 0, "refused": [{"place": n, "code": "bad_price"} for n in range(250)]})
    found = summary(attempt, 1)
    assert found["refused"] == 250
    assert len(found["refusedLines"]) == summarize_import.MOST_NAMED
