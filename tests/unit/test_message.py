"""What a message may say, and what is refused for good."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from command_api.domain.errors import Rejected
from command_api.domain.message import body_of, parse, type_of
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
        ('{"input": {"a": "\\ud800"}}', "malformed_body"),
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


@pytest.mark.parametrize("command_id", ["", "a b", "../x", 'x"},"o":{"', "ü", "x" * 129, "a\n"])
def test_an_id_outside_the_pattern_is_rejected_and_never_used(command_id: str) -> None:
    """A client-chosen id reaches the worker unescaped: the pattern is what keeps it harmless."""
    given = message(command_id=command_id)
    with pytest.raises(Rejected) as rejection:
        parsed(given)
    assert rejection.value.code == "invalid_id"
    assert given.key == "m-1"


@pytest.mark.parametrize("command_id", ["JKJaXmPLvHcESHA=", "order-1042", "a.b_c:d", "x" * 128])
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


@pytest.mark.parametrize("depth", [100_000, 250_000])
def test_an_input_that_is_nested_too_deeply_is_rejected(depth: int) -> None:
    """How deep that is depends on the Python; no body stops the worker in another way."""
    with pytest.raises(Rejected) as rejection:
        parsed(message('{"input": {"a": ' + "[" * depth + "]" * depth + "}}"))
    assert rejection.value.code == "malformed_body"


@pytest.mark.parametrize("depth", range(900, 1_000, 3))
def test_an_input_at_the_limit_of_nesting_is_work_or_rejected(depth: int) -> None:
    """What can be read and not be hashed is rejected as what cannot be read."""
    with suppress(Rejected):
        assert parsed(message('{"input": {"a": ' + "[" * depth + "]" * depth + "}}")).work


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
