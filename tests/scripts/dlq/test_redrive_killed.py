"""`redrive` killed at every single call, before and after the call had its effect."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain.model import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.scripts.dlq.world import Result, World

    Run = Callable[..., Result]

APPLY = ("redrive", "--apply", "--type", "echo", "--rate", "2")
IDS = ["c-1", "c-2", "c-3"]
# What an undisturbed run makes.
CALLS = 13


class Killed(BaseException):
    """The process is gone: nothing after this has an effect."""


class LastCall:
    """Which call is the last one, and whether it still has its effect."""

    def __init__(self, last: int, *, has_effect: bool) -> None:
        self.left, self.has_effect = last, has_effect

    def __call__(self, call: Callable[[], Any]) -> Any:
        """Make the call, unless the process is gone."""
        self.left -= 1
        if self.left == 0 and self.has_effect:
            call()
        if self.left <= 0:
            raise Killed
        return call()


def killed(world: World, run: Run, last: int, *, has_effect: bool) -> bool:
    """Run until the fatal call; False where the run was over before."""
    world.sqs.watch = world.dynamodb.watch = LastCall(last, has_effect=has_effect)
    try:
        run(*APPLY)
    except Killed:
        return True
    finally:
        world.sqs.watch = world.dynamodb.watch = lambda call: call()
    return False


def everything_is_safe(world: World) -> None:
    """Each command has a message; no record was touched, so that the worker keeps its failure."""
    assert {*world.dead(), *world.sent()} == {*IDS, "other"}
    for one in IDS:
        item = world.item(one)
        assert (item["status"]["S"], item["error"]["M"]["code"]["S"]) == ("FAILED", "demo_failed")
    assert set(world.dynamodb.names()) <= {"batch_get_item"}


def filled(world: World) -> None:
    """Three messages that are meant, and one that is not."""
    world.both(*IDS)
    world.record("other", Status.FAILED, type="demo")
    world.dead_letter("other", kind="demo")


def test_these_are_all_calls(world: World, run: Run) -> None:
    """So no place to die is left out below."""
    filled(world)
    assert not killed(world, run, CALLS + 1, has_effect=True)
    assert len(world.sqs.calls) + len(world.dynamodb.calls) == CALLS


@pytest.mark.parametrize("has_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("last", range(1, CALLS + 1))
def test_no_kill_loses_a_command(last: int, world: World, run: Run, *, has_effect: bool) -> None:
    """Wherever it dies, a second run completes the work, and at most one step was sent twice."""
    filled(world)
    assert killed(world, run, last, has_effect=has_effect)
    everything_is_safe(world)
    world.time_passes()
    assert run(*APPLY).code == 0
    everything_is_safe(world)
    assert world.dead() == ["other"]
    assert world.all_visible()
    sent = Counter(world.sent())
    assert max(sent.values()) <= 2
    # A rate of two a second: no more than two messages are between their send and their end.
    assert sum(number - 1 for number in sent.values()) <= 2
