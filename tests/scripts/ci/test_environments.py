"""Which environments workflows deploy, in which order, and where their states lie."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scripts.ci import __main__ as ci
from scripts.ci.environments import backend_of, deployable
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.scripts.ci.conftest import Job

BACKEND = '  bucket = "b"\n  key    = "acme/dev/terraform.tfstate"\n  region = "eu-west-1"\n'


def make(folder: Path, *names: str) -> Path:
    """Environments with a backend each."""
    for name in names:
        (folder / name).mkdir()
        (folder / name / "main.tf").touch()
        (folder / name / "backend.tf").write_text(BACKEND)
    return folder


def test_production_comes_last(tmp_path: Path) -> None:
    """What is promoted goes through dev and staging first; a new kind waits before production."""
    make(tmp_path, "prod", "dev", "qa", "staging", "bootstrap", "bootstrap-prod", "preview")
    (tmp_path / "local").mkdir()

    assert deployable(tmp_path) == ["dev", "staging", "qa", "prod"]


def test_a_new_repository_deploys_nothing(
    tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until there is a backend.tf, the list is empty and the jobs are left out."""
    monkeypatch.setattr(ci, "ENVIRONMENTS", tmp_path)
    monkeypatch.setattr(ci, "deployable", lambda: deployable(tmp_path))
    assert job("environments") == (0, "environments=[]\n")


def test_each_environment_has_its_accounts_role(
    tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The matrix says who plans what; an environment that nobody plans is said aloud."""
    make(tmp_path, "dev", "prod")
    monkeypatch.setattr(ci, "deployable", lambda: deployable(tmp_path))
    role = "arn:aws:iam::123456789012:role/bootstrap/github-acme-jobs-plan"

    code, said = job("environments", "--plan-roles", json.dumps({"dev": role}))

    assert code == 0
    assert json.loads(job.outputs["environments"]) == [
        {"environment": "dev", "plan_role": role},
        {"environment": "prod", "plan_role": ""},
    ]
    assert "::warning::no role plans prod; see docs/delivery.md\n" in said


@pytest.mark.parametrize("text", ["", "[]", '{"dev": 1}', '{"dev": "arn:aws:iam::1:user/x"}'])
def test_roles_that_are_none_are_refused(text: str, job: Job) -> None:
    """With an example of the variable."""
    code, said = job("environments", "--plan-roles", text)
    assert code == 1
    assert "AWS_PLAN_ROLE_ARNS is no JSON of environments and roles, like" in said


@pytest.mark.parametrize("name", ["Dev", "a b", '"];x', "-rf", "ä"])
def test_a_name_that_could_be_something_else_is_refused(tmp_path: Path, name: str) -> None:
    """Names become parts of command lines, matrices and comments."""
    make(tmp_path, name)
    with pytest.raises(OperatorError, match="cannot be deployed by workflows; rename it"):
        deployable(tmp_path)


def test_the_backend_says_where_plans_go(tmp_path: Path) -> None:
    """Bucket, region and the state's folder."""
    backend = backend_of(make(tmp_path, "dev") / "dev")
    assert (backend.bucket, backend.region, backend.folder) == ("b", "eu-west-1", "acme/dev")


def test_a_backend_without_a_key_is_one_line(tmp_path: Path) -> None:
    """It says what writes the file."""
    make(tmp_path, "dev")
    (tmp_path / "dev/backend.tf").write_text('  bucket = "b"\n  region = "x"\n')
    with pytest.raises(OperatorError, match="does not set key; write it with: make backend"):
        backend_of(tmp_path / "dev")
