"""What was reviewed is applied, and nothing else: plans in the state's bucket on a local stack."""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from scripts.ci import __main__ as ci
from scripts.ci import changes, deploy
from scripts.ci.environments import backend_of
from scripts.stack.process import ROOT
from tests.integration.pipeline import Pipeline

if TYPE_CHECKING:
    from pathlib import Path

BUCKET = "tfstate-reviewed"
BACKEND = f"""terraform {{
  backend "s3" {{
    bucket       = "{BUCKET}"
    key          = "acme-jobs/dev/terraform.tfstate" # one key per project and environment
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }}
}}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment, whose state and plans go into a new bucket."""
    folder = tmp_path_factory.mktemp("reviewed")
    dev = folder / "environments/dev"
    dev.mkdir(parents=True)
    shutil.copy(ROOT / "tests/integration/terraform/reviewed/main.tf", dev)
    (dev / "backend.tf").write_text(BACKEND)
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    return folder


@pytest.fixture
def pipeline(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Pipeline:
    """The steps, on that environment."""
    package = place / "lambda.zip"
    package.write_bytes(b"the zip that was built")
    monkeypatch.setattr(ci, "ENVIRONMENTS", place / "environments")
    monkeypatch.setattr(
        ci, "_environment", lambda env: deploy.Environment(place / "environments" / env, package)
    )
    return Pipeline(place, capsys, package)


def stored(plan: str) -> Any:
    """Where a plan lies."""
    return {"Bucket": BUCKET, "Key": f"plans/acme-jobs/dev/{plan}.tfplan"}


def test_the_reviewed_plan_is_applied(pipeline: Pipeline) -> None:
    """With the zip's hash, without anybody's profile, and without a secret in what people read."""
    code, said, outputs = pipeline.plan()
    assert code == 0, said
    assert outputs["changed"] == "true"
    report = pipeline.report()
    assert report["changes"] == {
        "add": 3,
        "change": 0,
        "destroy": 0,
        "lost": [],
        "drifted": 0,
        "warnings": [],
    }
    assert pipeline.zip in report["text"]
    assert "hunter2-canary" not in report["text"] + said
    assert "(sensitive value)" in report["text"]
    assert "somebody-at-home" not in report["text"]

    code, said = pipeline.apply(outputs["plan_sha256"])

    assert code == 0, said
    assert "Apply complete! Resources: 3 added" in said
    assert "hunter2-canary" not in said
    assert pipeline.plan()[2]["changed"] == "false"


def test_a_plan_that_was_changed_is_refused(pipeline: Pipeline) -> None:
    """Another file under the reviewed plan's name, even if it is a plan."""
    pipeline.size(2)
    reviewed = pipeline.plan()[2]["plan_sha256"]
    pipeline.size(3)
    other = pipeline.plan()[2]["plan_sha256"]
    s3 = boto3.client("s3")
    content = s3.get_object(**stored(other))["Body"].read()
    s3.put_object(**stored(reviewed), Body=content)

    code, said = pipeline.apply(reviewed)

    assert code == 1
    assert f"it has the SHA-256 {other} instead of {reviewed}; nothing was applied" in said


def test_a_stale_plan_is_refused(pipeline: Pipeline) -> None:
    """Of two reviewed plans the second one no longer fits the state once the first is applied."""
    pipeline.size(4)
    first = pipeline.plan()[2]["plan_sha256"]
    pipeline.size(5)
    second = pipeline.plan()[2]["plan_sha256"]

    assert pipeline.apply(second)[0] == 0
    code, said = pipeline.apply(first)

    assert code == 1
    assert "Saved plan is stale" in said


def test_another_zip_is_refused(pipeline: Pipeline) -> None:
    """The zip of the plan and no other, when it is planned and when it is applied."""
    pipeline.size(6)
    tested = pipeline.zip
    plan = pipeline.plan()[2]["plan_sha256"]
    pipeline.package.write_bytes(b"a zip that was built anew")

    code, said = pipeline.apply(plan, zip_=tested)
    assert code == 1
    assert f"{pipeline.zip} instead of {tested}" in said
    assert pipeline.plan(zip_=tested)[0] == 1
    assert f"instead of {tested}" in pipeline.report()["error"]


def test_a_zip_brings_along_what_its_handlers_need(pipeline: Pipeline) -> None:
    """The artefact is the zip alone; Terraform reads the manifest beside it."""
    manifest = '{"report": {"min_seconds": 60}}'
    with zipfile.ZipFile(pipeline.package, "w") as archive:
        archive.writestr("handlers.json", manifest)

    assert pipeline.plan()[0] == 0

    assert pipeline.package.with_name("handlers.json").read_text() == manifest


def test_data_is_not_destroyed_by_a_merge(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that loses what holds data is reported and refused, until somebody allows it."""
    monkeypatch.setattr(changes, "STATEFUL", {"terraform_data"})
    pipeline.size(10)

    code, said, outputs = pipeline.plan()

    assert (code, outputs) == (1, {})
    assert "would destroy data: terraform_data.data[0]; to allow it, see allow-destroy" in said
    assert pipeline.report()["changes"]["lost"] == ["terraform_data.data[0]"]
    assert "would destroy data" in pipeline.report()["error"]
    assert pipeline.plan("--allow-destroy=true")[0] == 0


def test_drift_is_an_exit_code_and_keeps_no_plan(pipeline: Pipeline) -> None:
    """What is deployed is not what the code says: 2, a report, and nothing to be applied."""
    pipeline.size(7)
    kept = boto3.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="plans/")["KeyCount"]

    code, said = pipeline(
        *("drift", "dev", f"--package-sha256={pipeline.zip}"),
        *("--reports", str(pipeline.folder / "reports")),
    )

    assert code == 2
    assert "dev: 0 to add, 1 to change, 0 to destroy; 0 changed outside of Terraform" in said
    assert pipeline.report()["changed"]
    after = boto3.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="plans/")["KeyCount"]
    assert after == kept


@pytest.mark.parametrize(
    ("plan", "words"),
    [("0" * 64, "was not found (plans are kept for 30 days)"), ("../../x", "is not the SHA-256")],
)
def test_a_plan_that_is_not_there(pipeline: Pipeline, plan: str, words: str) -> None:
    """It expired, or its name is no hash."""
    code, said = pipeline.apply(plan)
    assert code == 1
    assert words in said


def test_the_plan_is_stored_beside_the_state(place: Path) -> None:
    """Below a prefix of its own, which expires."""
    assert backend_of(place / "environments/dev").folder == "acme-jobs/dev"
