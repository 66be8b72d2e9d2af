"""`python -m scripts.schedules`: what it shows, changes, and leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfoNotFoundError

import pytest

from scripts.schedules import __main__ as tool
from scripts.schedules import deployed
from tests.scripts.schedules.cloud import NOW, OUTPUTS, FakeScheduler, FakeTable, schedule
from tests.targets import aim, target

if TYPE_CHECKING:
    from collections.abc import Callable

NIGHTLY = schedule("nightly", "30 2 * * ? *", "Europe/Berlin", Description="kept")
PAUSED = schedule("weekly", "0 6 ? * 2 *", State="DISABLED")


class Result(NamedTuple):
    """What one run of the tool left behind."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line of a failure, after checking that it is one."""
        assert (self.code, self.out) == (1, ""), self
        assert self.err.startswith("error: ")
        assert self.err.count("\n") == 1
        return self.err


@pytest.fixture
def aws() -> FakeScheduler:
    """A schedule that fires and one that is paused."""
    return FakeScheduler({"weekly": PAUSED, "nightly": NIGHTLY})


@pytest.fixture
def records() -> FakeTable:
    """No run has a record."""
    return FakeTable()


@pytest.fixture
def run(
    aws: FakeScheduler,
    records: FakeTable,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Result]:
    """The tool, the day before the clocks go forward."""
    clients = {"scheduler": aws, "dynamodb": records}
    aim(monkeypatch, target(OUTPUTS, lambda service: clients[service]))
    monkeypatch.setattr(tool, "now", lambda: NOW)

    def run(*args: str) -> Result:
        return Result(tool.main([*args, "--env", "dev"]), *capsys.readouterr())

    return run


def test_the_list_has_the_next_time_and_the_last_run(
    run: Callable[..., Result], records: FakeTable
) -> None:
    """Of the runs before, the newest that has a record; a paused one has no next time."""
    records.run("nightly:2026-03-27T01:30:00Z", "COMPLETED")
    records.run("nightly:2026-03-26T01:30:00Z", "FAILED", "invalid_input")
    code, out, err = run("list")
    assert code == 0
    assert [line.split("\t") for line in out.splitlines()] == [
        [
            *("nightly", "-", "ENABLED", "30 2 * * ? *", "Europe/Berlin"),
            # In the night between, half past two is left out.
            *("2026-03-30T00:30Z", "2026-03-27T01:30:00Z COMPLETED"),
        ],
        ["weekly", "-", "DISABLED", "0 6 ? * 2 *", "UTC", "-", "-"],
    ]
    assert err == (
        "weekly is paused; an apply RESUMES it, unless terraform.tfvars has enabled = false in"
        " commands.schedules.weekly\n"
    )


def test_a_paused_schedule_shows_runs_from_before_it_was_paused(
    run: Callable[..., Result], records: FakeTable
) -> None:
    """It was paused on the first of March; with a code where a run has failed."""
    records.run("weekly:2026-02-23T06:00:00Z", "FAILED", "skipped")
    assert "2026-02-23T06:00:00Z FAILED (skipped)" in run("list").out


def test_show_names_runs_without_a_record_and_no_input(
    run: Callable[..., Result], records: FakeTable
) -> None:
    """Five runs back, with the next commands."""
    records.run("nightly:2026-03-27T01:30:00Z", "COMPLETED")
    upcoming = [f"2026-{day}T00:30Z" for day in ("03-30", "03-31", "04-01", "04-02", "04-03")]
    code, out, err = run("show", "nightly")
    assert code == 0
    assert out.splitlines() == [
        "schedule: nightly, ENABLED",
        "fires: 30 2 * * ? * in Europe/Berlin",
        "sends: a command of the type echo, at its time in any case",
        f"next (UTC): {', '.join(upcoming)}",
        "run: nightly:2026-03-28T01:30:00Z no record: queued, deleted or not sent",
        "run: nightly:2026-03-27T01:30:00Z COMPLETED",
        *(
            f"run: nightly:2026-03-{day}T01:30:00Z no record: queued, deleted or not sent"
            for day in (26, 25, 24)
        ),
        "next apply: an apply pauses it where terraform.tfvars has enabled = false",
    ]
    assert err == "next: python -m scripts.commands show nightly:2026-03-27T01:30:00Z --env dev\n"
    assert "s3cr3t" not in out + err


def test_show_says_of_a_paused_one_how_to_resume_it(run: Callable[..., Result]) -> None:
    """And when it would fire."""
    _, out, err = run("show", "weekly")
    assert "next (UTC): paused; resumed, it would fire 2026-03-30T06:00Z, " in out
    assert "next apply: an apply RESUMES it" in out
    assert err == "next: python -m scripts.schedules resume weekly --env dev\n"


def test_show_says_what_happens_to_runs_that_overlap(
    run: Callable[..., Result], aws: FakeScheduler
) -> None:
    """By the message that is sent; one that nobody of ours has written is no error."""
    aws.schedules["often"] = schedule("often", "* * * * ? *", skips=True)
    aws.schedules["odd"] = schedule("odd", "* * * * ? *", Target={"Input": "no json"})
    assert "echo, skipped while another run has not ended" in run("show", "often").out
    assert "a message that this tool does not understand" in run("show", "odd").out


