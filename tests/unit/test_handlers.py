"""The handlers that come with the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from command_api.domain.decision import Then
from command_api.domain.errors import SecretUnavailable
from command_api.domain.model import Status
from handlers import demo, echo
from tests.builders import message

if TYPE_CHECKING:
    from command_api import JSON
    from tests.unit.conftest import Bench


@pytest.fixture(autouse=True)
def _demo_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_HANDLERS", "true")


def demonstrated(bench: Bench, **work: JSON) -> Bench:
    """Deliver a demo command with this input once."""
    bench.handle(lambda context: demo.handle(work, context))
    bench.deliver()
    return bench


def test_echo_returns_its_input(bench: Bench) -> None:
    """What comes in comes out, with the attempt that it took."""
    bench.handlers["echo"] = echo.handle
    assert bench.deliver(message('{"input": {"ü": [1, null]}}')) is Then.ACKNOWLEDGE
    assert bench.command.result == {"echo": {"ü": [1, None]}, "attempt": 1}


@pytest.mark.parametrize("told", [None, "", "false", "True", "1"])
def test_a_demo_command_does_nothing_where_the_environment_does_not_turn_it_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, told: str | None
) -> None:
    """Off is the default, and whatever is not plainly on is off."""
    monkeypatch.delenv("DEMO_HANDLERS")
    if told is not None:
        monkeypatch.setenv("DEMO_HANDLERS", told)
    demonstrated(bench, sleep_seconds=60, crash=True)
    assert bench.command.status is Status.FAILED
    assert bench.command.failure is not None
    assert (bench.command.failure.code, bench.command.failure.retryable) == (
        "demo_disabled",
        False,
    )


def test_a_demo_command_fails_as_often_as_it_is_told(bench: Bench) -> None:
    """Two failures, then success."""
    for _ in range(2):
        demonstrated(bench, fail_attempts=2)
        assert bench.command.status is Status.PENDING
    demonstrated(bench, fail_attempts=2)
    assert bench.command.result == {"attempts": 3}


@pytest.mark.parametrize(
    ("work", "code"),
    [
        ({"reject": True}, "demo_rejected"),
        ({"crash": True}, "unexpected_error"),
        ({"read_secret": "nobody-seeded-this"}, SecretUnavailable.code),
    ],
)
def test_a_demo_command_fails_in_the_way_it_is_told(
    bench: Bench, work: dict[str, JSON], code: str
) -> None:
    """Rejection, unexpected error and missing secret are all to be had."""
    demonstrated(bench, **work)
    assert bench.command.failure is not None
    assert bench.command.failure.code == code


def test_a_demo_command_does_not_say_what_a_secret_holds(bench: Bench) -> None:
    """Reading a secret shows in success, not in the result."""
    demonstrated(bench, read_secret="partner")
    assert bench.command.result == {"attempts": 1}


def test_a_demo_command_that_waits_can_be_stopped(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks every second, but the last one."""
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            assert bench.store.request_cancel(bench.command, bench.now)
        bench.pass_time(seconds)

    monkeypatch.setattr("time.sleep", sleep)
    demonstrated(bench, sleep_seconds=20.5)
    assert bench.command.status is Status.CANCELLED
    assert sum(slept) <= 2 + 5
