"""`python -m scripts.dlq` as real processes on a local stack, with the worker behind it.

From the moment that the commands are healed each must run exactly once more, whatever is killed.
"""

from __future__ import annotations

import json
import random
import signal
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.live import eventually
from tests.scripts.dlq.failed_commands import PATIENCE, FailedCommands, package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scripts.stack.stack import LocalStack

SEED = 7


@pytest.fixture(scope="module")
def code() -> bytes:
    """The worker's zip with handlers that leave traces."""
    return package()


@pytest.fixture
def filled(stack: LocalStack, code: bytes) -> Iterator[Callable[..., FailedCommands]]:
    """Failed commands of its own for each test, so that nobody meets another one's dead."""
    made: list[FailedCommands] = []

    def fill(messages: int, *, fifo: bool = False) -> FailedCommands:
        made.append(FailedCommands(stack, code, messages, fifo))
        return made[-1]

    yield fill
    for one in made:
        one.close()


@pytest.mark.parametrize(
    # Of a FIFO queue nobody can see more than ten messages at once, not even a test.
    ("messages", "rate", "fifo"),
    [(40, 5, False), (10, 3, True)],
    ids=["standard", "fifo"],
)
def test_a_redrive_killed_again_and_again_loses_and_doubles_nothing(
    messages: int, rate: int, filled: Callable[..., FailedCommands], *, fifo: bool
) -> None:
    """SIGKILL and Ctrl-C at random moments, and at last a run that completes the work."""
    failed, chance = filled(messages, fifo=fifo), random.Random(SEED)  # noqa: S311
    chosen = ("redrive", "--apply", "--type", "work", "--rate", str(rate))
    for number in (signal.SIGKILL, signal.SIGINT, signal.SIGKILL):
        before = failed.moved()
        process = failed.start(*chosen)
        eventually(lambda before=before: failed.moved() > before)  # type: ignore[misc]
        time.sleep(chance.uniform(0, 0.3))
        process.send_signal(number)
        process.communicate(timeout=PATIENCE)
        assert process.returncode == (-number if number == signal.SIGKILL else 128 + number)
        failed.nothing_is_lost_or_doubled()
    assert failed.moved() < messages, "the kills came too late to mean anything"
    failed.run(*chosen[:-2])
    failed.all_is_well()


def test_sqs_goes_on_where_its_redrive_was_only_watched(
    filled: Callable[..., FailedCommands],
) -> None:
    """A killed watcher ends nothing; the next run follows the same task to its end."""
    failed = filled(30)
    # Half a minute of work, in which a busy machine starts the next run, too.
    process = failed.start("redrive", "--apply", "--rate", "1")
    eventually(lambda: failed.moved() > 0)
    process.kill()
    process.communicate(timeout=PATIENCE)
    said = failed.run("redrive", "--apply")
    assert "is already running; following it" in said, said
    assert "redrove about 30 messages" in said
    failed.all_is_well()


def test_ctrl_c_ends_the_redrive_of_sqs_too(filled: Callable[..., FailedCommands]) -> None:
    """What was moved runs, what was not is still dead, and a second run moves it."""
    failed = filled(30)
    process = failed.start("redrive", "--apply", "--rate", "5")
    eventually(lambda: failed.moved() > 0)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + signal.SIGINT
    assert "interrupted; no message is lost" in err
    assert 0 < failed.moved() < 30, err
    failed.nothing_is_lost_or_doubled()
    failed.run("redrive", "--apply")
    failed.all_is_well()


@pytest.mark.parametrize("fifo", [False, True], ids=["standard", "fifo"])
def test_messages_survive_their_export_purge_and_import(
    filled: Callable[..., FailedCommands], tmp_path: Path, *, fifo: bool
) -> None:
    """To the byte; imported twice they are there once; then they can be redriven."""
    failed = filled(8, fifo=fifo)
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    failed.run("export", str(first))
    failed.run("purge", "--yes-really", failed.dlq.url.rpartition("/")[2])
    assert failed.depth(failed.dlq) == 0
    assert "imported 8 messages; 0 were already in the queue" in failed.run("import", str(first))
    assert "imported 0 messages; 8 were already in the queue" in failed.run("import", str(first))
    failed.run("export", str(second))
    assert content(first) == content(second)
    assert content(first).total() == 8
    failed.run("redrive", "--apply")
    failed.all_is_well()


def content(path: Path) -> Counter[str]:
    """What makes the messages of an export."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return Counter(json.dumps([one["body"], one["attributes"], one.get("group")]) for one in lines)
