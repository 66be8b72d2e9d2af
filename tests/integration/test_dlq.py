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
from tests.scripts.dlq.live_aws import package
from tests.scripts.dlq.morgue import PATIENCE, Morgue

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
def filled(stack: LocalStack, code: bytes) -> Iterator[Callable[..., Morgue]]:
    """A morgue for each test, so that nobody meets another one's dead."""
    made: list[Morgue] = []

    def fill(letters: int, *, fifo: bool = False) -> Morgue:
        made.append(Morgue(stack, code, letters, fifo))
        return made[-1]

    yield fill
    for one in made:
        one.close()


@pytest.mark.parametrize(
    # Of a FIFO queue nobody can see more than ten letters at once, not even a test.
    ("letters", "rate", "fifo"),
    [(40, 5, False), (10, 3, True)],
    ids=["standard", "fifo"],
)
def test_a_redrive_killed_again_and_again_loses_and_doubles_nothing(
    letters: int, rate: int, filled: Callable[..., Morgue], *, fifo: bool
) -> None:
    """SIGKILL and Ctrl-C at random moments, and at last a run that completes the work."""
    morgue, chance = filled(letters, fifo=fifo), random.Random(SEED)  # noqa: S311
    chosen = ("redrive", "--apply", "--type", "work", "--rate", str(rate))
    for number in (signal.SIGKILL, signal.SIGINT, signal.SIGKILL):
        before = morgue.moved()
        process = morgue.start(*chosen)
        eventually(lambda before=before: morgue.moved() > before)  # type: ignore[misc]
        time.sleep(chance.uniform(0, 0.3))
        process.send_signal(number)
        process.communicate(timeout=PATIENCE)
        assert process.returncode == (-number if number == signal.SIGKILL else 128 + number)
        morgue.nothing_is_lost_or_doubled()
    assert morgue.moved() < letters, "the kills came too late to mean anything"
    morgue.run(*chosen[:-2])
    morgue.all_is_well()


def test_sqs_goes_on_where_its_redrive_was_only_watched(filled: Callable[..., Morgue]) -> None:
    """A killed watcher ends nothing; the next run follows the same task to its end."""
    morgue = filled(30)
    process = morgue.start("redrive", "--apply", "--rate", "5")
    eventually(lambda: morgue.moved() > 0)
    process.kill()
    process.communicate(timeout=PATIENCE)
    said = morgue.run("redrive", "--apply")
    assert "is under way already: following it" in said, said
    assert "redrove about 30 letters" in said
    morgue.all_is_well()


def test_ctrl_c_ends_the_redrive_of_sqs_too(filled: Callable[..., Morgue]) -> None:
    """What was moved runs, what was not is still dead, and a second run moves it."""
    morgue = filled(30)
    process = morgue.start("redrive", "--apply", "--rate", "5")
    eventually(lambda: morgue.moved() > 0)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + signal.SIGINT
    assert "interrupted: nothing is lost" in err
    assert 0 < morgue.moved() < 30, err
    morgue.nothing_is_lost_or_doubled()
    morgue.run("redrive", "--apply")
    morgue.all_is_well()


@pytest.mark.parametrize("fifo", [False, True], ids=["standard", "fifo"])
def test_letters_survive_their_export_purge_and_import(
    filled: Callable[..., Morgue], tmp_path: Path, *, fifo: bool
) -> None:
    """To the byte; imported twice they are there once; then they can be redriven."""
    morgue = filled(8, fifo=fifo)
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    morgue.run("export", str(first))
    morgue.run("purge", "--yes-really", morgue.dlq.url.rpartition("/")[2])
    assert morgue.depth(morgue.dlq) == 0
    assert "imported 8 letters; 0 were there already" in morgue.run("import", str(first))
    assert "imported 0 letters; 8 were there already" in morgue.run("import", str(first))
    morgue.run("export", str(second))
    assert content(first) == content(second)
    assert content(first).total() == 8
    morgue.run("redrive", "--apply")
    morgue.all_is_well()


def content(path: Path) -> Counter[str]:
    """What makes the messages of an export."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return Counter(json.dumps([one["body"], one["attributes"], one.get("group")]) for one in lines)
