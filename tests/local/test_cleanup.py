"""Cleaning up removes temporary stacks of every kind of resource, and nothing else, ever."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.local.inventory import inventory

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.local.aws import Aws
    from tests.local.cleaning import Result
    from tests.local.temporary import Maker


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
    assert (again.code, again.out) == (0, "no temporary resources found\n")
    audited = run("--audit", "--pr", "7", *project)
    assert (audited.code, audited.out) == (0, "0 resources are left\n")


@pytest.mark.parametrize(
    ("tags", "options", "why"),
    [
        ({}, ("--open-prs", "7"), "pull request 7 is open"),
        ({}, (), "unknown whether pull request 7 is open"),
        ({"CreatedAt": "2099-01-01T00:00:00Z"}, ("--open-prs", "none"), "kept until 2099"),
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
    assert "refused\tdeletion protection is on" in result.out
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
    assert (result.code, "this tool cannot delete this kind of resource" in result.out) == (1, True)
    aws.client("ecr").delete_repository(repositoryName=name)
