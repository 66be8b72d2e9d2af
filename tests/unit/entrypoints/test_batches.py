"""Batches at the API: submitted as a whole, shown with their counts, cancelled."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain.batches import Move, When
from command_api.domain.errors import Unknown
from command_api.domain.model import Status
from command_api.usecases.batches import CancelBatch, CancelMembers, ReadBatch
from command_api.usecases.cancel import CancelCommand
from tests.builders import FUNCTION_ENVIRONMENT, LATER
from tests.fakes.batches import InMemoryBatches
from tests.unit.entrypoints.submitting import Function, function

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

KEY: Any = {"idempotency_key": "import-7"}
TWO = {"commands": [{"type": "echo", "input": {"n": 1}}, {"type": "echo", "input": {"n": 2}}]}
ANN, BOB = {"sub": "ann"}, {"sub": "bob"}


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> InMemoryBatches:
    """The table of batches, in memory."""
    found = InMemoryBatches()
    monkeypatch.setattr("command_api.composition.opening.batches", lambda _: found)
    return found


@pytest.fixture
def submit(monkeypatch: pytest.MonkeyPatch, batches: InMemoryBatches) -> Function:  # noqa: ARG001
    """The submit function of an environment with batches."""
    return function(monkeypatch)


@pytest.fixture
def shows(
    monkeypatch: pytest.MonkeyPatch, batches: InMemoryBatches, submit: Function
) -> ModuleType:
    """The batches function behind the same tables."""
    for name, value in FUNCTION_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    module = importlib.reload(importlib.import_module("command_api.entrypoints.batches"))
    read = ReadBatch(batches=batches)
    module.__dict__["read_batch"] = read
    module.__dict__["cancel_batch"] = cancelling(read, submit)
    return module


def cancelling(
    read: ReadBatch, submit: Function, transfer: Callable[[str], None] = print
) -> CancelBatch:
    """The use case behind a DELETE, beside the submit function's table."""
    members = CancelMembers(store=submit.harness.table.store_, retention=timedelta(days=30))
    return CancelBatch(read=read, cancel=members, transfer=transfer)


