"""Stored before it is sent: whatever breaks, no command is lost, and none runs twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain.decision import Then
from command_api.domain.model import PendingEntry, Status
from command_api.domain.submission import OUTBOX_RETENTION
from command_api.usecases.submit import Refusal, Taken, Why
from tests.builders import MESSAGE_LIFE, NOW, SECOND, WAITS_UNTIL, command, submission
from tests.unit.usecases.harness import TIMEOUT, BadQueue, BadTable, Harness

if TYPE_CHECKING:
    from tests.unit.conftest import Bench

INPUT = {"n": 1}
SENT = command(Status.PENDING, attempts=0, max_attempts=1, message_id="")
UNSENT = replace(
    SENT, pending_entry=PendingEntry(NOW, NOW + TIMEOUT, INPUT), waits_until=NOW + OUTBOX_RETENTION
)


def test_a_table_that_is_away_takes_nothing() -> None:
    """Nothing was written and nothing sent, and the client may try again."""
    harness = Harness(BadTable(away={"store"}))
    assert harness.ask() == Refusal(Why.NOT_STORED)
    assert (harness.table.store_.commands, harness.queue.messages) == ({}, [])


@pytest.mark.parametrize("after_taking", [False, True])
def test_a_queue_that_is_away_leaves_the_command_to_the_next_request(after_taking: object) -> None:
    """The record stays, nobody holds it, and asking again sends it at once."""
    harness = Harness(queue=BadQueue(away=True, after_taking=bool(after_taking)))
    assert harness.ask() == Refusal(Why.NOT_SENT)
    assert harness.command == replace(UNSENT, pending_entry=PendingEntry(NOW, NOW, INPUT))
    harness.queue.away = False
    harness.now += SECOND
    assert harness.ask() == Taken(
        replace(UNSENT, pending_entry=PendingEntry(NOW, harness.now + TIMEOUT, INPUT))
    )
    assert harness.command == replace(SENT, waits_until=harness.now + MESSAGE_LIFE)


def test_what_the_queue_never_takes_is_not_even_stored() -> None:
    """It could never be sent, and would be tried by every run of the outbox relay for ever."""
    harness = Harness()
    harness.queue.too_large = {"c-1"}
    assert harness.ask() == Refusal(Why.TOO_LARGE)
    assert harness.table.store_.commands == {}


def test_what_a_queue_refuses_is_not_taken() -> None:
    """A partial failure is a failure of that command alone."""
    harness = Harness()
    harness.queue.refused = {"c-2"}
    asked = [submission(id=f"c-{n}") for n in (1, 2, 3)]
    answers = harness.submit(asked, until=NOW + TIMEOUT)
    assert [isinstance(answer, Taken) for answer in answers] == [True, False, True]
    assert answers[1] == Refusal(Why.NOT_SENT)


def test_a_submission_that_cannot_even_release_its_lease_says_when_to_come_back() -> None:
    """Table and queue are both away: nobody can send it before its time is up."""
    harness = Harness(BadTable(away={"release_lease"}), BadQueue(away=True))
    assert harness.ask() == Refusal(Why.NOT_SENT, NOW + TIMEOUT)
    harness.now += SECOND
    assert harness.ask() == Refusal(Why.IN_FLIGHT, NOW + TIMEOUT)


@pytest.mark.parametrize("after_writing", [False, True])
def test_a_command_that_was_sent_is_taken_even_if_that_is_not_noted(after_writing: object) -> None:
    """The message is in the queue; at worst it is sent a second time."""
    harness = Harness(BadTable(away={"sent"}, after_writing=bool(after_writing)))
    assert isinstance(harness.ask(), Taken)
    assert len(harness.queue.messages) == 1


def test_a_command_that_is_sent_twice_runs_once(bench: Bench) -> None:
    """The outbox relay finds what was not noted; the second message finds the work done."""
    harness = Harness(BadTable(bench.store, away={"sent"}))
    harness.ask()
    harness.table.away.clear()
    harness.now += timedelta(minutes=2)
    assert harness.relay()["sent"] == 1
    first, second = harness.mail
    assert (bench.deliver(first), bench.deliver(second)) == (
        Then.ACKNOWLEDGE,
        Then.ACKNOWLEDGE,
    )
    assert (len(bench.seen), bench.command.status) == (1, Status.COMPLETED)


def test_a_write_whose_answer_got_lost_is_found_to_be_ours() -> None:
    """The repeated write is refused by its own success, which is no reason to refuse the client."""
    harness = Harness()
    harness.table.store_.commands["c-1"] = UNSENT
    assert harness.ask() == Taken(UNSENT)
    assert len(harness.queue.messages) == 1


def test_of_two_requests_in_the_same_moment_one_is_first() -> None:
    """The other one is told that it is in flight, and sends nothing."""
    harness = Harness(BadTable(away={"release_lease"}), BadQueue(away=True))
    harness.ask()
    harness.queue.away, harness.jitter = False, timedelta(milliseconds=1)
    assert harness.ask() == Refusal(Why.IN_FLIGHT, NOW + TIMEOUT)
    assert harness.queue.messages == []


def test_a_submission_that_died_before_it_sent_heals_with_the_next_request() -> None:
    """In flight until it must be dead, then taken over."""
    harness = Harness()
    harness.table.store_.commands["c-1"] = UNSENT
    harness.now += SECOND
    assert harness.ask() == Refusal(Why.IN_FLIGHT, NOW + TIMEOUT)
    harness.now = NOW + TIMEOUT
    answer = harness.ask()
    assert isinstance(answer, Taken)
    assert answer.command.created_at == NOW
    assert [sent.id for sent in harness.queue.messages] == ["c-1"]
    assert harness.command == replace(SENT, waits_until=harness.now + MESSAGE_LIFE)


def test_a_faster_one_that_has_sent_it_is_good_enough() -> None:
    """Between the look and the take-over somebody else has done it all."""
    harness = Harness(now=NOW + TIMEOUT)
    harness.table.store_.commands["c-1"] = UNSENT
    table = harness.table
    acquire_lease = table.acquire_lease

    def too_late(*args: Any, **named: Any) -> Any:
        table.sent(UNSENT, waits_until=WAITS_UNTIL)
        return acquire_lease(*args, **named)

    table.__dict__["acquire_lease"] = too_late
    assert harness.ask() == Taken(replace(SENT, waits_until=WAITS_UNTIL))


def test_an_input_that_cannot_be_stored_is_refused() -> None:
    """Nothing is written and nothing sent."""
    harness = Harness()
    assert harness.ask(input={"text": "x" * 500_000}) == Refusal(Why.TOO_LARGE)
    assert harness.queue.messages == []


def test_a_new_command_costs_two_writes_and_no_read() -> None:
    """One to store it, one to note that it was sent."""
    harness = Harness()
    assert isinstance(harness.ask(owner="alice", group="g"), Taken)
    assert harness.table.writes == ["store", "sent"]
    assert (harness.command.owner, harness.command.group) == ("alice", "g")


def test_a_worker_runs_what_a_submission_has_stored(bench: Bench) -> None:
    """Its first attempt, under the time at which the client asked."""
    harness = Harness(BadTable(bench.store))
    harness.ask()
    bench.pass_time(5)
    (given,) = harness.mail
    assert bench.deliver(given) is Then.ACKNOWLEDGE
    assert (bench.command.result, bench.command.created_at) == ({"attempt": 1}, NOW)


def test_what_has_lost_its_message_runs_when_it_is_asked_for_again() -> None:
    """The same request does not answer 202 for ever: it is stored and sent anew."""
    harness = Harness()
    assert isinstance(harness.ask(), Taken)
    harness.now += MESSAGE_LIFE
    assert (harness.ask(), len(harness.queue.messages)) == (Taken(harness.command), 1)
    harness.now += SECOND
    assert isinstance(harness.ask(), Taken)
    assert (len(harness.queue.messages), harness.command.updated_at) == (2, harness.now)
