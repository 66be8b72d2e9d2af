"""The smaller steps: outputs of a job, the issue about drift, and the comment about a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.ci import job as steps
from scripts.ci.changes import Changes, read_changes
from scripts.ci.report import Report
from scripts.ci.tell import tell
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from tests.scripts.ci.conftest import Job
    from tests.scripts.ci.fake_github import FakeGitHub

URLS = ("--preview-url=https://d1.cloudfront.net/", "--api-url=https://a.example.com")


def planned(address: str, *actions: str, mode: str = "managed") -> dict[str, object]:
    """One resource in Terraform's JSON."""
    kind = address.split(".", maxsplit=1)[0]
    return {"address": address, "type": kind, "mode": mode, "change": {"actions": [*actions]}}


def test_changes_are_counted_as_terraform_counts_them() -> None:
    """A replacement is one to add and one to destroy; what is only read counts nothing."""
    plan = {
        "resource_changes": [
            planned("aws_sqs_queue.a", "create"),
            planned("aws_lambda_function.b", "update"),
            planned("aws_dynamodb_table.c", "delete", "create"),
            planned("aws_kms_key.d", "create", "delete"),
            planned("aws_iam_role.e", "delete"),
            planned("aws_s3_bucket.f", "no-op"),
            planned("aws_s3_bucket.g", "forget"),
            planned("aws_region.h", "read", mode="data"),
        ],
        "resource_drift": [planned("aws_sqs_queue.i", "update")],
    }
    lost = ("aws_dynamodb_table.c", "aws_kms_key.d")
    assert read_changes(plan) == Changes(3, 1, 3, lost, 1)
    assert read_changes({}) == Changes()


def test_a_check_that_does_not_hold_is_a_warning() -> None:
    """Conditions of resources have stopped the plan already."""
    failed = {"status": "fail", "instances": [{"problems": [{"message": "Nobody is known."}]}]}
    check, condition = {"kind": "check"}, {"kind": "resource"}
    checks = [
        {"address": check, "status": "pass", "instances": [{}]},
        {"address": check, **failed},
        {"address": condition, **failed},
    ]
    assert read_changes({"checks": checks}) == Changes(warnings=("Nobody is known.",))


@pytest.mark.parametrize(
    ("name", "value"), [("url", "a\nadmin=true"), ("url", "a\rb"), ("a=b\nc", "d"), ("", "x")]
)
def test_an_output_is_one_line(name: str, value: str, job: Job) -> None:
    """A second line would be an output of its own."""
    with pytest.raises(OperatorError, match="must be a single line"):
        steps.set_output(name, value)
    assert job.outputs == {}


def test_a_plan_is_told_on_the_page_of_the_run(job: Job) -> None:
    """Whole, since there is room."""
    text = "+ resource\n" * 10_000
    tell("dev", report=Report("dev", changed=True, text=text), reports=job.folder)
    assert "Truncated" not in job.summary
    assert job.summary.count("+ resource") == 10_000


def drift(job: Job, *reports: Report) -> tuple[int, str]:
    """The step of the nightly workflow."""
    for one in reports:
        one.write(job.folder / "reports")
    return job("drift-issue", f"--reports={job.folder / 'reports'}", "--run-url=https://run")


def test_drift_has_one_issue_as_long_as_it_lasts(job: Job, github: FakeGitHub) -> None:
    """Opened once, updated every night, closed when it is over, and opened anew."""
    assert drift(job, Report("dev")) == (0, "no drift and no open issue\n")
    assert drift(job, Report("dev", changed=True, text="+ queue"), Report("prod"))[0] == 0
    assert drift(job, Report("prod", error="terraform plan failed: denied"))[0] == 0
    (issue,) = github.issues
    assert issue["title"] == "Drift: dev, prod"
    assert "terraform plan failed: denied" in issue["body"]

    drift(job, Report("dev"), Report("prod"))
    assert (issue["title"], issue["state"]) == ("Drift: none", "closed")

    drift(job, Report("dev", changed=True))
    assert [it.get("state", "open") for it in github.issues] == ["closed", "open"]


def test_pull_requests_and_other_peoples_issues_are_left_alone(
    job: Job, github: FakeGitHub
) -> None:
    """GitHub lists pull requests among the issues."""
    body = "<!-- async-api-blueprint: drift -->\n"
    bot = {"login": "github-actions[bot]"}
    github.issues += [
        {"number": 1, "user": {"login": "ann"}, "body": body},
        {"number": 2, "user": bot, "body": body, "pull_request": {}},
    ]
    drift(job, Report("dev", changed=True))
    assert [it["body"] for it in github.issues[:2]] == [body, body]
    assert len(github.issues) == 3


def preview(job: Job, *options: str) -> tuple[int, str]:
    """The step of the preview's workflow."""
    return job("preview", "comment", "--pull-request=7", *options)


def test_a_preview_has_one_comment(job: Job, github: FakeGitHub) -> None:
    """Three links, updated in place, and at last that it is gone."""
    assert preview(job, *URLS, "--job-url=https://a.example.com/jobs/1")[0] == 0
    assert preview(job, *URLS, "--job-url=https://a.example.com/jobs/2")[0] == 0
    (found,) = github.comments
    assert "| `PreviewUrl` | <https://d1.cloudfront.net/> |" in found["body"]
    assert "| `ApiUrl` | <https://a.example.com> |" in found["body"]
    assert "| `JobUrl` | <https://a.example.com/jobs/2> |" in found["body"]

    assert preview(job, "--gone")[0] == 0
    assert "Destroyed when the pull request was closed." in found["body"]
    assert len(github.comments) == 1


def test_nothing_is_said_of_a_preview_that_never_was(job: Job, github: FakeGitHub) -> None:
    """A pull request that was closed before its first deployment."""
    assert preview(job, "--gone") == (0, "\n")
    assert github.comments == []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a b", "https://x|y>", "", "x"])
def test_only_a_url_becomes_a_link(url: str, job: Job, github: FakeGitHub) -> None:
    """Outputs come from code of the pull request."""
    code, said = preview(job, *URLS, f"--job-url={url}")
    assert code == 1
    assert "is not a valid URL" in said
    assert github.comments == []
