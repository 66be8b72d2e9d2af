"""The plan: what goes, what stays, and in which order, whatever the tags are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scripts.cleanup.label import Stack
from scripts.cleanup.plan import Outcome, Pull, Verdict, plan
from scripts.cleanup.resource import LAST, Resource

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SEVEN = Stack("acme-jobs", "pr-7")
TAGS = {
    "Environment": "pr-7",
    "Project": "acme-jobs",
    "PullRequest": "7",
    "CreatedAt": "2026-11-01T10:00:00Z",
    "TtlHours": "72",
}
QUEUE = Resource("arn:aws:sqs:r:1:q", "queue", 50, TAGS, ("acme-jobs-pr-7-work-queue",))
ROLE = Resource("arn:aws:iam::1:role/r", "role", LAST, TAGS, ("acme-jobs-pr-7-worker",))


def planned(
    *resources: Resource, pull: Pull = Pull.CLOSED, held: dict[Stack, str] | None = None
) -> dict[str, Verdict]:
    """The verdicts by ARN."""
    verdicts = plan(resources, pulls={7: pull}, now=NOW, held=held or {})
    return {one.resource.arn: one for one in verdicts}


def test_a_temporary_stack_of_a_closed_pull_request_goes() -> None:
    """The plain case, which the rules above must not forbid."""
    assert {one.outcome for one in planned(QUEUE, ROLE).values()} == {Outcome.DELETE}


@pytest.mark.parametrize("pull", [Pull.OPEN, Pull.UNKNOWN])
def test_a_pull_request_that_may_be_open_keeps_its_stack(pull: Pull) -> None:
    """However old it is."""
    assert planned(QUEUE, pull=pull)[QUEUE.arn].outcome is Outcome.KEEP


def test_a_stack_is_as_young_as_its_youngest_resource() -> None:
    """An hour-old queue keeps the month-old role beside it, even if the queue's name is odd."""
    young = {**TAGS, "CreatedAt": "2026-11-21T11:00:00Z"}
    assert planned(replace(QUEUE, tags=young), ROLE)[ROLE.arn].outcome is Outcome.KEEP
    odd = replace(QUEUE, tags=young, names=("other",))
    verdicts = planned(odd, ROLE)
    assert verdicts[ROLE.arn].outcome is Outcome.KEEP
    assert verdicts[QUEUE.arn].outcome is Outcome.CANNOT_TELL


def test_a_test_environment_needs_no_pull_request() -> None:
    """It goes by its time to live alone."""
    tags = {key: value for key, value in TAGS.items() if key != "PullRequest"}
    one = replace(QUEUE, tags={**tags, "Environment": "test"}, names=("acme-jobs-test-q",))
    assert planned(one, pull=Pull.OPEN)[one.arn].outcome is Outcome.DELETE


def test_somebody_at_work_keeps_the_stack() -> None:
    """A lock on the state says that a run is under way."""
    verdict = planned(QUEUE, held={SEVEN: "a run holds its lock"})[QUEUE.arn]
    assert (verdict.outcome, verdict.why) == (Outcome.KEEP, "a run holds its lock")


@pytest.mark.parametrize("trouble", [{"obstacle": "protected"}, {"rank": -1}, {"names": ("x",)}])
def test_a_state_waits_for_what_must_stay(trouble: dict[str, object]) -> None:
    """Whoever removes that by hand, with Terraform, needs it; roles need not wait."""
    stuck = replace(QUEUE, **trouble)  # type: ignore[arg-type]
    state = Resource("arn:aws:s3:::b/k", "state", 95, belongs_to=SEVEN, changed=NOW)
    verdicts = planned(stuck, ROLE, state)
    assert verdicts[state.arn].outcome is Outcome.WAITS
    assert verdicts[ROLE.arn].outcome is Outcome.DELETE
    assert planned(QUEUE, ROLE, state)[state.arn].outcome is Outcome.DELETE


def test_what_has_no_tags_goes_with_its_stack_only() -> None:
    """A dashboard has only a name: without anything tagged beside it, it stays."""
    dashboard = Resource("arn:aws:cloudwatch::1:dashboard/d", "dashboard", 41, belongs_to=SEVEN)
    assert planned(dashboard)[dashboard.arn].outcome is Outcome.KEEP
    assert planned(dashboard, QUEUE)[dashboard.arn].outcome is Outcome.DELETE
    assert planned(dashboard, QUEUE, pull=Pull.OPEN)[dashboard.arn].outcome is Outcome.KEEP


def test_a_state_that_nothing_else_is_left_of_goes_after_three_days() -> None:
    """What the end of a preview leaves in the state bucket."""
    for age, outcome in ((71, Outcome.KEEP), (73, Outcome.DELETE)):
        changed = NOW - timedelta(hours=age)
        state = Resource("arn:aws:s3:::b/k", "state", 95, belongs_to=SEVEN, changed=changed)
        assert planned(state)[state.arn].outcome is outcome


@pytest.mark.parametrize("tags", [{**TAGS, "Environment": "production"}, {}])
def test_a_part_of_something_else_is_not_to_be_trusted(tags: dict[str, str]) -> None:
    """A temporary stage of a lasting API stays, and so does such an API with a lasting stage."""
    api = Resource("arn:aws:apigateway:r::/apis/a", "HTTP API", 22, TAGS, ("acme-jobs-pr-7-api",))
    stage = replace(api, arn=f"{api.arn}/stages/live", kind="stage", part_of=api.arn)
    good = planned(api, stage)
    assert good[api.arn].outcome is Outcome.DELETE
    assert good[stage.arn].outcome is Outcome.GOES_ALONG
    assert planned(replace(api, tags=tags), stage)[stage.arn].outcome is Outcome.CANNOT_TELL
    assert planned(api, replace(stage, tags=tags))[api.arn].outcome is Outcome.CANNOT_TELL
