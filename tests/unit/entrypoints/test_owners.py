"""Owners, from the token to the answer: another's command does not exist."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain.decision import Then
from command_api.domain.model import Status
from command_api.http.requests import access_of
from command_api.usecases.cancel import CancelCommand
from command_api.usecases.status import ReadStatus
from tests.builders import FUNCTION_ENVIRONMENT, LATER, NOW, SECOND, TEMPORARY, command, message
from tests.fakes.commands import InMemoryCommands, InMemoryResults
from tests.unit.entrypoints.test_cancel import MONTH
from tests.unit.http.test_requests import token

if TYPE_CHECKING:
    from types import ModuleType

    from command_api.domain.model import Command
    from tests.unit.conftest import Bench

WAITING = command(Status.PENDING, attempts=0, owner="alice")


@pytest.fixture(params=["status", "cancel"])
def module(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Each function that is asked for a command by its id, where commands have owners."""
    named = {"AUTHENTICATED": "true", "ADMIN_SCOPE": "commands:admin"}
    for name, value in {**FUNCTION_ENVIRONMENT, **named}.items():
        monkeypatch.setenv(name, value)
    module = importlib.import_module(f"command_api.entrypoints.{request.param}")
    return importlib.reload(module)


def ask(module: ModuleType, context: dict[str, Any], *stored: Command) -> dict[str, Any]:
    """What the function answers about c-1."""
    store = InMemoryCommands({one.id: one for one in stored})
    read = ReadStatus(store=store, results=InMemoryResults(), clock=lambda: NOW)
    module.__dict__["read_status"] = read
    cancel = CancelCommand(store=store, retention=MONTH, clock=lambda: NOW)
    module.__dict__["cancel_command"] = cancel
    event = {"pathParameters": {"id": "c-1"}, "requestContext": context}
    answer: dict[str, Any] = module.handler(event, None)
    assert "alice" not in answer["body"]
    return answer


@pytest.mark.parametrize("context", [{}, token(scope="commands:admin")])
def test_a_request_that_names_no_owner_is_401(module: ModuleType, context: dict[str, Any]) -> None:
    """A route whose authorizer was forgotten gives nothing away."""
    answer = ask(module, context, WAITING)
    assert answer["statusCode"] == 401
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert answer["headers"]["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "known",
    [
        WAITING,
        replace(WAITING, owner=""),
        command(owner="alice"),
        command(owner="alice").completed({"secret": 1}, now=NOW, purge_at=LATER),
    ],
)
def test_another_owners_command_is_as_unknown_as_none(module: ModuleType, known: Command) -> None:
    """The two answers are the same, to the byte."""
    mallory = token(sub="mallory", scope="commands:read")
    refused = ask(module, mallory, known)
    assert refused["statusCode"] == 404
    assert refused == ask(module, mallory)


@pytest.mark.parametrize(
    "claims", [{"sub": "alice"}, {"sub": "operator", "scope": "x commands:admin"}]
)
def test_the_owner_and_the_admin_get_an_answer(module: ModuleType, claims: dict[str, str]) -> None:
    """Read and cancelled as without owners; whose it is, nobody is told."""
    answer = ask(module, token(**claims), WAITING)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["id"] == "c-1"


def test_waiting_for_anothers_command_takes_as_long_as_for_none() -> None:
    """The time that an answer takes does not tell that there is something."""
    from command_api.domain.access import Caller  # noqa: PLC0415 - one test's tool

    elapsed = [0.0]
    read = ReadStatus(
        store=InMemoryCommands({"c-1": command(owner="alice").completed(1, now=NOW, purge_at=NOW)}),
        max_wait=10,
        clock=lambda: NOW,
        elapsed=lambda: elapsed[0],
        sleep=lambda seconds: elapsed.__setitem__(0, elapsed[0] + seconds),
    )
    assert read("c-1", wait=10, caller=Caller(owner="mallory")) is None
    assert elapsed == [10.0]


def test_a_message_of_another_owner_revives_nothing(bench: Bench) -> None:
    """Not a command that waits, and not one that failed and could be redriven."""
    failed = command(owner="alice", attempts=3).failed(TEMPORARY, now=NOW, purge_at=LATER)
    forged = message(message_id="m-9", sent_at=NOW + 5 * SECOND, owner="mallory")
    for known in (WAITING, failed):
        bench.store.commands["c-1"] = known
        assert bench.deliver(forged) is Then.ACKNOWLEDGE
        assert bench.command == known
    assert not bench.seen


def test_what_cannot_become_work_is_its_owners_to_see(bench: Bench) -> None:
    """A rejected message leaves a record that its sender can read."""
    bench.deliver(message("not json", owner="alice"))
    assert bench.command.owner == "alice"


@pytest.mark.parametrize("value", ["yes", "1", "True", "on"])
def test_a_misspelt_switch_does_not_switch_authentication_off(value: str) -> None:
    """A function that cannot tell whether commands have owners does not start."""
    with pytest.raises(Exception, match="AUTHENTICATED"):
        access_of({"AUTHENTICATED": value})
