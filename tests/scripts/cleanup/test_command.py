"""The command line: what it refuses, and what it prints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scripts.cleanup import __main__ as tool
from scripts.cleanup.label import Stack
from scripts.cleanup.resource import Resource

if TYPE_CHECKING:
    from scripts.cleanup.aws import Aws

OLD = {"Project": "acme", "CreatedAt": "2020-01-01T00:00:00Z", "TtlHours": "72"}
PULL = Resource(
    "arn:aws:sqs:r:1:acme-pr-7-q",
    "queue",
    50,
    {**OLD, "Environment": "pr-7", "PullRequest": "7"},
    ("acme-pr-7-q",),
)
TEST = Resource(
    "arn:aws:sqs:r:1:acme-test-q", "queue", 50, {**OLD, "Environment": "test"}, ("acme-test-q",)
)


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> None:
    """An account with a queue of a pull request and one of a test."""

    def find(_: Aws) -> list[Resource]:
        return [PULL, TEST]

    monkeypatch.setattr(tool, "find", find)


@pytest.mark.parametrize(
    "args",
    [
        ("--local", "--region", "us-east-1"),
        ("--local", "--profile", "me"),
        ("--audit",),
        ("--pr", "7"),
        ("--audit", "--pr", "0"),
        ("--audit", "--pr", "7", "--apply"),
        ("--open-prs", "3", "--github", "acme/jobs"),
        ("--project", ""),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(
    args: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, with exit code 2."""
    assert tool.main(args) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_an_empty_list_of_pull_requests_ends_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is looked at."""
    assert tool.main(["--open-prs", "", "--region", "us-east-1"]) == 1
    assert "not a list of pull requests" in capsys.readouterr().err


def test_without_github_only_tests_go(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """GitHub is away: the error is said, pull requests stay, what belongs to none goes."""
    monkeypatch.setenv("GITHUB_TOKEN", "t")
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:1")
    args = ["--github", "acme/jobs", "--region", "us-east-1", "--json"]
    assert tool.main(args) == 1
    out, err = capsys.readouterr()
    assert "no previews were removed" in err
    rows = {one["name"]: one["done"] for one in json.loads(out)["resources"]}
    assert rows == {"acme-pr-7-q": "keep", "acme-test-q": "would be deleted"}


def test_the_report_has_a_line_for_each_resource(capsys: pytest.CaptureFixture[str]) -> None:
    """Stack, kind, name, age, action and why, and a count."""
    assert tool.main(["--open-prs", "7", "--region", "us-east-1"]) == 0
    keep, go, counts = capsys.readouterr().out.splitlines()
    assert keep.split("\t")[:3] == [Stack("acme", "pr-7").prefix, "queue", "acme-pr-7-q"]
    assert keep.split("\t")[4:] == ["keep", "pull request 7 is open"]
    assert go.split("\t")[4:] == ["would be deleted", "older than its time to live"]
    assert counts == "1 keep, 1 would be deleted"


def test_another_project_is_not_even_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """With --project."""
    args = ["--open-prs", "none", "--project", "other", "--region", "us-east-1"]
    assert tool.main(args) == 0
    assert capsys.readouterr().out == "no temporary resources found\n"
