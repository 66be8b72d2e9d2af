"""Ctrl-C and SIGTERM at any moment: the tool ends soon, loses nothing and leaves nothing hidden."""

from __future__ import annotations

import json
import random
import re
import signal
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from scripts.interrupts import GRACE_SECONDS
from tests.scripts.dlq.strict_sqs import body
from tests.scripts.interrupted.process import (
    MOMENTS,
    MOST_SECONDS,
    Ended,
    interrupt,
    started,
    wait_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path
    from subprocess import Popen

SOME = ("redrive", "--apply", "--type", "echo")
MESSAGES = 60
NAMES = {signal.SIGINT: 130, signal.SIGTERM: 143}


@dataclass
class Tool:
    """The tool with a queue of so many messages; `slow` operations take so many seconds."""

    folder: Path
    messages: int = MESSAGES
    slow: dict[str, float] = field(default_factory=dict)
    # How long the tool waits for its step: a test that waits for nothing sets it high.
    grace: float = GRACE_SECONDS

    def start(self, *arguments: str) -> AbstractContextManager[Popen[str]]:
        """A process of its own."""
        numbers = (str(self.messages), json.dumps(self.slow), str(self.grace))
        words = (str(self.folder), *numbers, *arguments)
        return started("-m", "tests.scripts.dlq.interrupted_tool", *words)

    def calls(self) -> int:
        """How many calls it has begun."""
        path = self.folder / "calls"
        return path.stat().st_size if path.exists() else 0

    def interrupted(
        self, *arguments: str, calls: int, number: int = signal.SIGINT, again: float | None = None
    ) -> Ended:
        """Send a signal a moment after so many calls, perhaps twice."""
        with self.start(*arguments) as process:
            wait_for(process, lambda: self.calls() >= calls)
            time.sleep(random.uniform(0, 0.02))  # noqa: S311 - no secret
            ended = interrupt(process, number=number, again_after=again)
        assert "Traceback" not in ended.out + ended.err, ended
        assert ended.code == NAMES[signal.Signals(number)], ended
        again_ = " ".join(("python -m scripts.dlq", *arguments))
        assert f"interrupted; no message is lost. To continue: {again_}\n" in ended.err
        return ended

    def queues(self) -> tuple[list[str], list[str], int]:
        """What lies in the queue and in the dead-letter queue, and how much of that is hidden."""
        found: dict[str, dict[str, Any]] = json.loads((self.folder / "state").read_text())
        dlq = found["work-dlq"]
        return found["work"]["bodies"], dlq["bodies"], dlq["hidden"]

    def nothing_is_lost(self) -> None:
        """Every message is in one of the queues."""
        work, dlq, _ = self.queues()
        assert {*work, *dlq} == {body(number) for number in range(self.messages)}


@pytest.fixture
def tool(tmp_path: Path) -> Iterator[Tool]:
    """Sixty messages."""
    return Tool(tmp_path)  # type: ignore[return-value]


def signals(number: int) -> int:
    """Ctrl-C and SIGTERM in turn."""
    return signal.SIGTERM if number % 2 else signal.SIGINT


@pytest.mark.parametrize("moment", [moment + 1 for moment in MOMENTS])
def test_a_redrive_is_interrupted_at_any_moment(tool: Tool, moment: int) -> None:
    """It completes its step, releases what it hides, and tells how far it came."""
    ended = tool.interrupted(*SOME, calls=moment, number=signals(moment))
    assert ended.seconds < MOST_SECONDS, ended
    tool.nothing_is_lost()
    work, dlq, hidden = tool.queues()
    said = re.search(r"redrove (\d+) of (\d+) matching; read (\d+)", ended.err)
    assert said, ended
    assert (int(said[1]), hidden) == (len(work), 0)
    assert len(work) + len(dlq) == MESSAGES


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_other_subcommands_are_interrupted_at_any_moment(
    tool: Tool, tmp_path: Path, moment: int
) -> None:
    """No message moves, none stays hidden, and no half of a file is left."""
    file = tmp_path / "messages.jsonl"
    lines = [
        {"messageId": f"i-{n}", "sentAt": "2030-01-01T00:00:00+00:00", "body": b, "attributes": {}}
        for n, b in enumerate([*map(body, range(MESSAGES)), "new"])
    ]
    (tmp_path / "import.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    words, said = [
        (("show", "--all"), r"\d+ messages? of \d+ read"),
        (("inspect", "c-1"), r"read \d+ messages?, fewer than requested"),
        (("export", str(file)), rf"read \d+ messages? of about 60; file {file} was not written"),
        (("import", str(tmp_path / "import.jsonl")), r"imported 0 messages"),
    ][moment % 4]
    ended = tool.interrupted(*words, calls=1 + moment // 3, number=signals(moment // 4))
    assert ended.seconds < MOST_SECONDS, ended
    assert re.search(said, ended.err), ended
    work, dlq, hidden = tool.queues()
    assert (len(work), len(dlq), hidden) == (0, MESSAGES, 0)
    assert not [*tmp_path.glob("messages.jsonl*")]


@pytest.mark.parametrize(("operation", "calls"), [("send", 5), ("delete", 6), ("receive", 4)])
def test_a_call_that_hangs_holds_nobody(tool: Tool, operation: str, calls: int) -> None:
    """After a second its step is left behind; what else is hidden is released."""
    name = {"receive": "receive_message"}.get(operation, f"{operation}_message_batch")
    tool.slow = {name: 60}
    ended = tool.interrupted(*SOME, calls=calls)
    assert ended.seconds < GRACE_SECONDS + MOST_SECONDS, ended
    assert "interrupted during a step: " in ended.err
    tool.nothing_is_lost()
    stuck = "10 messages may stay hidden for up to 63 seconds"
    assert (stuck in ended.err) == (operation == "receive"), ended
    assert tool.queues()[2] == 0


def test_a_second_signal_ends_a_step_at_once_and_still_releases(tool: Tool) -> None:
    """It does not wait for what the first one would have waited for."""
    tool.slow, tool.grace = {"send_message_batch": 60}, 30
    ended = tool.interrupted(*SOME, calls=5, again=0.1)
    assert ended.seconds < MOST_SECONDS, ended
    assert "interrupted during a step: nothing was changed" in ended.err
    tool.nothing_is_lost()
    assert tool.queues()[2] == 0


# What a `show --all` of 400 messages calls before it releases them.
LOOKED = 2 + 1 + 40 + 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_release_lets_it_end(tool: Tool, number: int) -> None:
    """However long that takes; it says how to end it at once, and what that costs."""
    tool.messages, tool.slow = 400, {"change_message_visibility_batch": 0.3}
    ended = tool.interrupted("show", "--all", calls=LOOKED + 1, number=number)
    said = re.search(r"releasing (\d+) messages; .* visible within 80 seconds", ended.err)
    assert said, ended
    assert 0 < int(said[1]) <= 400
    assert "may stay hidden" not in ended.err
    assert tool.queues()[2] == 0
    tool.nothing_is_lost()


def test_a_second_signal_during_the_release_ends_it_at_once(tool: Tool) -> None:
    """And says how many messages stay hidden, and for how long."""
    tool.messages, tool.slow, tool.grace = 400, {"change_message_visibility_batch": 60}, 30
    ended = tool.interrupted("show", "--all", calls=LOOKED + 1, again=0.2)
    assert ended.seconds < MOST_SECONDS, ended
    said = re.search(r"(\d+) messages may stay hidden for up to 80 seconds", ended.err)
    assert said, ended
    hidden = tool.queues()[2]
    assert 0 < hidden <= int(said[1]) <= 400
    tool.nothing_is_lost()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_redrive_of_sqs_is_ended_too(tool: Tool, number: int) -> None:
    """It is cancelled, and what it has moved is told."""
    tool.messages = 5_000
    ended = tool.interrupted("redrive", "--apply", calls=6, number=number)
    assert ended.seconds < MOST_SECONDS, ended
    work, dlq, hidden = tool.queues()
    said = re.search(r"redrove about (\d+) message", ended.err)
    assert said, ended
    assert (int(said[1]), hidden) == (len(work), 0)
    assert dlq
    tool.nothing_is_lost()


def test_a_run_that_ignores_ctrl_c_goes_on(tool: Tool) -> None:
    """As under nohup."""
    run = "import os, signal, sys; signal.signal(2, signal.SIG_IGN); os.execv(sys.executable, "
    run += "[sys.executable, '-m', 'tests.scripts.dlq.interrupted_tool', *sys.argv[1:]])"
    with started("-c", run, str(tool.folder), "20", "{}", "1", *SOME) as process:
        wait_for(process, lambda: tool.calls() >= 3)
        ended = interrupt(process)
    assert ended.code == 0, ended
    assert "interrupted" not in ended.err
    assert (len(tool.queues()[0]), tool.queues()[2]) == (10, 0)
