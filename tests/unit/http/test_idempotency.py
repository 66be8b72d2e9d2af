"""Idempotency-Key: one key, one command, one owner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from command_api.domain.access import ANYBODY, Caller
from command_api.domain.model import ID_PATTERN
from command_api.http.idempotency import id_of, key_of
from command_api.http.problems import Problem
from command_api.usecases.submit import SubmitCommands
from tests.builders import MESSAGE_LIFE
from tests.unit.entrypoints.submitting import ORDER, Function, function


@pytest.fixture
def submit(monkeypatch: pytest.MonkeyPatch) -> Function:
    """The function of a deployment without owners."""
    return function(monkeypatch)


@pytest.mark.parametrize(
    "header",
    [
        "",
        '""',
        "a b",
        '"a',
        'a"',
        '"a";p=1',
        '"a", "b"',
        "a,b",
        "a;b",
        '"a\\b"',
        "\x00",
        "ü",
        '"ü"',
        "x" * 256,
        '"' + "x" * 256 + '"',
    ],
)
def test_what_is_no_key_is_400(submit: Function, header: str) -> None:
    """Two keys, none, or one that headers cannot carry: the answer shows a right one."""
    answer, said = submit.post({}, idempotency_key=header)
    assert (answer["statusCode"], submit.harness.queue.messages) == (400, [])
    assert 'Idempotency-Key: "' in said["detail"]


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("8e03978e-40d5", "8e03978e-40d5"),
        ('"8e03978e-40d5"', "8e03978e-40d5"),
        ('"a b, c;d"', "a b, c;d"),
        ('"a\\"b\\\\c"', 'a"b\\c'),
        ("  abc  ", "abc"),
        ("x" * 255, "x" * 255),
    ],
)
def test_a_key_is_the_same_with_quotes_and_without(header: str, key: str) -> None:
    """The draft asks for quotes; most clients forget them."""
    assert key_of(header) == key


def test_a_key_belongs_to_an_owner_and_a_route() -> None:
    """Nobody else's key leads to the same command, nor does the same key elsewhere."""
    alice, mallory = Caller(owner="alice"), Caller(owner="mallory")
    ids = {
        id_of("k", caller, route)
        for caller in (alice, mallory, ANYBODY)
        for route in ("POST /commands", "POST /orders")
    }
    assert len(ids) == 6
    assert all(ID_PATTERN.fullmatch(one) and one.startswith("key-") for one in ids)
    assert id_of("k", alice, "POST /orders") == id_of("k", alice, "POST /orders")


def test_no_header_is_another_id_each_time(submit: Function) -> None:
    """Two requests without a key are two commands."""
    assert submit.post({})[1]["id"] != submit.post({})[1]["id"]


def test_the_same_key_and_body_get_the_same_answer_once_executed(submit: Function) -> None:
    """Whatever the order of fields, quoted or not: one message."""
    first = submit.call("POST /orders", ORDER, idempotency_key='"k-1"')
    again = submit.call("POST /orders", dict(reversed(ORDER.items())), idempotency_key="k-1")
    assert first == again
    assert first[0]["statusCode"] == 202
    assert len(submit.harness.queue.messages) == 1


def test_the_same_key_with_another_body_is_422(submit: Function) -> None:
    """The first command stays what it is."""
    submit.post({"input": {"n": 1}}, idempotency_key="k-1")
    answer, _ = submit.post({"input": {"n": 2}}, idempotency_key="k-1")
    assert answer["statusCode"] == 422
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert len(submit.harness.queue.messages) == 1


def test_a_key_in_flight_is_409_with_the_time_to_come_back(submit: Function) -> None:
    """The API died between the two; once that is certain, the next request heals it."""
    submit.harness.table.away = {"release_lease"}
    submit.harness.queue.away = True
    answer, said = submit.post({}, idempotency_key="k-1")
    assert (answer["statusCode"], answer["headers"]["retry-after"] in {"15", "16"}) == (503, True)
    submit.harness.queue.away = False
    answer, _ = submit.post({}, idempotency_key="k-1")
    assert (answer["statusCode"], answer["headers"]["retry-after"] in {"15", "16"}) == (409, True)

    def later() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=17)

    submit.module.__dict__["submit"] = SubmitCommands(
        outbox=submit.harness.table,
        sender=submit.harness.queue,
        logger=submit.module.logger,
        message_life=MESSAGE_LIFE,
        clock=later,
    )
    answer, healed = submit.post({}, idempotency_key="k-1")
    assert (answer["statusCode"], healed["id"]) == (202, said["id"])
    assert len(submit.harness.queue.messages) == 1


def test_with_owners_the_api_chooses_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path with an id could name somebody else's, even if a gateway let it through."""
    submit = function(monkeypatch, AUTHENTICATED="true")
    alice = {"sub": "alice"}
    answer, _ = submit.call("PUT /commands/{id}", {}, claims=alice)
    assert (answer["statusCode"], submit.harness.queue.messages) == (405, [])
    assert submit.call("POST /commands", {})[0]["statusCode"] == 401
    answer, said = submit.post({}, claims=alice, idempotency_key="k-1")
    assert answer["statusCode"] == 202
    assert submit.harness.queue.messages[0].owner == "alice"
    other = submit.post({}, claims={"sub": "mallory"}, idempotency_key="k-1")[1]
    assert other["id"] != said["id"]


def test_a_problem_keeps_its_parts() -> None:
    """Raised anywhere, answered at the edge."""
    with pytest.raises(Problem) as refused:
        key_of('"')
    assert refused.value.status == 400
