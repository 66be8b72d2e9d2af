"""Pause, resume and cap: AWS is waited for, and asked only where there is something to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.scripts.worker.cloud import FakeLambda, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.scripts.worker.conftest import Result

    Run = Callable[..., Result]


def test_pause_ends_when_aws_is_done(run: Run, aws: FakeLambda, slept: list[float]) -> None:
    """Not when AWS has heard it: neither the old state nor the one between is taken for the end."""
    result = run("pause")
    assert (result.code, aws.state) == (0, "Disabled")
    assert aws.updates == [{"UUID": "m-1", "Enabled": False}]
    assert len(slept) == aws.slow + 1
    assert result.out.startswith("acme-dev-worker: paused\nstate: acme-dev-worker is paused")
    assert result.err == "next: python -m scripts.worker resume --env dev\n"


def test_resume_leaves_the_cap_alone(run: Run, aws: FakeLambda) -> None:
    """Only what was asked for is changed."""
    aws.state, aws.cap = "Disabled", 4
    result = run("resume")
    assert aws.updates == [{"UUID": "m-1", "Enabled": True}]
    assert (aws.state, aws.cap, result.err) == ("Enabled", 4, "")
    assert "receives from acme-dev-work-queue; at most 4 batches" in result.out


@pytest.mark.parametrize("state", ["Enabled", "Disabled"])
def test_a_cap_does_not_switch(state: str, run: Run, aws: FakeLambda) -> None:
    """A paused worker stays paused, a running one goes on."""
    aws.state = state
    result = run("cap", "25")
    assert aws.updates == [{"UUID": "m-1", "ScalingConfig": {"MaximumConcurrency": 25}}]
    assert (aws.state, aws.cap) == (state, 25)
    assert "acme-dev-worker: capped at 25" in result.out


@pytest.mark.parametrize(
    ("words", "state", "said"),
    [
        (("pause",), "Disabled", "was paused already"),
        (("resume",), "Enabled", "was resumed already"),
        (("cap", "10"), "Enabled", "was capped at 10 already"),
        (("cap", "10"), "Disabled", "was capped at 10 already"),
    ],
)
def test_a_second_time_changes_nothing(
    words: tuple[str, ...], state: str, said: str, run: Run, aws: FakeLambda
) -> None:
    """Every switch may be repeated."""
    aws.state = state
    result = run(*words)
    assert (result.code, aws.updates) == (0, [])
    assert said in result.out


def test_somebody_elses_change_is_waited_for(run: Run, aws: FakeLambda) -> None:
    """A mapping on its way takes no changes; where it leads may be what is wanted."""
    aws.head_for("Disabling", "Disabling", "Disabled")
    assert "was paused already" in run("pause").out
    assert aws.updates == []


def test_a_change_that_came_between_is_outlived(run: Run, aws: FakeLambda) -> None:
    """AWS refuses while another change is under way, so it is asked again."""
    aws.busy = 3
    assert run("pause").code == 0
    assert (aws.state, len(aws.updates)) == ("Disabled", 1)


def test_the_wait_has_an_end(run: Run, aws: FakeLambda, slept: list[float]) -> None:
    """It says where AWS was at the end, and how to look again."""
    aws.slow = 1000
    line = run("pause", "--timeout", "30").line
    assert "acme-dev-worker is Disabling after 30 seconds" in line
    assert "Check with: python -m scripts.worker show --env dev" in line
    assert 30 <= sum(slept) <= 31


def test_what_aws_says_of_a_failure_is_passed_on(run: Run, aws: FakeLambda) -> None:
    """A mapping that falls back names its reason."""
    aws.state, aws.reason, aws.fails = "Disabled", "PROBLEM: the role may not receive", True
    assert "is Disabled (PROBLEM: the role may not receive) after" in run("resume").line


def test_a_mapping_that_goes_away_is_not_waited_for(run: Run, aws: FakeLambda) -> None:
    """It will not come back by waiting."""
    aws.state = "Deleting"
    assert "is being deleted" in run("pause").line


def test_a_worker_without_mapping(run: Run, aws: FakeLambda) -> None:
    """An apply makes one."""
    aws.exists = False
    assert "apply the environment again" in run("show").line


def test_a_mapping_to_the_function_itself_is_found_too(run: Run, aws: FakeLambda) -> None:
    """As it was before there were versions."""
    aws.qualifier = ""
    assert run("pause").code == 0
    assert aws.updates == [{"UUID": "m-1", "Enabled": False}]


def test_a_refusal_is_one_line(run: Run, aws: FakeLambda, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the missing permission."""

    def refuse(**_: object) -> None:
        raise refusal("AccessDeniedException")

    monkeypatch.setattr(aws, "update_event_source_mapping", refuse)
    assert "access denied to UpdateEventSourceMapping" in run("pause").line


@pytest.mark.parametrize("words", [("cap", "1"), ("cap", "1001"), ("cap", "x"), ("cap",)])
def test_a_cap_is_from_2_to_1000(words: tuple[str, ...], run: Run, aws: FakeLambda) -> None:
    """What AWS would refuse is wrong usage."""
    assert run(*words).code == 2
    assert aws.updates == []


def test_ctrl_c_says_what_it_leaves_behind(
    run: Run, aws: FakeLambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS does not hear it."""

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("scripts.worker.mapping.time.sleep", interrupted)
    result = run("pause")
    assert (result.code, len(aws.updates)) == (130, 1)
    assert (
        "the change may still complete. Check with: python -m scripts.worker show --env dev"
        in result.err
    )
