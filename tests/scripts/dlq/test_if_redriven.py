"""What the tool says of a redrive is what the worker does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from command_api.domain import lifecycle
from command_api.domain.decision import Then
from command_api.domain.model import Lease, Status
from scripts.dlq.if_redriven import DROPPED, RUNS, if_redriven
from scripts.dlq.letter import Letter
from scripts.dlq.records import Known
from tests.builders import FINAL, NOW, SECOND, TEMPORARY, command
from tests.scripts.dlq.world import text
from tests.unit.conftest import Bench

if TYPE_CHECKING:
    from command_api.domain.model import Command

BODY = '{"type": "echo", "input": {"n": 1}}'
GONE = Lease("t-0", NOW - SECOND)
EARLIER = NOW - timedelta(minutes=1)
CASES = {
    "unknown": (None, RUNS),
    "pending": (command(Status.PENDING), RUNS),
    "running": (command(), DROPPED),
    "left behind": (command(lease=GONE), RUNS),
    "left behind on the last attempt": (command(attempts=3, lease=GONE), RUNS),
    "failed": (command(Status.FAILED, failure=TEMPORARY, updated_at=EARLIER), RUNS),
    "failed just now": (command(Status.FAILED, failure=TEMPORARY, updated_at=NOW), RUNS),
    "failed after it": (
        command(Status.FAILED, failure=TEMPORARY, updated_at=NOW + 5 * SECOND),
        DROPPED,
    ),
    "failed for good": (command(Status.FAILED, failure=FINAL), DROPPED),
    "completed": (command(Status.COMPLETED), DROPPED),
    "cancelled": (command(Status.CANCELLED), DROPPED),
    "of another owner": (command(Status.FAILED, failure=TEMPORARY, owner="ada"), DROPPED),
    "for other work": (command(Status.PENDING, work="other"), DROPPED),
}


def letter(body: str = BODY, **attributes: str) -> Letter:
    """A dead letter of the command c-1."""
    named = {name: text(value) for name, value in {"command_id": "c-1", **attributes}.items()}
    return Letter(message_id="d-1", body=body, attributes=named, sent_at=EARLIER)


def seen(stored: Command | None) -> Known | None:
    """The command as the tool reads it."""
    shown = stored and lifecycle.observed(stored, now=NOW)
    return Known(stored, shown) if stored and shown else None


def what_the_worker_does(bench: Bench, given: Letter) -> str:
    """Deliver what a redrive sends."""
    then = bench.deliver(given.as_sent_again().as_received(sent_at=NOW), alone=True)
    assert bench.seen or then is Then.ACKNOWLEDGE
    return RUNS if bench.seen else DROPPED


@pytest.mark.parametrize(("stored", "expected"), CASES.values(), ids=CASES)
def test_the_tool_and_the_worker_agree(stored: Command | None, expected: str) -> None:
    """Whatever is stored."""
    bench = Bench()
    bench.handle(lambda _: None)
    if stored:
        bench.store.put(stored)
    assert if_redriven(letter(), seen(stored), now=NOW) == expected
    assert what_the_worker_does(bench, letter()) == expected


@pytest.mark.parametrize("given", [letter("no json"), letter("[]"), letter(command_id="a b")])
@pytest.mark.parametrize("stored", [None, command(Status.PENDING)], ids=["unknown", "pending"])
def test_what_asks_for_nothing_never_runs(given: Letter, stored: Command | None) -> None:
    """The worker drops it, whether or not there is a command."""
    bench = Bench()
    bench.handle(lambda _: None)
    if stored:
        bench.store.put(stored)
    assert if_redriven(given, seen(stored), now=NOW) == DROPPED
    assert what_the_worker_does(bench, given) == DROPPED


def test_a_copy_is_redriven_as_a_request_of_its_own() -> None:
    """As a copy it would be as old as its original: older than the failure."""
    copied = letter(copy_of="m-1 1893553445000").as_sent_again()
    assert set(copied.attributes) == {"command_id"}
    assert copied.as_received(sent_at=NOW).copy_of == ""


def test_a_letter_without_an_id_names_the_command_of_its_message() -> None:
    """SQS gives what is sent again another messageId."""
    nameless = Letter(message_id="d-1", body=BODY, sent_at=EARLIER)
    sent = nameless.as_sent_again()
    assert sent.attributes == {"command_id": text("d-1")}
    assert sent.key == nameless.key == "d-1"


def test_a_default_type_is_that_of_the_record() -> None:
    """A body without a type still asks for the work that is stored."""
    stored = command(Status.PENDING)
    assert if_redriven(letter('{"input": {"n": 1}}'), seen(stored), now=NOW) == RUNS
