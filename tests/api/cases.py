"""What is asked, and what each API answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_client.transport import Answer
    from tests.api.conftest import ApiUnderTest

# Every character that some encoding on the way could eat.
NASTY = {
    "text": "ü & + % = <b>\"'\\ \n\t \u2028 😀 ${context.requestId} $input.body #set",
    "n": [1.5],
}
ECHO = json.dumps({"type": "echo", "input": NASTY}, ensure_ascii=False)


def _status(answer: Answer) -> str:
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if kind != "application/problem+json":
        return str(answer.status)
    problem = answer.json()
    assert problem["type"] == f"urn:problem-type:command-api:{problem['code']}", problem
    return f"{answer.status} problem"


def _outcome(tested: ApiUnderTest, answer: Answer) -> str:
    """The answer, and where it was taken what came of the command."""
    if answer.status != 202:
        return _status(answer)
    shown = tested.ended(answer.headers["x-command-id"])
    return f"202 {shown['status']} {shown.get('error', {}).get('code', '')}".strip()


def _echo(text: str) -> str:
    """The body of a command with a JSON text in its input."""
    return f'{{"type": "echo", "input": {{"a": {text}}}}}'


def _one(answers: set[str]) -> str:
    """The answer to several requests of a kind, or each of them."""
    return " / ".join(sorted(answers))


def a_command(tested: ApiUnderTest) -> str:
    """Every character of the input survives, and the result is the client's to read."""
    answer = tested.api.post(ECHO)
    assert answer.status == 202, answer
    shown = tested.ended(answer.headers["x-command-id"])
    assert shown["result"]["echo"] == NASTY
    return _outcome(tested, answer)


def no_json(tested: ApiUnderTest) -> str:
    """A body that is no JSON."""
    return _outcome(tested, tested.api.post("{not json"))


def an_unknown_type(tested: ApiUnderTest) -> str:
    """A type that nothing handles."""
    return _outcome(tested, tested.api.post('{"type": "unheard_of"}'))


def an_input_that_is_no_object(tested: ApiUnderTest) -> str:
    """An input of the wrong kind."""
    return _outcome(tested, tested.api.post('{"type": "echo", "input": 7}'))


def an_unknown_field(tested: ApiUnderTest) -> str:
    """A field beside type and input."""
    return _outcome(tested, tested.api.post('{"type": "echo", "inputs": {}}'))


def an_invalid_input(tested: ApiUnderTest) -> str:
    """An input that breaks its type's schema."""
    return _outcome(tested, tested.api.post('{"type": "process_order", "input": {"quantity": 0}}'))


def an_input_nested_too_deeply(tested: ApiUnderTest) -> str:
    """More levels than any input may have."""
    return _outcome(tested, tested.api.post(_echo("[" * 150 + "]" * 150)))


def an_input_nested_deeper_than_some_readers_go(tested: ApiUnderTest) -> str:
    """As many levels as Python 3.11 still reads, but no longer writes."""
    return _outcome(tested, tested.api.post(_echo("[" * 984 + "]" * 984)))


def numbers_beyond_a_double(tested: ApiUnderTest) -> str:
    """JSON allows them; no store of ours holds them."""
    numbers = ("1e400", "-1e400", "9" * 400, "-" + "9" * 400)
    return _one({_outcome(tested, tested.api.post(_echo(number))) for number in numbers})


def words_for_numbers(tested: ApiUnderTest) -> str:
    """NaN and infinity, which JSON does not have."""
    words = ("NaN", "Infinity", "-Infinity")
    return _one({_outcome(tested, tested.api.post(_echo(word))) for word in words})


def an_unpaired_surrogate(tested: ApiUnderTest) -> str:
    """Half of a character, in a value and in a name."""
    halves = (r'"\ud800"', r'{"\udfff": 1}')
    return _one({_outcome(tested, tested.api.post(_echo(half))) for half in halves})


