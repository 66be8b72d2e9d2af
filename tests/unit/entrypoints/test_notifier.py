"""The notifier, as Lambda calls it with records of the table's stream."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from command_api.adapters.dynamodb.item import attributes, text
from command_api.domain.model import Status
from tests.builders import FUNCTION_ENVIRONMENT, LATER, NOW, command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from command_api.domain.ending import Change
    from command_api.domain.model import Command

RUNNING = command(Status.PROCESSING)
ENDED = RUNNING.completed(7, now=NOW, purge_at=LATER)


@pytest.fixture
def notifier(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as a cold start leaves it."""
    for name, value in FUNCTION_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return importlib.reload(importlib.import_module("command_api.entrypoints.notifier"))


def image(one: Command) -> dict[str, Any]:
    """The command as the stream shows it."""
    return {"id": text(one.id), **attributes(one, "expiresAt")}


def record(number: int, **images: Any) -> dict[str, Any]:
    """A record of the stream."""
    keys = {"id": text(f"c-{number}")}
    return {"dynamodb": {"SequenceNumber": f"{number}00", "Keys": keys, **images}}


def ended(number: int) -> dict[str, Any]:
    """The record of an ending."""
    before, after = replace(RUNNING, id=f"c-{number}"), replace(ENDED, id=f"c-{number}")
    return record(number, OldImage=image(before), NewImage=image(after))


def told_by(
    notifier: ModuleType, monkeypatch: pytest.MonkeyPatch, again: slice = slice(0)
) -> list[Change]:
    """What is told, of which so much must come again."""
    told: list[Change] = []

    def notify(changes: Sequence[Change]) -> Sequence[Change]:
        told.extend(changes)
        return changes[again]

    monkeypatch.setattr(notifier, "notify", notify)
    return told


def test_what_must_come_again_is_named(
    notifier: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its sequence number, from which on Lambda delivers again."""
    told = told_by(notifier, monkeypatch, slice(1, 2))
    answer = notifier.handler({"Records": [ended(1), ended(2), ended(3)]}, None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "200"}]}
    assert [(it.before and it.before.status, it.after.status) for it in told] == [
        (Status.PROCESSING, Status.COMPLETED)
    ] * 3


def test_what_is_no_command_is_passed_over(
    notifier: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The item of a large input, and an item that was deleted."""
    told = told_by(notifier, monkeypatch)
    apart = record(1, NewImage={"id": text("input/c-1/abc"), "input": text("{}")})
    deleted = record(2, OldImage=image(ENDED))

    assert notifier.handler({"Records": [apart, deleted]}, None) == {"batchItemFailures": []}
    assert told == []


def test_an_unreadable_record_does_not_hold_up_the_others(
    notifier: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would never become readable: it goes where an alarm rings."""
    kept: list[str] = []
    monkeypatch.setattr(notifier.failures.__class__, "put", lambda _, name, __: kept.append(name))
    told = told_by(notifier, monkeypatch)
    broken = record(1, NewImage={"id": text("c-1"), "status": text("ASLEEP")})

    assert notifier.handler({"Records": [broken, ended(2)]}, None) == {"batchItemFailures": []}
    assert kept == ["c-1"]
    assert [change.after.id for change in told] == ["c-2"]
