"""What a copy says of itself that was made because its type is paused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from command_api.adapters.sqs import SQSQueue
from command_api.domain.lifecycle import Verdict, verdict_on
from command_api.domain.model import Lease, Status
from command_api.domain.renewal import Renewal
from tests.builders import LATER, NOW, SECOND, TEMPORARY, command, message

MAILING = '{"type": "send_email", "input": {}}'
MINUTE = 60 * SECOND


def test_a_pause_does_not_count_against_the_copies_that_save_a_message() -> None:
    """However long it lasts, a neighbour's deaths afterwards are survived as before."""
    given = message()
    for round_ in range(1000):
        at = NOW + round_ * 4 * MINUTE
        told = Renewal.read(str(given.postponed(at)))
        given = replace(given, message_id=f"m-{round_}", sent_at=at + SECOND, renewal=told)
    assert (given.rescues, given.requested_at) == (0, NOW)
    saved = given.renewed(LATER)
    assert (saved.number, saved.first_sent_at) == (1, NOW)


def test_a_redriven_letter_waits_as_the_new_request_that_it_is() -> None:
    """Its copy restarts the command, which had failed before."""
    failed = command(type="send_email").failed(TEMPORARY, now=NOW, purge_at=LATER)
    redriven = message(MAILING, message_id="m-2", sent_at=NOW + MINUTE)
    told = Renewal.read(str(redriven.postponed(NOW + 2 * MINUTE)))
    copied = replace(redriven, message_id="m-3", sent_at=NOW + 2 * MINUTE, renewal=told)
    assert verdict_on(copied, failed, now=NOW + 6 * MINUTE) is Verdict.RESTART


@pytest.mark.parametrize(
    ("known", "verdict"),
    [
        (command(Status.PENDING, attempts=2), Verdict.CLAIM),
        (command(lease=Lease("t-1", LATER)), Verdict.WAIT),
        (command(lease=Lease("t-1", NOW)), Verdict.TAKE_OVER),
        (command(lease=Lease("t-1", NOW), attempts=3), Verdict.BURY),
        (command().failed(TEMPORARY, now=NOW + SECOND, purge_at=LATER), Verdict.DEAD),
        (command().completed(1, now=NOW, purge_at=LATER), Verdict.DUPLICATE),
    ],
)
def test_a_copy_stands_where_its_message_stood(known: Any, verdict: Verdict) -> None:
    """What had begun before the pause is judged after it as it would have been."""
    told = Renewal.read(str(message().postponed(NOW + MINUTE)))
    copied = message(message_id="m-2", sent_at=NOW + MINUTE, renewal=told)
    assert verdict_on(copied, known, now=NOW + 5 * MINUTE) is verdict


def test_a_copy_keeps_the_id_of_a_message_that_had_none() -> None:
    """A message that was put in by hand goes by its messageId, which a copy does not share."""
    sent: list[dict[str, Any]] = []

    class Client:
        def send_message(self, **asked: Any) -> None:
            sent.append(asked)

    queue = SQSQueue(Client, "https://queue", "https://dlq")
    queue.postpone(message(command_id=None), 240, at=NOW)
    [copied] = sent
    assert copied["MessageAttributes"]["command_id"]["StringValue"] == "m-1"
    assert copied["MessageAttributes"]["renewal"]["StringValue"].startswith("0 ")
    assert copied["DelaySeconds"] == 240
