"""A paused type: its messages wait, and nothing is claimed, used up or lost by that."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from command_api.domain import lifecycle
from command_api.domain.errors import Unavailable
from command_api.domain.model import Status
from tests.builders import FUNCTION_ENVIRONMENT, MESSAGE_LIFE, NOW, WAITS_UNTIL, command, message
from tests.fakes.commands import InMemoryCommands, InMemoryQueue
from tests.unit.adapters.test_availability import LASTING
from tests.unit.usecases.test_batch import mail, order

if TYPE_CHECKING:
    from types import ModuleType

    from command_api.domain.message import Message
    from tests.unit.conftest import Bench

MAILING = '{"type": "send_email", "input": {}}'


class Broken(InMemoryQueue):
    """A queue that refuses calls of these names, by default for lack of a grant."""

    def __init__(self, *refused: str, error: Exception = LASTING["access denied"]) -> None:
        super().__init__()
        self.refused = refused
        self.error = error
        self.calls: list[str] = []

    def copy(self, message: Message, seconds: float) -> None:
        """Take the copy, if it is not refused."""
        self._may("copy")
        super().copy(message, seconds)

    def delay(self, receipt_handle: str, seconds: float) -> None:
        """Hide the message, if that is not refused."""
        self._may("delay")
        super().delay(receipt_handle, seconds)

    def delete(self, messages: Any) -> None:
        """Delete, if that is not refused."""
        self._may("delete")
        super().delete(messages)

    def _may(self, call: str) -> None:
        self.calls.append(call)
        if call in self.refused:
            raise self.error


class Untouchable:
    """A table that nobody may ask."""

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse every call."""
        raise AssertionError(name)


@pytest.fixture
def paused(bench: Bench) -> Bench:
    """A bench where `send_email` is paused."""
    bench.handlers["send_email"] = bench.handlers["echo"]
    bench.paused = {"send_email"}
    return bench


def test_a_copy_that_cannot_be_sent_leaves_the_message_waiting(paused: Bench) -> None:
    """It is hidden for as long, and comes back by itself."""
    paused.queue = Broken("copy")
    assert paused.batch(mail(1, body=MAILING), mail(2)) == ["m-1"]
    assert paused.queue.delays == {"r-1": 240}
    assert order(paused) == ["c-2"]


def test_a_message_that_can_neither_be_copied_nor_hidden_comes_back(paused: Bench) -> None:
    """By the queue's own timeout; its neighbour runs."""
    paused.queue = Broken("copy", "delay")
    assert paused.batch(mail(1, body=MAILING), mail(2)) == ["m-1"]
    assert order(paused) == ["c-2"]


def test_a_message_that_cannot_be_deleted_early_goes_with_the_batch(paused: Bench) -> None:
    """Its copy stands for it already."""
    paused.queue = Broken("delete")
    assert paused.batch(mail(1, body=MAILING)) == []
    assert len(paused.queue.copied) == 1


@pytest.mark.parametrize("receives", [1, 3, 11, 900])
def test_a_paused_message_costs_no_call_of_the_table(paused: Bench, receives: int) -> None:
    """However often it was received: it is replaced before anybody would look it up."""
    paused.store = Untouchable()  # type: ignore[assignment]
    assert paused.batch(mail(1, body=MAILING, receives=receives)) == []
    assert [(one.message_id, delay) for one, delay in paused.queue.copied] == [("m-1", 240)]
    assert paused.queue.deleted == ["r-1"]
    assert not paused.seen


def test_a_message_without_a_type_is_one_of_the_default_type(bench: Bench) -> None:
    """And waits with them."""
    bench.paused = {"echo"}
    assert bench.batch(mail(1, body="{}")) == []
    assert len(bench.queue.copied) == 1


@pytest.mark.parametrize("body", ["no json", "[]", '{"type": ["send_email"]}', '{"type": null}'])
def test_a_message_whose_type_cannot_be_told_is_rejected_as_ever(paused: Bench, body: str) -> None:
    """Nothing will ever make sense of it."""
    assert paused.batch(mail(1, body=body)) == []
    assert paused.store.commands["c-1"].status is Status.FAILED