def asked(
    module: ModuleType, verb: str, batch_id: str, claims: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """Status and body of a request for a batch."""
    event = {
        "version": "2.0",
        "routeKey": f"{verb} /batches/{{id}}",
        "pathParameters": {"id": batch_id},
        "requestContext": {"authorizer": {"jwt": {"claims": claims}}} if claims else {},
    }
    answer = module.handler(event, SimpleNamespace())
    return answer["statusCode"], json.loads(answer["body"])


def test_a_batch_is_stored_with_its_members(submit: Function, batches: InMemoryBatches) -> None:
    """Their ids follow from the batch's."""
    answer, said = submit.call("POST /batches", TWO, **KEY)
    assert (answer["statusCode"], said["total"], said["status"]) == (202, 2, "RUNNING")
    assert answer["headers"]["location"] == f"batches/{said['id']}"
    members = submit.harness.table.store_.commands
    assert sorted(members) == [f"{said['id']}.0", f"{said['id']}.1"]
    assert {one.batch for one in members.values()} == {said["id"]}
    assert len(submit.harness.queue.messages) == 2
    assert list(batches.headers) == [said["id"]]


def test_a_request_that_is_repeated_submits_nothing_twice(submit: Function) -> None:
    """It gets the same answer."""
    (first, said), (second, again) = (submit.call("POST /batches", TWO, **KEY) for _ in range(2))
    assert (first["statusCode"], second["statusCode"]) == (202, 202)
    assert said == again
    assert len(submit.harness.queue.messages) == 2


def test_a_batch_that_has_ended_never_runs_again(
    submit: Function, batches: InMemoryBatches
) -> None:
    """It is kept longer than the records of its members."""
    _, said = submit.call("POST /batches", TWO, **KEY)
    batches.ended(batches.headers[said["id"]], now=LATER, purge_at=LATER)
    submit.harness.table.store_.commands.clear()
    answer, again = submit.call("POST /batches", TWO, **KEY)
    assert (answer["statusCode"], again) == (202, said)
    assert not submit.harness.table.store_.commands
    assert len(submit.harness.queue.messages) == 2
    # One that is forgotten and not deleted yet is no reason to run nothing.
    past = replace(batches.headers[said["id"]], purge_at=LATER - timedelta(days=10_000))
    batches.headers[said["id"]] = past
    submit.call("POST /batches", TWO, **KEY)
    assert len(submit.harness.queue.messages) == 4


def test_a_request_that_died_is_finished_by_its_repetition(submit: Function) -> None:
    """What it has stored is not stored again."""
    submit.harness.table.away = {"store"}
    answer, _ = submit.call("POST /batches", TWO, **KEY)
    assert answer["statusCode"] == 503
    submit.harness.table.away = set()
    answer, said = submit.call("POST /batches", TWO, **KEY)
    assert answer["statusCode"] == 202
    assert len(submit.harness.table.store_.commands) == said["total"] == 2


def test_nobody_takes_the_id_of_a_member_in_advance(submit: Function) -> None:
    """Neither by a PUT nor by a DELETE, whose records would be no members, and never counted."""
    _, said = submit.call("POST /batches", TWO, **KEY)
    store = submit.harness.table.store_
    members = dict(store.commands)
    store.commands.clear()
    cancel = CancelCommand(store=store, retention=timedelta(days=30))
    for place in (0, 1):
        name = f"{said['id']}.{place}"
        answer, refused = submit.call("PUT /commands/{id}", {"type": "echo"}, command_id=name)
        assert (answer["statusCode"], refused["code"]) == (404, "invalid_id")
        with pytest.raises(Unknown):
            cancel(name)
    then = f"{said['id']}.then"
    assert submit.call("PUT /commands/{id}", {}, command_id=then)[0]["statusCode"] == 404
    assert store.commands == {}
    answer, _ = submit.call("POST /batches", TWO, **KEY)
    assert answer["statusCode"] == 202
    assert {one.batch for one in store.commands.values()} == {said["id"]}
    assert store.commands.keys() == members.keys()
    # What is stored is cancelled as ever, and so is what follows, also in advance.
    assert cancel(f"{said['id']}.0")[0].batch == said["id"]
    assert cancel(then)[1]


def test_members_that_the_queue_did_not_take_are_the_relays(submit: Function) -> None:
    """They are stored, so the batch is taken."""
    submit.harness.queue.away = True
    answer, _ = submit.call("POST /batches", TWO, **KEY)
    assert answer["statusCode"] == 202
    assert len(submit.harness.table.store_.commands) == 2


def test_the_key_of_another_batch_is_refused(submit: Function) -> None:
    """Nothing of it is stored."""
    submit.call("POST /batches", TWO, **KEY)
    answer, said = submit.call("POST /batches", {"commands": [{}]}, **KEY)
    assert (answer["statusCode"], said["code"]) == (422, "idempotency_key_reused")
    assert len(submit.harness.table.store_.commands) == 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("[", 400, "invalid_json"),
        ([], 422, "invalid_command"),
        ({}, 422, "invalid_batch"),
        ({"commands": []}, 422, "invalid_command"),
        ({"commands": [{}] * 101}, 422, "invalid_command"),
        ({"commands": [{}], "other": 1}, 422, "invalid_batch"),
        ({"commands": [{}, {"type": "nobody"}]}, 422, "invalid_command"),
        ({"commands": [{"key": "k"}]}, 422, "invalid_command"),
        ({"commands": [{}], "then": {"when": "never"}}, 422, "invalid_command"),
        ({"commands": [{}], "then": {"when": ["all"]}}, 422, "invalid_command"),
        ({"commands": [{}], "then": {"delaySeconds": 3}}, 422, "invalid_command"),
        ({"commands": [{}], "then": {"type": "nobody"}}, 422, "invalid_command"),
        ({"commands": [{"input": {"x": "x" * 250_000}}] * 20}, 413, "body_too_large"),
    ],
)
def test_a_batch_is_valid_as_a_whole_or_not_at_all(
    submit: Function, batches: InMemoryBatches, body: object, status: int, code: str
) -> None:
    """Nothing of it is stored."""
    answer, said = submit.call("POST /batches", body, **KEY)
    assert (answer["statusCode"], said["code"]) == (status, code)
    assert not batches.headers
    assert not submit.harness.table.store_.commands


def test_the_pointer_names_the_member(submit: Function) -> None:
    """And what is wrong with it."""
    bad = {"commands": [{}, {"type": "process_order", "input": {}}]}
    _, said = submit.call("POST /batches", bad, **KEY)
    assert {"pointer": "#/commands/1/input/quantity", "detail": "is required"} in said["errors"]