def one_bad_item_of_a_batch(tested: ApiUnderTest) -> str:
    """Nesting, numbers and surrogates beside a good command; only one API takes batches."""
    bad = ("[" * 984 + "]" * 984, "1e400", r'"\ud800"')
    commands = ", ".join(_echo(text) for text in (*bad, "1"))
    answer = tested.at("/commands:batch").post(f'{{"commands": [{commands}]}}')
    if answer.status != 200:
        return str(answer.status)
    return " ".join(str(one["status"]) for one in answer.json()["results"])


def a_key_for_a_whole_batch(tested: ApiUnderTest) -> str:
    """Idempotency-Key where each command has a key of its own."""
    key = {"idempotency-key": f'"{uuid4().hex}"'}
    answer = tested.at("/commands:batch").post('{"commands": [{"type": "echo"}]}', **key)
    return str(answer.status)


def ids_that_paths_do_not_survive(tested: ApiUnderTest) -> str:
    """One dot and two, escaped so that no client removes them."""
    return _one({_status(tested.api.request("GET", path)) for path in ("/%2E", "/%2E%2E")})


def an_id_that_is_escaped(tested: ApiUnderTest) -> str:
    """Once it is the same id, twice it is another one."""
    known = str(tested.api.submit("echo", {}))
    tested.ended(known)
    first = f"{ord(known[0]):02X}"
    paths = (f"/%{first}{known[1:]}", f"/%25{first}{known[1:]}")
    return " ".join(_status(tested.api.request("GET", path)) for path in paths)


def no_body(tested: ApiUnderTest) -> str:
    """Nothing at all."""
    return _status(tested.api.post(""))


def too_large_a_body(tested: ApiUnderTest) -> str:
    """More than a message can carry."""
    return _status(tested.api.post(json.dumps({"type": "echo", "input": {"text": "x" * 262_144}})))


def another_content_type(tested: ApiUnderTest) -> str:
    """A command that says it is a form."""
    return _status(tested.api.post('{"type":"echo"}', **{"content-type": "text/plain"}))


def an_id_that_nobody_knows(tested: ApiUnderTest) -> str:
    """The status of what was never submitted."""
    return _status(tested.api.get(f"nobody-{uuid4().hex}"))


def an_id_that_cannot_be(tested: ApiUnderTest) -> str:
    """The status of an id outside the pattern."""
    return _status(tested.api.get("a b;c"))


def cancelling_what_is_unknown(tested: ApiUnderTest) -> str:
    """A cancellation that comes before its command."""
    return _status(tested.api.cancel(f"early-{uuid4().hex}"))


def cancelling_what_has_ended(tested: ApiUnderTest) -> str:
    """A cancellation that comes too late."""
    ended = str(tested.api.submit("echo", {}))
    tested.ended(ended)
    return _status(tested.api.cancel(ended))


def an_id_of_the_clients_own(tested: ApiUnderTest) -> str:
    """The same PUT twice."""
    path, body = f"/mine-{uuid4().hex}", '{"type": "echo"}'
    answers = [tested.api.request("PUT", path, body) for _ in range(2)]
    return " ".join(_status(answer) for answer in answers)


def an_id_that_is_taken(tested: ApiUnderTest) -> str:
    """A PUT with other work under an id that stands for something."""
    path = f"/taken-{uuid4().hex}"
    tested.api.request("PUT", path, '{"type": "echo"}')
    return _status(tested.api.request("PUT", path, '{"type": "echo", "input": {"other": 1}}'))


def the_same_key_twice(tested: ApiUnderTest) -> str:
    """Idempotency-Key: one command where the API knows it."""
    key = {"idempotency-key": f'"{uuid4().hex}"'}
    first, second = (tested.api.post(ECHO, **key) for _ in range(2))
    same = first.headers["x-command-id"] == second.headers["x-command-id"]
    return f"{first.status} {second.status} {'one' if same else 'two'}"


def the_same_key_for_other_work(tested: ApiUnderTest) -> str:
    """Idempotency-Key with another body."""
    key = {"idempotency-key": f'"{uuid4().hex}"'}
    tested.api.post(ECHO, **key)
    return _status(tested.api.post('{"type": "echo", "input": {"other": 1}}', **key))


def a_path_that_leads_nowhere(tested: ApiUnderTest) -> str:
    """A path that no route knows."""
    return str(tested.at("/nowhere").request("GET", "").status)