def test_next_has_each_time_in_both_zones(run: Callable[..., Result], aws: FakeScheduler) -> None:
    """With the command's id; an end is said."""
    code, out, err = run("next", "nightly", "--count", "2")
    assert (code, err) == (0, "")
    assert [line.split("\t") for line in out.splitlines()] == [
        ["2026-03-30T02:30+02:00", "2026-03-30T00:30Z", "nightly:2026-03-30T00:30:00Z"],
        ["2026-03-31T02:30+02:00", "2026-03-31T00:30Z", "nightly:2026-03-31T00:30:00Z"],
    ]
    aws.schedules["over"] = schedule("over", "0 0 1 1 ? 2020")
    assert run("next", "over") == (0, "", "over never fires again\n")
    assert "weekly is paused, so none of these fires" in run("next", "weekly").err


def test_pause_is_a_dry_run_first(run: Callable[..., Result], aws: FakeScheduler) -> None:
    """Nothing changes, and the next command is complete."""
    code, out, err = run("pause", "nightly")
    assert (code, out) == (0, "nightly: would be paused\n")
    assert err == (
        "dry run; to pause it: python -m scripts.schedules pause nightly --apply --env dev\n"
    )
    assert not aws.updates


def test_pause_and_resume_change_the_state_alone(
    run: Callable[..., Result], aws: FakeScheduler
) -> None:
    """UpdateSchedule replaces everything, so everything is sent; what an apply does is said."""
    code, out, _ = run("pause", "nightly", "--apply")
    assert code == 0
    assert out.splitlines()[0] == "nightly: paused"
    assert "RESUMES it, unless terraform.tfvars has enabled = false" in out
    code, out, _ = run("resume", "nightly", "--apply")
    assert out.splitlines()[:2] == ["nightly: resumed", "next: 2026-03-30T02:30+02:00"]
    changed = {"State", "LastModificationDate"}
    same = {name: value for name, value in NIGHTLY.items() if name not in changed}
    assert {name: aws.schedules["nightly"][name] for name in same} == same
    assert [one["State"] for one in aws.updates] == ["DISABLED", "ENABLED"]


def test_what_is_so_already_is_not_changed(run: Callable[..., Result], aws: FakeScheduler) -> None:
    """A repeated pause is no error."""
    assert run("pause", "weekly", "--apply").out.startswith("weekly: was paused already\n")
    assert run("resume", "nightly").out.startswith("nightly: was enabled already\n")
    assert not aws.updates


@pytest.mark.parametrize("name", ["other", "no/name"])
def test_an_unknown_name_names_the_known_ones(run: Callable[..., Result], name: str) -> None:
    """In one line."""
    line = run("show", name).line
    assert f"has no schedule '{name}'; it has: nightly, weekly" in line


def test_without_schedules_it_says_how_to_add_one(
    run: Callable[..., Result], aws: FakeScheduler
) -> None:
    """Terraform makes no group without any."""
    aws.schedules.clear()
    for words in (["list"], ["pause", "nightly"]):
        assert "no recurring schedules; add one to commands.schedules" in run(*words).line


def test_an_unknown_zone_or_expression_is_one_line(
    run: Callable[..., Result], aws: FakeScheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others than these may have made the schedule, and machines without zones exist."""
    aws.schedules["odd"] = schedule("odd", "0 0 32 * ? *")
    assert "odd has an expression that this tool does not understand" in run("next", "odd").line

    def missing(name: str) -> None:
        raise ZoneInfoNotFoundError(name)

    monkeypatch.setattr(deployed, "ZoneInfo", missing)
    assert "python -m pip install tzdata" in run("next", "nightly").line


def test_a_fifo_queue_has_its_group_under_the_same_name() -> None:
    """The ending of the queue is none of the group's."""
    outputs = {**OUTPUTS, "sqs_queue_arn": f"{OUTPUTS['sqs_queue_arn']}.fifo"}
    found = deployed.schedules_of(target(outputs, lambda _: None))
    assert (found.group, found.api_group) == (
        *("acme-dev-work-queue-recurring", "acme-dev-work-queue-api"),
    )


def test_schedules_of_clients_are_known_with_their_owners(
    run: Callable[..., Result], aws: FakeScheduler, records: FakeTable
) -> None:
    """After those of Terraform; an apply does not change them, and no input is shown."""
    name = "0f1e2d.report"
    del aws.schedules["weekly"]
    aws.schedules[name] = schedule(name, "0 7 * * ? *", owner="ann")
    records.run(f"{name}:2026-03-28T07:00:00Z", "COMPLETED")
    code, out, err = run("list")
    assert code == 0, err
    assert out.splitlines()[-1].split("\t") == [
        *(name, "ann", "ENABLED", "0 7 * * ? *", "UTC", "2026-03-29T07:00Z"),
        "2026-03-28T07:00:00Z COMPLETED",
    ]
    shown = run("show", name)
    assert "owner: ann" in shown.out
    assert "an apply leaves it as it is" in shown.out
    assert "s3cr3t" not in shown.out + shown.err

    assert run("pause", name, "--apply").code == 0
    assert aws.schedules[name]["State"] == "DISABLED"
    assert "RESUMES" not in run("list").err
    assert run("resume", name, "--apply").code == 0
    assert aws.schedules[name]["Target"] == schedule(name, "0 7 * * ? *", owner="ann")["Target"]


def test_an_environment_may_have_schedules_of_clients_alone(
    run: Callable[..., Result], aws: FakeScheduler
) -> None:
    """Then Terraform has made no group of its own."""
    aws.schedules.clear()
    aws.schedules["api.report"] = schedule("api.report", "0 7 * * ? *")
    assert run("list").out.startswith("api.report\t-\tENABLED")
    assert "clients of this API have no owners" in run("show", "api.report").out
    assert "it has: api.report" in run("show", "nightly").line
