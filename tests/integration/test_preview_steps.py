"""A preview for each pull request, with a state of its own: the steps of its workflow."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from scripts.ci import __main__ as ci
from scripts.ci import preview_commands
from scripts.stack.process import ROOT

if TYPE_CHECKING:
    from pathlib import Path

BUCKET = "tfstate-previews"
BACKEND = f"""terraform {{
  backend "s3" {{
    bucket       = "{BUCKET}"
    region       = "us-east-1"
    use_lockfile = true
  }}
}}
"""


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of environments with the preview in it."""
    folder = tmp_path_factory.mktemp("environments")
    shutil.copytree(ROOT / "tests/integration/terraform/preview", folder / "preview")
    (folder / "preview/backend.tf").write_text(BACKEND)
    (folder / "preview/terraform.tfvars").write_text('project = "acme-jobs"\n')
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    return folder


@pytest.fixture
def step(environments: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """One step for one pull request; its exit code."""
    monkeypatch.setattr(preview_commands, "ENVIRONMENTS", environments)

    def run(verb: str, number: int, created: str = "2026-11-21T12:00:00Z") -> int:
        return ci.main(["preview", verb, f"--pull-request={number}", f"--created-at={created}"])

    return run


def inputs() -> dict[str, list[Any]]:
    """What each state holds, by its key."""
    s3 = boto3.client("s3")
    keys = [it["Key"] for it in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    states = {key: json.load(s3.get_object(Bucket=BUCKET, Key=key)["Body"]) for key in keys}
    return {
        key: [it["instances"][0]["attributes"]["input"]["value"] for it in state["resources"]]
        for key, state in states.items()
    }


def test_pull_requests_do_not_share_a_stack(step: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Two are deployed, one of them twice; when that is closed, the other one stays."""
    assert step("up", 7) == 0
    assert "preview_url=https://pr-7.example.com/\n" in capsys.readouterr().out
    assert step("up", 8) == 0
    assert step("up", 7) == 0
    created = "2026-11-21T12:00:00Z"
    assert inputs() == {
        "acme-jobs/preview/pr-7.tfstate": [f"pr-7 of {created}"],
        "acme-jobs/preview/pr-8.tfstate": [f"pr-8 of {created}"],
    }

    assert step("down", 7) == 0

    assert inputs() == {
        "acme-jobs/preview/pr-7.tfstate": [],
        "acme-jobs/preview/pr-8.tfstate": [f"pr-8 of {created}"],
    }
    assert step("down", 7) == 0, "closing a second time is fine"
    assert step("down", 8) == 0


def test_a_time_is_githubs(step: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Anything else is refused before it becomes a tag."""
    assert step("up", 9, "yesterday") == 1
    assert "is not a time like" in capsys.readouterr().err
    assert not any("pr-9" in key for key in inputs())


def test_without_a_place_for_the_state_nothing_is_made(
    environments: Path, step: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """A state on a runner's disk would be gone with it, and the stack an orphan."""
    place = environments / "preview/backend.tf"
    place.unlink()
    try:
        assert step("up", 9) == 1
    finally:
        place.write_text(BACKEND)

    assert "write it with: make backend ENV=preview" in capsys.readouterr().err
