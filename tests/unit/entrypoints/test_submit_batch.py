"""Many commands in one request: each has its own answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.entrypoints.submitting import ORDER, Function, function


@pytest.fixture
def submit(monkeypatch: pytest.MonkeyPatch) -> Function:
    """The function of a deployment without owners."""
    return function(monkeypatch)


def batch(submit: Function, *commands: object, **more: Any) -> list[dict[str, Any]]:
    """What is said of each command."""
    answer, said = submit.call("POST /commands:batch", {"commands": list(commands)}, **more)
    assert answer["statusCode"] == 200
    results: list[dict[str, Any]] = said["results"]
    return results


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("[", 400),
        ([], 422),
        ({}, 422),
        ({"commands": {}}, 422),
        ({"commands": []}, 422),
        ({"commands": [{}] * 101}, 422),
        ({"commands": [{}], "all": True}, 422),
        ({"commands": [{"input": {"x": "x" * 250_000}}] * 20}, 413),
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole(
    submit: Function, body: object, status: int
) -> None:
    """Nothing of it is taken."""
    answer, _ = submit.call("POST /commands:batch", body)
    assert (answer["statusCode"], submit.harness.queue.messages) == (status, [])
    assert answer["headers"]["content-type"] == "application/problem+json"


def test_a_key_for_the_whole_batch_is_refused(submit: Function) -> None:
    """It would be ignored, and the client would believe that repeating is safe."""
    answer, said = submit.call("POST /commands:batch", {"commands": [{}]}, idempotency_key='"k-1"')
    assert (answer["statusCode"], submit.harness.queue.messages) == (400, [])
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert "its own key" in said["detail"]


def test_an_unpaired_surrogate_concerns_its_command_alone(submit: Function) -> None:
    """In a value, a name, a type, a key or a field that is not known."""
    bad = [
        r'{"input": {"a": "\ud800"}}',
        r'{"input": {"\udc00": 1}}',
        r'{"type": "\ud800"}',
        r'{"key": "\ud800"}',
        r'{"\ud800": 1}',
    ]
    body = f'{{"commands": [{{"type": "echo"}}, {", ".join(bad)}, {{"type": "echo"}}]}}'
    answer, said = submit.call("POST /commands:batch", body)
    assert answer["statusCode"] == 200
    statuses = [one["status"] for one in said["results"]]
    assert statuses == [202, 422, 422, 422, 400, 422, 202]


def test_a_bad_command_does_not_stop_the_others(submit: Function) -> None:
    """Answers come in order, and pointers lead from the top of the request."""
    results = batch(
        submit,
        {"type": "echo", "input": {"n": 1}},
        {"type": "unheard_of"},
        7,
        {"type": "process_order", "input": {**ORDER, "quantity": 0}},
        {"key": 7},
        {"key": "a,b"},
        {"input": {"text": "x" * 262_000}},
        {"type": "process_order", "input": ORDER},
    )
    assert [one["status"] for one in results] == [202, 422, 422, 422, 422, 400, 413, 202]
    pointers = [one["errors"][0]["pointer"] for one in results[1:5]]
    assert pointers == [
        "#/commands/1/type",
        "#/commands/2",
        "#/commands/3/input/quantity",
        "#/commands/4/key",
    ]
    assert [sent.type for sent in submit.harness.queue.messages] == ["echo", "process_order"]
    taken = results[0]
    assert set(taken) == {"status", "id", "type", "createdAt", "location"}
    assert taken["location"] == f"commands/{taken['id']}"


def test_what_the_queue_refuses_says_so(submit: Function) -> None:
    """503 for that command alone; it is written down, and heals by its key, also alone."""
    keyed = {"type": "echo", "key": "k-1"}
    known = submit.post({"type": "echo"}, idempotency_key="k-1")[1]["id"]
    submit.harness.table.store_.commands.clear()
    submit.harness.queue.messages.clear()
    submit.harness.queue.refused = {known}
    results = batch(submit, {"type": "echo"}, keyed)
    assert [one["status"] for one in results] == [202, 503]
    assert (results[1]["id"], results[1]["retryAfter"]) == (known, 2)
    submit.harness.queue.refused.clear()
    assert batch(submit, keyed)[0] == {**batch(submit, keyed)[0], "status": 202, "id": known}
    assert [sent.id for sent in submit.harness.queue.messages].count(known) == 1
    assert submit.post({"type": "echo"}, idempotency_key="k-1")[1]["id"] == known


def test_a_command_that_is_in_a_batch_twice_is_sent_once(submit: Function) -> None:
    """By its key; another command under the same key is refused."""
    first, second, other = batch(
        submit, {"key": "k"}, {"key": "k"}, {"key": "k", "input": {"n": 2}}
    )
    assert (first["status"], first) == (202, second)
    assert other["status"] == 422
    assert len(submit.harness.queue.messages) == 1


def test_a_hundred_commands_are_taken(submit: Function) -> None:
    """Each under its own id."""
    results = batch(submit, *({"input": {"n": n}} for n in range(100)))
    assert [one["status"] for one in results] == [202] * 100
    assert [sent.id for sent in submit.harness.queue.messages] == [one["id"] for one in results]
    assert all(one.pending_entry is None for one in submit.harness.table.store_.commands.values())


def test_a_batch_has_one_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sent the request."""
    submit = function(monkeypatch, AUTHENTICATED="true")
    assert batch(submit, {}, {}, claims={"sub": "alice"})[0]["status"] == 202
    assert [sent.owner for sent in submit.harness.queue.messages] == ["alice", "alice"]
    answer, _ = submit.call("POST /commands:batch", {"commands": [{}]})
    assert answer["statusCode"] == 401


