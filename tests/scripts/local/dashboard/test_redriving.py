"""Redrives of the page: by the rules of `scripts.dlq`, one at a time, and nothing stays hidden."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from scripts.interrupts import GRACE_SECONDS, GracefulShutdown
from scripts.local.dashboard.redriving import Redriving
from tests.live import eventually
from tests.scripts.dlq.strict_sqs import RealTimeSqs, StrictSqs, aimed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANY = 8_000


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> StrictSqs:
    """Queues with a clock of their own."""
    sqs = StrictSqs()
    monkeypatch.setattr(GracefulShutdown, "wait", lambda _, seconds: sqs.sleep(seconds))
    return sqs


def filled(sqs: StrictSqs, number: int) -> None:
    """So many dead-letter messages; the command of each is its message."""
    sqs.fill(number, lambda place: json.dumps({"type": "echo", "number": place}))


def ended(redriving: Redriving) -> dict[str, Any]:
    """What the redrive said, once it has ended."""
    eventually(lambda: not redriving.shown()["running"], seconds=60)
    return redriving.shown()


def test_a_selection_is_redriven_once_and_hides_each_message_once(sqs: StrictSqs) -> None:
    """However many lie there: they do not come back while the others are looked at."""
    filled(sqs, MANY)
    # At this speed the look takes some minutes; a fixed minute would end in the middle of it.
    sqs.seconds_per_call = 0.2
    redriving = Redriving()
    redriving.start(aimed(sqs, "--local"), [f"m-{MANY - 1}"])
    shown = ended(redriving)
    assert shown["error"] == ""
    assert shown["said"] == [f"redrove 1 of 1 that match; looked at {MANY}"]
    dlq = sqs.queues["work-dlq"]
    assert set(dlq.times_hidden.values()) == {1}
    assert (len(sqs.queues["work"].bodies), len(dlq.bodies), len(dlq.hidden)) == (1, MANY - 1, 0)


def test_a_preview_finds_its_command_behind_a_thousand_others(sqs: StrictSqs) -> None:
    """Told that there is no message of it, an operator would give it up."""
    filled(sqs, 1_500)
    shown = Redriving().preview(aimed(sqs, "--local"), ["m-1499"])
    assert (shown["messages"], shown["more"]) == (1, 0)
    assert not sqs.queues["work-dlq"].hidden


def test_a_preview_of_all_counts_all_and_looks_at_a_sample(sqs: StrictSqs) -> None:
    """The button says how many messages go back, and few are hidden for that."""
    filled(sqs, 1_500)
    shown = Redriving().preview(aimed(sqs, "--local"), [])
    assert (shown["messages"], shown["more"]) == (1_500, 1_400)
    assert sqs.queues["work-dlq"].times_hidden.total() == 100
    assert not sqs.queues["work-dlq"].hidden


def test_a_redrive_waits_for_a_preview_to_end(sqs: StrictSqs) -> None:
    """What the preview hides the redrive would not see."""
    filled(sqs, 50)
    redriving, looking, go_on = Redriving(), threading.Event(), threading.Event()

    def held(call: Callable[[], Any]) -> Any:
        if sqs.calls["receive_message"] == 3 and not looking.is_set():
            looking.set()
            sqs._lock.release()
            assert go_on.wait(30)
            sqs._lock.acquire()
        return call()

    sqs.watch = held
    preview = threading.Thread(target=redriving.preview, args=(aimed(sqs, "--local"), []))
    preview.start()
    assert looking.wait(30)
    redrive = threading.Thread(target=redriving.start, args=(aimed(sqs, "--local"), []))
    redrive.start()
    assert not sqs.calls["start_message_move_task"]
    go_on.set()
    preview.join(30)
    redrive.join(30)
    assert ended(redriving)["said"] == ["redrove about 50 messages"]
    assert len(sqs.queues["work"].bodies) == 50


@pytest.mark.parametrize("slow", [{}, {"send_message_batch": 60.0}], ids=["quick", "hanging"])
def test_the_end_of_the_dashboard_releases_what_its_redrive_hides(
    tmp_path: Path, slow: dict[str, float]
) -> None:
    """Also where a call to SQS hangs."""
    sqs = RealTimeSqs(tmp_path / "calls", slow)
    filled(sqs, 200)
    redriving = Redriving()
    redriving.start(aimed(sqs, "--local"), [f"m-{place}" for place in range(100, 200)])
    eventually(lambda: bool(sqs.calls["send_message_batch"]), seconds=30)
    began = time.monotonic()
    assert "redrive --apply" in redriving.end(2 * GRACE_SECONDS)
    assert time.monotonic() - began < 2 * GRACE_SECONDS
    state = sqs.state()
    assert state["work-dlq"]["hidden"] == 0
    assert len({*state["work"]["bodies"], *state["work-dlq"]["bodies"]}) == 200


def test_the_end_of_the_dashboard_ends_the_redrive_of_sqs(tmp_path: Path) -> None:
    """It would go on by itself, while the page says that it was interrupted."""
    sqs = RealTimeSqs(tmp_path / "calls", {})
    filled(sqs, 5_000)
    redriving = Redriving()
    redriving.start(aimed(sqs, "--local"), [])
    eventually(lambda: bool(sqs._task), seconds=30)
    redriving.end(2 * GRACE_SECONDS)
    assert sqs._task["Status"] == "CANCELLED"
    assert not redriving.shown()["running"]
