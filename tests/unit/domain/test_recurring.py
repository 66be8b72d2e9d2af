"""Schedules of clients: when they fire, what their runs are called, what they are given."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from command_api.domain.message import MOST_LEVELS
from command_api.domain.model import ID_PATTERN
from command_api.domain.recurring import (
    ID,
    KEYWORD,
    MOST_CHARACTERS,
    Schedule,
    When,
    filled,
    fired,
    prefix_of,
    when_of,
)
from command_api.domain.reserved import is_reserved
from command_api.domain.violations import Violation

NOW = datetime(2026, 3, 28, 12, 0, 30, tzinfo=UTC)
NIGHTLY = When("30 2 * * ? *", "Europe/Berlin")


def schedule(**own: Any) -> Schedule:
    """One that fires each night."""
    return Schedule(**{"id": "nightly", "when": NIGHTLY, "type": "echo", "input": {}, **own})


def test_no_client_can_take_the_id_of_a_run() -> None:
    """Whoever owns the schedule."""
    [(_, run), *_] = schedule().next_runs(NOW)
    assert run.startswith("api.nightly:2026-")
    assert is_reserved(run, ())


def test_the_next_runs_have_the_ids_of_their_commands() -> None:
    """Five of them; the night in which the clocks leave half past two out has none."""
    runs = schedule(owner="ann").next_runs(NOW)
    assert [fired(at) for at, _ in runs] == [
        f"2026-{day}T00:30:00Z" for day in ("03-30", "03-31", "04-01", "04-02", "04-03")
    ]
    assert [run for _, run in runs] == [f"{prefix_of('ann')}nightly:{fired(at)}" for at, _ in runs]
    assert all(ID_PATTERN.fullmatch(run) for _, run in runs)


def test_a_paused_schedule_has_no_next_runs() -> None:
    """Whatever its cron says."""
    assert schedule(enabled=False).next_runs(NOW) == []


def test_every_name_is_one_that_scheduler_takes_and_no_other_owners() -> None:
    """However long the id, whatever the owner; and none that Terraform gives."""
    longest = "a" * 32
    assert ID.fullmatch(longest)
    owners = ["", "ann", "Ann", "an", "api", "<aws.scheduler.scheduled-time>", "ä" * 999, "a b"]
    names = {schedule(id=longest, owner=owner).name for owner in owners}
    assert len(names) == len(owners)
    assert all(re.fullmatch(r"[0-9a-zA-Z-_.]{1,64}", name) for name in names)
    assert all("." in name for name in names)
    prefixes = [prefix_of(owner) for owner in owners]
    assert not [(a, b) for a in prefixes for b in prefixes if a != b and a.startswith(b)]


@pytest.mark.parametrize(
    ("found", "cron", "zone"),
    [
        ({"cron": "0 2 * * ? *"}, "0 2 * * ? *", "UTC"),
        ({"cron": " 0  2 * * ? * "}, "0 2 * * ? *", "UTC"),
        (
            {"cron": "0 8 ? * mon-fri *", "timezone": "America/Argentina/Buenos_Aires"},
            "0 8 ? * MON-FRI *",
            "America/Argentina/Buenos_Aires",
        ),
        ({"rate": "1 minute"}, "0/1 * * * ? *", "UTC"),
        ({"rate": "15 minutes"}, "0/15 * * * ? *", "UTC"),
        ({"rate": "8 hours"}, "0 0/8 * * ? *", "UTC"),
        ({"rate": "1 day"}, "0 0 * * ? *", "UTC"),
    ],
)
def test_times_are_a_cron_in_a_zone(found: dict[str, object], cron: str, zone: str) -> None:
    """A rate is one in UTC."""
    assert when_of(found, now=NOW) == When(cron, zone)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30])
@pytest.mark.parametrize(("unit", "step"), [("minute", timedelta(minutes=1)), ("hour", None)])
def test_a_rate_is_as_regular_as_it_says(number: int, unit: str, step: timedelta | None) -> None:
    """Over midnight too; what does not divide an hour or a day is refused."""
    when = when_of({"rate": f"{number} {unit}{'s' * (number > 1)}"}, now=NOW)
    if step is None:
        step = timedelta(hours=1)
        if 24 % number or number > 12:
            assert isinstance(when, Violation)
            return
    assert isinstance(when, When)
    times = when.after(NOW, 100)
    assert {b - a for a, b in pairwise(times)} == {number * step}


@pytest.mark.parametrize(
    ("found", "field"),
    [
        ({}, "cron"),
        ({"timezone": "UTC"}, "cron"),
        ({"cron": None}, "cron"),
        ({"cron": 7}, "cron"),
        ({"cron": "0 2 * * *"}, "cron"),
        ({"cron": "0 2 * * * *"}, "cron"),
        ({"cron": "cron(0 2 * * ? *)"}, "cron"),
        ({"cron": "0 2 31 2 ? *"}, "cron"),
        ({"cron": "0 2 * * ? 2020"}, "cron"),
        ({"cron": "0 2 * * ? 2199", "timezone": "utc"}, "timezone"),
        ({"cron": "٣ 2 * * ? *"}, "cron"),
        ({"cron": "0 2 * * ? *" + " " * MOST_CHARACTERS}, "cron"),
        ({"cron": "0 2 * * ? *", "timezone": "Europe/Berlim"}, "timezone"),
        ({"cron": "0 2 * * ? *", "timezone": "../../etc/passwd"}, "timezone"),
        ({"cron": "0 2 * * ? *", "timezone": "Europe"}, "timezone"),
        ({"cron": "0 2 * * ? *", "timezone": None}, "timezone"),
        ({"cron": "0 2 * * ? *", "timezone": "Europe/Berlin\n"}, "timezone"),
        ({"rate": "7 minutes"}, "rate"),
        ({"rate": "1 minutes"}, "rate"),
        ({"rate": "0 minutes"}, "rate"),
        ({"rate": ["1 minute"]}, "rate"),
        ({"rate": "1 minute", "cron": "0 2 * * ? *"}, "cron"),
        ({"rate": "1 minute", "timezone": "UTC"}, "timezone"),
    ],
)
def test_what_is_wrong_is_named(found: dict[str, object], field: str) -> None:
    """By its field."""
    wrong = when_of(found, now=NOW)
    assert isinstance(wrong, Violation)
    assert wrong.path == (field,)


def test_a_cron_that_never_comes_takes_no_time() -> None:
    """Whoever writes one on purpose could keep a function busy for its whole timeout."""
    days = ",".join(f"31-31/{step}" for step in range(1, 26))
    expression = f"0 0 {days} 2,4,6,9,11 ? *"
    assert len(expression) < MOST_CHARACTERS
    begun = perf_counter()
    assert isinstance(when_of({"cron": expression}, now=NOW), Violation)
    assert perf_counter() - begun < 5


def test_an_input_has_the_time_wherever_scheduler_puts_it() -> None:
    """In texts and in names; other keywords stay."""
    at = datetime(2030, 12, 24, 2, tzinfo=ZoneInfo("Europe/Berlin"))
    given: Any = {"until": KEYWORD, "in": [f"to {KEYWORD}.", 1.5, None], KEYWORD: "<aws.x>"}
    time = "2030-12-24T01:00:00Z"
    assert filled(given, at) == {"until": time, "in": [f"to {time}.", 1.5, None], time: "<aws.x>"}


def test_the_deepest_input_is_filled() -> None:
    """The recursion limit of an interpreter does not matter."""
    deepest: Any = KEYWORD
    for _ in range(MOST_LEVELS):
        deepest = {"a": deepest}
    assert KEYWORD not in str(filled(deepest, NOW))