@pytest.mark.parametrize(
    ("bad", "where", "what"),
    [
        ('{"a": 1e400}', "#/commands/1/input/a", "double"),
        ('{"a": [%s]}' % ("9" * 5_000), "#/commands/1/input/a/0", "double"),
        ('{"a": ' + "[" * 100 + "]" * 100 + "}", "#/commands/1/input", "100 levels"),
        ('{"a": ' + "[" * 984 + "]" * 984 + "}", "#/commands/1/input", "100 levels"),
        ('{"a": ' + "[" * 99_991 + "]" * 99_991 + "}", "#/commands/1/input", "100 levels"),
    ],
)
def test_an_input_beyond_the_limits_is_refused_alone(
    submit: Function, bad: str, where: str, what: str
) -> None:
    """Its neighbours are taken, and it is told where and which limit."""
    good = '{"type": "echo", "input": {"n": 1}}'
    body = f'{{"commands": [{good}, {{"type": "echo", "input": {bad}}}, {good}]}}'
    answer, said = submit.call("POST /commands:batch", body)
    assert answer["statusCode"] == 200
    assert [one["status"] for one in said["results"]] == [202, 422, 202]
    (error,) = said["results"][1]["errors"]
    assert error["pointer"] == where
    assert what in error["detail"]
    alone, told = submit.post(f'{{"type": "echo", "input": {bad}}}')
    assert (alone["statusCode"], len(told["errors"])) == (422, 1)
    assert len(submit.harness.queue.messages) == 2


@pytest.mark.parametrize("call", ["takes", "send"])
def test_a_command_that_nobody_foresaw_concerns_itself_alone(submit: Function, call: str) -> None:
    """Whatever it breaks on its way into the queue: those beside it are taken."""
    queue = submit.harness.queue
    working = getattr(queue, call)

    def broken(given: Any) -> object:
        commands = given if call == "send" else [given]
        if any(one.pending_entry.input == {"n": 1} for one in commands):
            raise ValueError
        return working(given)

    queue.__dict__[call] = broken
    results = batch(submit, *({"type": "echo", "input": {"n": n}} for n in range(4)))
    assert [one["status"] for one in results] == [202, 503, 202, 202]
    assert len(queue.messages) == 3
