"""Cleaning up removes temporary stacks of every kind of resource, and nothing else, ever."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from scripts.cleanup import __main__ as tool
from scripts.cleanup.aws import Aws as Account
from tests.local.aws import Aws
from tests.local.inventory import inventory
from tests.local.temporary import Maker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PULL = {
    "Environment": "pr-7",
    "Project": "acme-jobs",
    "PullRequest": "7",
    "CreatedAt": "2020-01-01T00:00:00Z",
    "TtlHours": "72",
    "ManagedBy": "terraform",
}


@dataclass(frozen=True)
class Result:
    """What one run of the tool left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """The tool, on this stack."""
    account = Account(Aws.session("test", "test"), options={"endpoint_url": aws.stack.endpoint})
    # Shared by all runs of a test: making a client takes longer than what it does.
    monkeypatch.setattr(tool, "connect", lambda **_: account)

    def run(*args: str) -> Result:
        capsys.readouterr()
        return Result(tool.main(args), *capsys.readouterr())

    return run


@pytest.fixture
def preview(aws: Aws, run: Callable[..., Result]) -> Iterator[Maker]:
    """The whole preview of pull request 7 of a project of its own, not made yet."""
    project = f"acme-{uuid4().hex[:8]}"
    prefix, secret = f"{project}-pr-7", f"/pr-7/{project}/token"
    yield Maker(aws, prefix, secret, PULL | {"Project": project})
    run("--apply", "--open-prs", "none", "--project", project)


def _decoys(preview: Maker) -> list[Maker]:
    """Whole stacks that differ from the temporary one in one thing each."""
    project = preview.tags["Project"]
    untold = {key: value for key, value in preview.tags.items() if key != "TtlHours"}
    return [
        replace(
            preview, prefix=f"{preview.prefix}-{name}", secret=f"{preview.secret}-{name}", tags=tags
        )
        for name, tags in {
            "production": {**preview.tags, "Environment": "production"},
            "no-tags": {},
            "no-ttl": untold,
            "another-pr": {**preview.tags, "PullRequest": "8"},
        }.items()
    ] + [replace(preview, prefix=f"{project}-dev", secret=f"/dev/{project}/token")]


def test_a_stack_goes_and_every_decoy_stays(
    aws: Aws, preview: Maker, run: Callable[..., Result]
) -> None:
    """Of a whole stack nothing is left; of five that differ in one thing everything is."""
    for decoy in _decoys(preview):
        decoy.everything()
    before = inventory(aws)
    preview.everything()
    project = preview.tags["Project"]
    dry = run("--open-prs", "none", "--project", project)
    assert "would be deleted" in dry.out
    with_stack = inventory(aws)
    assert len(with_stack - before) >= 20
    applied = run("--apply", "--open-prs", "none", "--project", project)
    assert "failed" not in applied.out + applied.err
    assert inventory(aws) == before
    # The decoys that claim to be temporary want a person.
    assert applied.code == 1
    assert "deleted" not in run("--apply", "--open-prs", "none", "--project", project).out


def test_a_stack_that_is_gone_is_nothing_to_do(preview: Maker, run: Callable[..., Result]) -> None:
    """The first run removes it, the second finds nothing, and the audit says 0."""
    preview.everything()
    project = ("--project", preview.tags["Project"])
    audited = run("--audit", "--pr", "7", *project)
    assert (audited.code, audited.out.splitlines()[-1]) == (1, "23 resources are left")
    assert run("--apply", "--open-prs", "3,9", *project).code == 0
    again = run("--apply", "--open-prs", "3,9", *project)
    assert (again.code, again.out) == (0, "nothing temporary was found\n")
    audited = run("--audit", "--pr", "7", *project)
    assert (audited.code, audited.out) == (0, "0 resources are left\n")