def test_a_paused_command_stops_its_fifo_group_and_no_other(paused: Bench) -> None:
    """Nothing is copied; what follows comes back behind it, what came before has run."""
    messages = [mail(n, group="a") for n in range(3)]
    messages[1] = mail(1, group="a", body=MAILING)
    assert paused.batch(*messages, mail(3, group="b"), fifo=True) == ["m-1", "m-2"]
    assert sorted(order(paused)) == ["c-0", "c-3"]
    assert paused.queue.delays == {"r-1": 240, "r-2": 0}
    assert not paused.queue.copied


def test_a_pause_is_counted_and_logged_by_type(
    paused: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """One line a round, without the input."""
    caplog.set_level(logging.INFO)
    body = '{"type": "send_email", "input": {"to": "s3cret"}}'
    paused.batch(mail(1, body=body))
    [line] = [one for one in caplog.records if one.message == "paused"]
    assert (line.__dict__["command_id"], line.__dict__["command_type"]) == ("c-1", "send_email")
    assert paused.measured == [("send_email", "paused", {"Paused": 1})]
    assert "s3cret" not in str([one.__dict__ for one in caplog.records])


def test_a_type_that_nobody_handles_may_be_a_mistake(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says so when a worker starts."""
    bench.paused = {"echo", "send_emial"}
    bench.batch(mail(1))
    [line] = [one for one in caplog.records if one.levelname == "WARNING"]
    assert line.__dict__["command_types"] == ["send_emial"]


@pytest.mark.parametrize(
    ("text", "types"), [("", set()), ("echo", {"echo"}), ("echo,demo", {"echo", "demo"})]
)
def test_terraform_says_what_is_paused(
    worker_function: ModuleType, text: str, types: set[str]
) -> None:
    """By a variable of the function; without it nothing is."""
    told = {**FUNCTION_ENVIRONMENT, "PAUSED_TYPES": text}
    process = worker_function.process_batch(told, {}, logging.getLogger("worker"))
    assert process.pause.types == types


def test_a_command_that_is_paused_for_longer_than_a_message_lives_is_not_lost(
    paused: Bench,
) -> None:
    """Its copies tell its record, and no more often than four times in a life."""
    waiting = command(Status.PENDING, attempts=0, waits_until=WAITS_UNTIL)
    paused.store.commands["c-1"] = waiting
    told = set()
    given = message(body=MAILING)
    while paused.now < NOW + 3 * MESSAGE_LIFE:
        assert paused.batch(given) == []
        assert lifecycle.observed(paused.command, now=paused.now) == paused.command
        told.add(paused.command.waits_until)
        given = message(body=MAILING, copy_of="m-1", copied_at=paused.now)
        paused.pass_time(900)
    assert 11 <= len(told) <= 13


@dataclass
class Away(InMemoryCommands):
    """A table that does not answer."""

    calls: int = 0

    def wait(self, *_: object) -> None:
        """Fail as a call that has waited for its whole timeout."""
        self.calls += 1
        raise Unavailable

    def claim(self, *_: object) -> NoReturn:
        """Fail likewise."""
        self.calls += 1
        raise Unavailable


def test_a_table_that_is_away_is_asked_once_for_a_batch_of_copies(paused: Bench) -> None:
    """All are copied as ever, for a pause needs no table; what is not paused is not looked up."""
    paused.store = table = Away()
    paused.pass_time(MESSAGE_LIFE.total_seconds())
    copies = [replace(mail(n, body=MAILING), copy_of=f"m-0{n}", copied_at=NOW) for n in range(8)]
    assert paused.batch(*copies, mail(8), mail(9), concurrency=1) == ["m-8", "m-9"]
    assert table.calls == 1
    assert len(paused.queue.copied) == len(paused.queue.deleted) == 8


def test_a_queue_that_is_away_is_asked_once(paused: Bench) -> None:
    """The messages come back by its own timeout, and what is not paused runs."""
    paused.queue = queue = Broken("copy", "delay", "delete", error=ConnectionError())
    messages = [mail(n, body=MAILING) for n in range(4)]
    assert paused.batch(*messages, mail(4), concurrency=1) == ["m-0", "m-1", "m-2", "m-3"]
    assert queue.calls == ["copy"]
    assert order(paused) == ["c-4"]
