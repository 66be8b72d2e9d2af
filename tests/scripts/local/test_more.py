"""The examples of `make demo-more` without a stack: their parts, and how they fail."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from command_client import Refused, Unreachable
from command_client.transport import Answer
from scripts.commands.api import CommandsApi
from scripts.errors import OperatorError
from scripts.local import more
from scripts.schedules.deployed import of
from tests.scripts.schedules.cloud import OUTPUTS, FakeScheduler, FakeTable, schedule

if TYPE_CHECKING:
    from collections.abc import Callable

NIGHTLY = "0 2 * * ? *"


def test_lines_become_commands_of_a_hundred() -> None:
    """The last one has what is left; nothing is lost, and the order is kept."""
    lines = list(more.orders(250))
    members = more.commands_of(lines)
    given: list[Any] = [one["input"]["orders"] for one in members]
    assert [len(one) for one in given] == [100, 100, 50]
    assert [line for one in given for line in one] == lines


def test_the_settings_keep_what_the_environment_says_beside_them() -> None:
    """Of the same variables: an environment with authentication keeps it."""
    given = {"api": {"fair_queue": True, "submission": "direct"}, "examples": {"demo": True}}
    deployment: Any = SimpleNamespace(chosen=lambda: given)
    found = more.settings(deployment)
    assert found["api"] == {"fair_queue": True, "submission": "validated", "batches": True}
    assert found["examples"] == {"demo": True, "enabled": True}
    assert json.loads(found["commands"]["schedules"]["nightly"]["input"]) == {"sinceHours": 24}


@pytest.mark.parametrize(
    ("now", "minute"),
    [("12:00:00", "12:01"), ("12:00:49", "12:01"), ("12:00:51", "12:02"), ("23:59:59", "00:01")],
)
def test_the_minute_is_far_enough_ahead(now: str, minute: str) -> None:
    """A schedule whose minute has begun fires no more."""
    at = more._next_minute(datetime.fromisoformat(f"2030-01-02T{now}+00:00"))
    assert f"{at:%H:%M}" == minute


@pytest.fixture
def examples() -> tuple[more.Examples, FakeScheduler, Callable[[], str]]:
    """The examples with one schedule, and what they have printed."""
    aws, said = FakeScheduler(), io.StringIO()
    aws.schedules["nightly"] = schedule("nightly", NIGHTLY, "Europe/Berlin")
    known = of(OUTPUTS, aws, FakeTable(), "--local", "make demo-more")
    api = CommandsApi("http://127.0.0.1:9/commands")
    return more.Examples(Console(file=said), api, known), aws, said.getvalue


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (Refused(401, detail="Unauthorized"), "pass --token"),
        (Unreachable("reset"), "does not answer"),
        (KeyboardInterrupt(), ""),
    ],
)
def test_whatever_ends_the_demo_the_schedule_keeps_its_time(
    examples: tuple[more.Examples, FakeScheduler, Callable[[], str]],
    monkeypatch: pytest.MonkeyPatch,
    trouble: BaseException,
    told: str,
) -> None:
    """It was moved for one firing; an error is one line for the operator."""
    shown, aws, _ = examples
    moved = []

    def submit_batch(*_: object, **__: object) -> None:
        moved.append(aws.schedules["nightly"]["ScheduleExpression"])
        raise trouble

    monkeypatch.setattr("command_client.batches.submit_batch", submit_batch)
    expected = OperatorError if told else KeyboardInterrupt
    with pytest.raises(expected, match=told or None):
        shown.run()
    assert moved[0] != f"cron({NIGHTLY})"
    assert moved[0].endswith(f" ? {datetime.now(UTC).year})")
    assert aws.schedules["nightly"]["ScheduleExpression"] == f"cron({NIGHTLY})"


def test_a_command_that_failed_ends_the_demo(
    examples: tuple[more.Examples, FakeScheduler, Callable[[], str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its error is told, and nothing waits for a result that never comes."""
    shown, _, _ = examples
    failed = {"status": "FAILED", "error": {"code": "orders_not_configured"}}
    monkeypatch.setattr(CommandsApi, "get", lambda *_: Answer(200, {}, json.dumps(failed)))
    with pytest.raises(OperatorError, match=r"b\.then is FAILED: .*orders_not_configured"):
        shown._summary("b")