@pytest.mark.parametrize(
    ("tags", "options", "why"),
    [
        ({}, ("--open-prs", "7"), "pull request 7 is open"),
        ({}, (), "not known whether pull request 7 is open"),
        ({"CreatedAt": "2099-01-01T00:00:00Z"}, ("--open-prs", "none"), "may live until 2099"),
    ],
)
def test_a_stack_that_is_still_wanted_stays(
    aws: Aws,
    preview: Maker,
    run: Callable[..., Result],
    tags: dict[str, str],
    options: tuple[str, ...],
    why: str,
) -> None:
    """An open pull request keeps it, so does not knowing, so does its time to live."""
    maker = replace(preview, tags={**preview.tags, **tags})
    maker.queue()
    maker.role()
    before = inventory(aws)
    result = run("--apply", "--project", preview.tags["Project"], *options, "--json")
    assert inventory(aws) == before
    report = json.loads(result.out)
    assert report["counts"] == {"keep": 2}
    assert all(why in one["why"] for one in report["resources"])
    assert result.code == 0


def test_a_protected_table_is_refused_and_the_rest_goes(
    aws: Aws, preview: Maker, run: Callable[..., Result]
) -> None:
    """Deletion protection is somebody's word; a later run takes the table when it is lifted."""
    preview.table(protected=True)
    preview.queue()
    preview.role()
    options = ("--apply", "--open-prs", "none", "--project", preview.tags["Project"])
    result = run(*options)
    assert result.code == 1
    assert "refused\tits deletion protection is on" in result.out
    left = {one for one in inventory(aws) if preview.prefix in one}
    assert left == {f"table: {preview.prefix}-table"}
    name = f"{preview.prefix}-table"
    aws.client("dynamodb").update_table(TableName=name, DeletionProtectionEnabled=False)
    assert run(*options).code == 0
    assert not {one for one in inventory(aws) if preview.prefix in one}


def test_a_kind_that_nobody_can_delete_is_reported(
    aws: Aws, preview: Maker, run: Callable[..., Result]
) -> None:
    """A repository of containers with the tags stays, and somebody is told."""
    tags = [{"Key": key, "Value": value} for key, value in preview.tags.items()]
    name = f"{preview.prefix}-images"
    aws.client("ecr").create_repository(repositoryName=name, tags=tags)
    result = run("--apply", "--open-prs", "none", "--project", preview.tags["Project"])
    assert (result.code, "no way to delete it known" in result.out) == (1, True)
    aws.client("ecr").delete_repository(repositoryName=name)


def test_a_killed_run_is_finished_by_the_next(aws: Aws, preview: Maker) -> None:
    """SIGKILL after any deletion leaves nothing that the next run does not find."""
    before = inventory(aws)
    preview.everything()
    options = ["--apply", "--open-prs", "none", "--project", preview.tags["Project"]]
    command = [sys.executable, "-m", "scripts.cleanup", *options]
    environ = os.environ | aws.stack.environ
    for lines in (3, 13):
        with subprocess.Popen(
            command, env=environ, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stderr is not None
            for _ in range(lines):
                process.stderr.readline()
            process.kill()
        assert inventory(aws) != before
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    assert inventory(aws) == before


def test_the_state_goes_last_and_a_lock_keeps_everything(
    aws: Aws, preview: Maker, run: Callable[..., Result]
) -> None:
    """While a run of Terraform holds the lock nothing goes; without it the state goes, too."""
    s3, bucket = aws.client("s3"), f"tfstate-{uuid4().hex}"
    project = preview.tags["Project"]
    key, other = (f"{project}/preview/{name}.tfstate" for name in ("pr-7", "dev"))
    s3.create_bucket(Bucket=bucket)
    for one in (key, other, f"{key}.tflock"):
        s3.put_object(Bucket=bucket, Key=one, Body=b"{}")
    preview.queue()
    options = ("--open-prs", "none", "--project", project, "--state-bucket", bucket)
    held = run("--apply", *options)
    assert "a run of Terraform holds its lock" in held.out
    assert f"{preview.prefix}-queue" in str(inventory(aws))
    s3.delete_object(Bucket=bucket, Key=f"{key}.tflock")
    assert run("--apply", *options).code == 0
    assert [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [other]
    s3.delete_object(Bucket=bucket, Key=other)
    s3.delete_bucket(Bucket=bucket)
