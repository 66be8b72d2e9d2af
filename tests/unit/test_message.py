"""What a message may say, and what is refused for good."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from command_api.domain.errors import Rejected
from command_api.domain.message import Message, parse
from command_api.domain.model import Submission
from command_api.domain.renewal import Renewal
from tests.builders import NOW, SECOND, message

if TYPE_CHECKING:
    from datetime import datetime


def parsed(given: Message) -> Submission:
    """Parse with two known types, `echo` being the default."""
    return parse(given, known_types={"echo", "drill"}, default_type="echo")


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
        ('{"type": "unheard_of"}', "unknown_type"),
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


def test_no_rejection_quotes_the_input() -> None:
    """Messages of rejections are stored and shown, so none may repeat what the client sent."""
    for body in ('{"s3cret": 1}', '{"type": "s3cret"}', '{"input": "s3cret"}', "s3cret"):
        with pytest.raises(Rejected) as rejection:
            parsed(message(body))
        assert "s3cret" not in rejection.value.message


def copy_of(original: Message, *, at: datetime) -> Message:
    """The copy that is sent at that time, a second later in the queue."""
    told = Renewal.read(str(original.renewed(at)))
    return replace(original, message_id="m-2", sent_at=at + SECOND, renewal=told)


def test_a_copy_of_what_had_failed_is_as_old_as_the_message_that_it_replaced() -> None:
    """However often it is copied: its age decides whether it may restart the command."""
    failed_at = NOW + 30 * SECOND
    first = copy_of(message(sent_at=NOW), at=NOW + 60 * SECOND)
    second = copy_of(first, at=NOW + 120 * SECOND)
    assert [one.sent_for(failed_at) for one in (first, second)] == [NOW, NOW]
    assert [one.rescues for one in (first, second)] == [1, 2]
    assert second.requested_at == NOW


def test_a_copy_that_is_redriven_after_a_failure_asks_for_something_new() -> None:
    """At once, where the command failed after the copy was made."""
    copied = copy_of(message(sent_at=NOW), at=NOW + 60 * SECOND)
    redriven = replace(copied, message_id="m-3", sent_at=NOW + 63 * SECOND)
    assert redriven.sent_for(NOW + 61 * SECOND) == NOW + 63 * SECOND


def test_a_copy_that_is_redriven_much_later_is_a_request_of_its_own() -> None:
    """It keeps its attributes, but not its time: it restarts the command, with copies to go."""
    copied = copy_of(message(sent_at=NOW), at=NOW + 60 * SECOND)
    redriven = replace(copied, message_id="m-3", sent_at=NOW + 3600 * SECOND)
    assert redriven.sent_for(NOW + 30 * SECOND) == NOW + 3600 * SECOND
    assert (redriven.rescues, redriven.renewed(NOW).number) == (0, 1)


@pytest.mark.parametrize("value", [None, "", "3", "1 2", "1 2 3 4", "one 2 3", "-1 2 3", "1 2 ٣"])
def test_what_is_no_note_of_a_copy_changes_nothing(value: str | None) -> None:
    """An attribute that somebody else wrote is ignored."""
    assert Renewal.read(value) is None


def test_a_note_of_a_copy_makes_no_message_younger() -> None:
    """A message can be older than it looks, but not younger than its own time."""
    forged = message(sent_at=NOW, renewal=Renewal(1, NOW + 3600 * SECOND, NOW))
    assert (forged.requested_at, forged.sent_for(NOW - SECOND)) == (NOW, NOW)
