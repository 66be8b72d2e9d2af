"""What a message may say, and what is refused for good."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given as given_any
from hypothesis import settings, strategies

from command_api.domain.errors import Rejected
from command_api.domain.message import MOST_LEVELS, body_of, parse, type_of
from command_api.domain.model import Submission
from tests.builders import NOW, message

if TYPE_CHECKING:
    from command_api.domain.message import Message


def parsed(given: Message) -> Submission:
    """Parse, `echo` being the default type."""
    return parse(given, default_type="echo")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "malformed_body"),
        ("not json", "malformed_body"),
        ("[]", "malformed_body"),
        ('"echo"', "malformed_body"),
        ('{"input": NaN}', "malformed_body"),
        ('{"input": {"a": "\\ud800"}}', "input_beyond_limits"),
        ('{"input": {"\\udfff": 1}}', "input_beyond_limits"),
        ('{"input": {"a": [{"b": "\\udc00\\ud800"}]}}', "input_beyond_limits"),
        ('{"type": "\\ud800"}', "unknown_type"),
        ('{"\\ud800": 1}', "malformed_body"),
        ("[" * 100_000, "malformed_body"),
        ('{"inputs": {}}', "malformed_body"),
        ("1" * 5_000, "malformed_body"),
        ('{"type": "no type"}', "unknown_type"),
        ('{"type": ""}', "unknown_type"),
        ('{"type": null}', "unknown_type"),
        ('{"type": ["echo"]}', "unknown_type"),
        ('{"type": "echo", "input": [1]}', "invalid_input"),
        ('{"type": "echo", "input": null}', "invalid_input"),
    ],
)
def test_what_can_never_succeed_is_rejected(body: str, code: str) -> None:
    """Each kind of bad body has its own code, and no kind escapes as another error."""
    with pytest.raises(Rejected) as rejection:
        parsed(message(body))
    assert rejection.value.code == code


@pytest.mark.parametrize(
    "command_id", ["", ".", "..", "a b", "../x", 'x"},"o":{"', "ü", "x" * 129, "a\n"]
)
def test_an_id_outside_the_pattern_is_rejected_and_never_used(command_id: str) -> None:
    """A client-chosen id reaches the worker unescaped: the pattern is what keeps it harmless."""
    given = message(command_id=command_id)
    with pytest.raises(Rejected) as rejection:
        parsed(given)
    assert rejection.value.code == "invalid_id"
    assert given.key == "m-1"


@pytest.mark.parametrize(
    "command_id", ["JKJaXmPLvHcESHA=", "order-1042", "a.b_c:d", "...", ".a", "x" * 128]
)
def test_ids_of_the_gateway_and_of_clients_are_kept(command_id: str) -> None:
    """Request ids of API Gateway and sensible ids of clients are used as they are."""
    assert parsed(message(command_id=command_id)).id == command_id


def test_a_message_without_an_id_goes_by_its_own() -> None:
    """A message that was put into the queue by hand still has an id to be asked for."""
    assert parsed(message(command_id=None)).id == "m-1"


def test_type_and_input_may_be_absent() -> None:
    """An empty object is a command of the default type with an empty input."""
    assert parsed(message("{}")) == Submission(id="c-1", type="echo", input={}, submitted_at=NOW)


def test_a_type_that_nobody_handles_can_still_be_read() -> None:
    """What becomes of it depends on what is stored: a newer release may have taken it."""
    assert parsed(message('{"type": "of_tomorrow"}')).type == "of_tomorrow"
    assert type_of(message('{"type": "of_tomorrow"}'), default_type="echo") == "of_tomorrow"
    assert type_of(message("no json"), default_type="echo") is None


@pytest.mark.parametrize("depth", [1, MOST_LEVELS, *range(101, 110), 984, 9_991, 250_000])
@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"[":', "}"), ('{"\\"{":[', "]}")])
def test_how_deep_an_input_may_be_is_the_same_everywhere(
    depth: int, opened: str, closed: str
) -> None:
    """Below the limit it is work; above it is rejected, and the limit named, on every Python."""
    times = (depth - 1) // len(closed)
    given = message(f'{{"input": {{"a": {opened * times + "1" + closed * times}}}}}')
    if times * len(closed) < MOST_LEVELS:
        assert body_of("echo", parsed(given).input)
        assert parsed(given).work
        return
    with pytest.raises(Rejected, match="100 levels") as rejection:
        parsed(given)
    assert rejection.value.code == "input_beyond_limits"


@pytest.mark.parametrize("number", ["1e400", "-1e309", "9" * 309, "-" + "9" * 250_000])
def test_a_number_beyond_a_double_is_rejected(number: str) -> None:
    """JSON allows it; what stores and reads it does not."""
    with pytest.raises(Rejected, match="double") as rejection:
        parsed(message(f'{{"input": {{"a": [{number}]}}}}'))
    assert rejection.value.code == "input_beyond_limits"
    assert parsed(message('{"input": {"a": 1e308, "b": %s}}' % ("9" * 308))).work


@pytest.mark.parametrize(
    "unit", ["[", "{", '"\\', '{"a":"', '["\\"', "9", "[1e9,", '\\"', "[]", "]"]
)
def test_reading_takes_linear_time(unit: str) -> None:
    """Also what is no JSON: of four times as much, less than nine times as long."""
    took = []
    for size in (50_000, 200_000):
        text, best = '{"input": {"a": ' + unit * (size // len(unit)), float("inf")
        for _ in range(3):
            began = time.thread_time()
            with suppress(Rejected):
                parsed(message(text))
            best = min(best, time.thread_time() - began)
        took.append(best)
    assert took[1] < max(9 * took[0], 0.01)


values = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers()
    | strategies.integers(min_value=-(10**400), max_value=10**400)
    | strategies.floats()
    | strategies.text(),
    lambda inner: (
        strategies.lists(inner, max_size=4)
        | strategies.dictionaries(strategies.text(), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given_any(
    work=strategies.dictionaries(strategies.text(), values, max_size=4),
    depth=strategies.integers(0, 60),
)
def test_what_can_be_read_can_be_sent_and_is_the_same_work(work: Any, depth: int) -> None:
    """Whatever any text of a client becomes, the queue takes it and the worker reads the same."""
    nested: Any = work
    for _ in range(depth):
        nested = {"n": [nested]}
    try:
        read = parsed(message(json.dumps({"input": nested}).replace("Infinity", "1e999")))
    except Rejected:
        return
    again = parsed(message(body_of(read.type, read.input)))
    assert again.work == read.work


@pytest.mark.parametrize("text", ['ü\n"\\ & + </>', "\ufffe\uffff", "\x00\x1f\x7f", "𝄞", "a" * 9])
def test_what_is_sent_is_what_the_worker_reads(text: str) -> None:
    """Also characters that SQS does not take as they are."""
    body = body_of("echo", {text: [text, 1.5, None]})
    assert not set(body) & {"\ufffe", "\uffff", "\x00", "\x1f"}
    read = parsed(message(body))
    assert (read.type, read.input) == ("echo", {text: [text, 1.5, None]})


def test_no_rejection_quotes_the_input() -> None:
    """Messages of rejections are stored and shown, so none may repeat what the client sent."""
    for body in ('{"s3cret": 1}', '{"type": "s3 cret s3cret"}', '{"input": "s3cret"}', "s3cret"):
        with pytest.raises(Rejected) as rejection:
            parsed(message(body))
        assert "s3cret" not in rejection.value.message