def test_a_batch_has_a_key(submit: Function) -> None:
    """Without one, nobody could repeat its request."""
    answer, said = submit.call("POST /batches", TWO)
    assert (answer["statusCode"], said["code"]) == (400, "idempotency_key_required")


def test_an_environment_without_batches_has_no_such_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """404, as for any other."""
    answer, _ = function(monkeypatch, BATCHES_TABLE="").call("POST /batches", TWO, **KEY)
    assert answer["statusCode"] == 404


def test_counts_are_shown(submit: Function, batches: InMemoryBatches, shows: ModuleType) -> None:
    """What waits is what nothing was heard of."""
    follows = {**TWO, "then": {"type": "echo", "when": "all_succeeded"}}
    _, said = submit.call("POST /batches", follows, **KEY)
    status, shown = asked(shows, "GET", said["id"])
    assert status == 200
    assert shown["counts"] == {
        "pending": 2,
        "processing": 0,
        "completed": 0,
        "failed": 0,
        "cancelled": 0,
    }
    assert shown["then"] == {"when": When.ALL_SUCCEEDED, "id": f"{said['id']}.then", "sent": False}
    done = Move(said["id"], "1".zfill(40), Status.PROCESSING, Status.COMPLETED)
    begun = Move(said["id"], "0".zfill(40), Status.PENDING, Status.PROCESSING)
    batches.count("s", [begun, done], keep_until=LATER)
    _, shown = asked(shows, "GET", said["id"])
    assert (shown["status"], shown["share"], shown["counts"]["completed"]) == ("RUNNING", 0.5, 1)
    assert shown["estimatedEndAt"] > shown["createdAt"]


def test_an_unknown_batch_is_not_found(shows: ModuleType) -> None:
    """Whatever is asked of it."""
    for verb in ("GET", "DELETE"):
        for batch_id in ("b-1", "a b"):
            assert asked(shows, verb, batch_id)[0] == 404


def test_a_batch_is_its_owners(monkeypatch: pytest.MonkeyPatch, batches: InMemoryBatches) -> None:
    """Nobody else sees it, cancels it or gets its id by the same key."""
    submit = function(monkeypatch, AUTHENTICATED="true")
    _, said = submit.call("POST /batches", TWO, claims=ANN, **KEY)
    _, other = submit.call("POST /batches", TWO, claims=BOB, **KEY)
    assert said["id"] != other["id"]
    module = importlib.reload(importlib.import_module("command_api.entrypoints.batches"))
    read = ReadBatch(batches=batches)
    store = submit.harness.table.store_
    module.__dict__["read_batch"] = read
    module.__dict__["cancel_batch"] = cancelling(read, submit)
    assert asked(module, "GET", said["id"], ANN)[0] == 200
    assert asked(module, "GET", said["id"], BOB)[0] == 404
    assert asked(module, "DELETE", said["id"], BOB)[0] == 404
    assert asked(module, "DELETE", said["id"], ANN)[0] == 200
    cancelled = {one.owner for one in store.commands.values() if one.status is Status.CANCELLED}
    assert cancelled == {"ann"}
    monkeypatch.setenv("AUTHENTICATED", "false")


def test_what_has_not_started_is_cancelled(submit: Function, shows: ModuleType) -> None:
    """What runs goes on, and so does what has ended; what was never stored never will be."""
    three = {"commands": [{"input": {"n": n}} for n in range(3)]}
    _, said = submit.call("POST /batches", three, **KEY)
    store = submit.harness.table.store_
    running, stored, lost = (f"{said['id']}.{n}" for n in range(3))
    store.commands[running] = replace(store.commands[running], status=Status.PROCESSING)
    del store.commands[lost]
    status, shown = asked(shows, "DELETE", said["id"])
    assert (status, "cancelRequestedAt" in shown) == (200, True)
    found = {name: store.commands[name].status for name in (running, stored, lost)}
    assert found == {
        running: Status.PROCESSING,
        stored: Status.CANCELLED,
        lost: Status.CANCELLED,
    }
    assert {store.commands[name].batch for name in found} == {said["id"]}
    # The request that died comes back: what was cancelled stays so.
    answer, _ = submit.call("POST /batches", three, **KEY)
    assert answer["statusCode"] == 202
    assert store.commands[lost].status is Status.CANCELLED