def the_description(tested: ApiUnderTest) -> str:
    """The OpenAPI document."""
    answer = tested.at("/openapi.json").request("GET", "")
    return f"{answer.status} {answer.json()['openapi']}"


# What every API answers the same, and what each says in its own way.
SAME = "every deployment"
TAKEN_AND_FAILED = "202 FAILED "
EXPECTED: dict[Callable[[ApiUnderTest], str], dict[str, str]] = {
    a_command: {SAME: "202 COMPLETED"},
    no_json: {
        "direct": TAKEN_AND_FAILED + "malformed_body",
        "validated": "400 problem",
        "rest": "400 problem",
    },
    an_unknown_type: {
        "direct": TAKEN_AND_FAILED + "unknown_type",
        "validated": "422 problem",
        "rest": TAKEN_AND_FAILED + "unknown_type",
    },
    an_input_that_is_no_object: {
        "direct": TAKEN_AND_FAILED + "invalid_input",
        "validated": "422 problem",
        "rest": "400 problem",
    },
    an_unknown_field: {
        "direct": TAKEN_AND_FAILED + "malformed_body",
        "validated": "422 problem",
        "rest": "400 problem",
    },
    an_invalid_input: {
        "direct": TAKEN_AND_FAILED + "invalid_input",
        "validated": "422 problem",
        "rest": TAKEN_AND_FAILED + "invalid_input",
    },
    an_input_nested_too_deeply: {
        "direct": TAKEN_AND_FAILED + "input_beyond_limits",
        "validated": "422 problem",
        "rest": TAKEN_AND_FAILED + "input_beyond_limits",
    },
    an_input_nested_deeper_than_some_readers_go: {
        "direct": TAKEN_AND_FAILED + "input_beyond_limits",
        "validated": "422 problem",
        # The local stack's reader gives up; how deep API Gateway reads is not documented.
        "rest": "400 problem",
    },
    numbers_beyond_a_double: {
        "direct": TAKEN_AND_FAILED + "input_beyond_limits",
        "validated": "422 problem",
        "rest": TAKEN_AND_FAILED + "input_beyond_limits",
    },
    words_for_numbers: {
        "direct": TAKEN_AND_FAILED + "malformed_body",
        "validated": "400 problem",
        "rest": "400 problem",
    },
    an_unpaired_surrogate: {
        "direct": TAKEN_AND_FAILED + "input_beyond_limits",
        "validated": "422 problem",
        "rest": TAKEN_AND_FAILED + "input_beyond_limits",
    },
    one_bad_item_of_a_batch: {"direct": "404", "validated": "422 422 422 202", "rest": "404"},
    a_key_for_a_whole_batch: {"direct": "404", "validated": "400", "rest": "404"},
    ids_that_paths_do_not_survive: {SAME: "404 problem"},
    an_id_that_is_escaped: {SAME: "200 404 problem"},
    no_body: {"direct": "400", "validated": "400 problem", "rest": "400 problem"},
    too_large_a_body: {"direct": "400", "validated": "413 problem", "rest": "413 problem"},
    another_content_type: {"direct": "202", "validated": "415 problem", "rest": "415 problem"},
    an_id_that_nobody_knows: {SAME: "404 problem"},
    an_id_that_cannot_be: {SAME: "404 problem"},
    cancelling_what_is_unknown: {SAME: "200"},
    cancelling_what_has_ended: {SAME: "409 problem"},
    an_id_of_the_clients_own: {
        "direct": "202 202",
        "validated": "202 202",
        "rest": "404 problem 404 problem",
    },
    an_id_that_is_taken: {"direct": "202", "validated": "409 problem", "rest": "404 problem"},
    the_same_key_twice: {
        "direct": "202 202 two",
        "validated": "202 202 one",
        "rest": "202 202 two",
    },
    the_same_key_for_other_work: {"direct": "202", "validated": "422 problem", "rest": "202"},
    a_path_that_leads_nowhere: {SAME: "404"},
    the_description: {SAME: "200 3.1.0"},
}
