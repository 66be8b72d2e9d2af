"""Every ending is heard, and nothing else, whatever dies, fails or is away meanwhile."""

from __future__ import annotations

import importlib
import logging
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from command_api.adapters.events.eventbridge import EventBridge
from command_api.adapters.sqs.failures import FailureQueue
from command_api.usecases.notify import Notify
from tests.builders import FUNCTION_ENVIRONMENT, NOW
from tests.property.told import PATIENCE, Mapping, Services, Table, by_id

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

TROUBLE = ("die before", "die after", "throttled", "answer lost")


@pytest.fixture
def notifier(monkeypatch: pytest.MonkeyPatch) -> Callable[[Services], Mapping]:
    """The notifier's entry point behind a mapping, with these services in the place of AWS."""
    for name, value in FUNCTION_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    module = importlib.reload(importlib.import_module("command_api.entrypoints.notifier"))
    quiet = logging.getLogger("quiet")
    quiet.disabled = True

    def behind(services: Services) -> Mapping:
        failures = FailureQueue(lambda: services, "https://failures")
        bus = EventBridge(lambda: services, "acme-dev-events", "acme-dev")
        monkeypatch.setattr(module, "failures", failures)
        notify = Notify(
            listeners=[bus],
            failures=failures,
            logger=quiet,
            patience=timedelta(seconds=PATIENCE),
            clock=lambda: NOW + timedelta(seconds=services.now),
        )
        monkeypatch.setattr(module, "notify", notify)
        return Mapping(module.handler, services)

    return behind


def written(commands: int, random: Random) -> Table:
    """A table in which so many commands have ended, in every way and some of them twice."""
    table = Table()
    table.live(commands, random)
    return table


def assert_heard(table: Table, services: Services, *, but: Collection[str] = ()) -> None:
    """Each ending, under one id, as what it was, `but` those of commands that were given up."""
    heard = by_id(services.heard)
    assert {ending.partition("/")[0] for ending in table.ended.keys() - heard} <= set(but)
    assert {it: events[0]["status"] for it, events in heard.items()}.items() <= table.ended.items()
    # A repetition is the same event, and the endings of a command are in their order.
    assert all(event == events[0] for events in heard.values() for event in events)
    first: dict[str, list[int]] = {}
    for ending in heard:
        name, _, number = ending.rpartition("/")
        first.setdefault(name, []).append(int(number))
    assert all(numbers == sorted(numbers) for numbers in first.values())
    assert "s3cret" not in str(services.heard)


@pytest.mark.parametrize(
    ("commands", "endings"),
    [(1_750, 2_000), pytest.param(8_750, 10_000, marks=pytest.mark.long)],
    ids=["2000", "10000"],
)
def test_endings_are_heard_in_a_bad_hour(
    notifier: Callable[[Services], Mapping], commands: int, endings: int
) -> None:
    """Processes die, calls fail, answers get lost, entries are throttled, the bus is away."""
    random = Random(16)  # noqa: S311 - the same hour in every run
    table = written(commands, random)
    services = Services(
        plan=lambda _call: random.choice(TROUBLE) if random.random() < 0.1 else "",
        refused=lambda: random.random() < 0.02,
        away=(1_000.0, 2_800.0),
    )
    mapping = notifier(services)
    mapping.read(table)

    print(f"{len(table.ended):,} endings, {len(services.heard):,} events, {services.calls} calls")
    assert len(table.ended) >= endings
    assert not mapping.given_up
    assert not services.failures
    assert_heard(table, services)


@pytest.mark.parametrize("event", TROUBLE)
def test_whatever_happens_at_any_call_every_ending_is_heard(
    notifier: Callable[[Services], Mapping], event: str
) -> None:
    """At each call of a run in turn, before and after its effect."""
    random = Random(3)  # noqa: S311 - the same commands in every run
    table = written(70, random)
    smooth = Services()
    notifier(smooth).read(table)
    assert_heard(table, smooth)
    assert len(smooth.heard) == len(table.ended)

    for bad in range(1, smooth.calls + 1):
        services = Services(plan=lambda call, bad=bad: event if call == bad else "")  # type: ignore[misc]
        notifier(services).read(table)
        assert_heard(table, services)


def test_what_is_given_up_is_kept_by_name(notifier: Callable[[Services], Mapping]) -> None:
    """A bus that is away for longer than the notifier waits; Lambda itself drops nothing."""
    table = written(140, Random(5))  # noqa: S311 - the same commands in every run
    services = Services(away=(0.0, PATIENCE + 1_800))
    mapping = notifier(services)
    mapping.read(table)

    assert not mapping.given_up
    assert services.failures
    assert_heard(table, services, but=services.failures)
