"""A hundred thousand dead-letter messages: how many calls it takes, and that none is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scripts.dlq import __main__ as tool
from scripts.interrupts import GracefulShutdown
from tests.scripts.dlq.strict_sqs import MOVED_PER_SECOND, StrictSqs, aimed, body
from tests.scripts.dlq.test_redrive_killed import Killed, LastCall

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.scripts.dlq.world import Result

    Run = Callable[..., Result]

MANY, FEW, STRIDE = 100_000, 200, 3
SOME = ("redrive", "--apply", "--type", "echo")


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> StrictSqs:
    """The target of every command line."""
    sqs = StrictSqs()
    monkeypatch.setattr(GracefulShutdown, "wait", lambda _, seconds: sqs.sleep(seconds))
    monkeypatch.setattr(tool, "resolve", lambda **_: aimed(sqs, "--env dev"))
    return sqs


def test_a_redrive_with_a_filter_hides_each_message_once(sqs: StrictSqs, run: Run) -> None:
    """Ten messages a call, in each direction, and all that stay are visible again."""
    sqs.fill(MANY, body)
    assert run(*SOME).code == 0
    dlq = sqs.queues["work-dlq"]
    assert set(dlq.times_hidden.values()) == {1}
    assert (len(sqs.queues["work"].bodies), len(dlq.bodies)) == (MANY // 2, MANY // 2)
    assert not dlq.hidden
    assert sqs.calls["receive_message"] <= MANY // 10 + 5
    assert sqs.calls["send_message_batch"] == sqs.calls["delete_message_batch"] == MANY // 10
    assert sqs.calls["change_message_visibility_batch"] == MANY // 20


def test_everything_moves_at_the_speed_of_sqs_and_receives_nothing(
    sqs: StrictSqs, run: Run
) -> None:
    """A few calls, and one look a second for as long as SQS needs."""
    sqs.fill(MANY, body)
    assert run("redrive", "--apply").code == 0
    assert len(sqs.queues["work"].bodies) == MANY
    assert not sqs.calls["receive_message"]
    assert sqs.calls["start_message_move_task"] == 1
    assert sqs.now <= MANY / MOVED_PER_SECOND + 5
    assert sum(sqs.calls.values()) <= MANY / MOVED_PER_SECOND + 10


def test_show_is_a_sample(sqs: StrictSqs, run: Run) -> None:
    """A dozen looks, however many messages there are, and it says that it estimates."""
    sqs.fill(MANY, body)
    shown = run("show")
    assert shown.code == 0
    assert f"sample of about {MANY} messages" in shown.err
    assert sqs.calls["receive_message"] <= 12
    assert not sqs.queues["work-dlq"].hidden


def test_no_interruption_loses_a_message(sqs: StrictSqs, run: Run) -> None:
    """Ended at every third call, before and after its effect, until a run is through."""
    place, through = 1, False
    while not through:
        for has_effect in (False, True):
            fresh = StrictSqs()
            sqs.__dict__.update(fresh.__dict__)
            sqs.fill(FEW, body)
            sqs.watch = LastCall(place, has_effect=has_effect)
            try:
                assert run(*SOME).code == 0
                through = True
            except Killed:
                assert sqs.bodies("work", "work-dlq") == {body(one) for one in range(FEW)}
        place += STRIDE
    assert place > FEW // 5


def test_a_look_that_is_slower_than_its_messages_come_back_ends(sqs: StrictSqs, run: Run) -> None:
    """It would go in circles: each receive finds only messages that it knows."""
    sqs.fill(FEW, body)
    sqs.seconds_per_call = 2.0

    def bounded(call: Callable[[], Any]) -> Any:
        assert sqs.calls["receive_message"] < 1_000, "the look goes in circles"
        return call()

    sqs.watch = bounded
    shown = run("show", "--all", "--hide", "5")
    assert shown.code == 0
    assert f"{FEW} messages of {FEW} read" in shown.err
    assert max(sqs.queues["work-dlq"].times_hidden.values()) > 1
    assert not sqs.queues["work-dlq"].hidden
