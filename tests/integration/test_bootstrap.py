"""From an empty account to a deployment by GitHub's roles, and back, as docs/bootstrap.md says."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from scripts.build.backend.__main__ import main
from scripts.build.terraform.runner import Terraform
from scripts.errors import OperatorError
from scripts.stack.process import ROOT
from tests.infra.tree import copy_tree
from tests.integration.github import relax, take

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """
project             = "async-api"
github_repository   = "acme/jobs"
github_environments = ["dev"]
"""
PULL_REQUEST = {"sub": "repo:acme/jobs:pull_request"}
DEPLOYMENT = {"sub": "repo:acme/jobs:environment:dev", "ref": "refs/heads/main"}


@dataclass(frozen=True)
class Account:
    """An account with bootstrap in it."""

    tree: Path

    def terraform(self, environment: str, session: dict[str, str] | None = None) -> Terraform:
        """Terraform in one environment, as the account's root or in a role's session."""
        return Terraform(
            self.tree / "environments" / environment, {**os.environ, **(session or {})}
        )

    def backend(self, environment: str) -> int:
        """Write the environment's backend.tf."""
        return main([environment, "--environments", str(self.tree / "environments")])

    @property
    def outputs(self) -> dict[str, Any]:
        """What bootstrap says."""
        return self.terraform("bootstrap").output()

    def keys(self) -> set[str]:
        """What lies in the state bucket."""
        s3: Any = boto3.client("s3")
        answer = s3.list_objects_v2(Bucket=self.outputs["state_bucket"])
        return {it["Key"] for it in answer.get("Contents", [])}


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Account:
    """Bootstrap applied, and its state moved into its bucket."""
    tree = copy_tree(tmp_path_factory.mktemp("bootstrap"))
    shutil.copy(ROOT / "build/lambda.zip", tree / "build")
    account = Account(tree)
    (tree / "environments/bootstrap/terraform.tfvars").write_text(SETTINGS)
    terraform = account.terraform("bootstrap")
    terraform.init()
    terraform.apply()
    assert account.backend("bootstrap") == 0
    terraform.init("-migrate-state", "-force-copy")
    return account


def test_bootstrap_keeps_its_state_in_its_own_bucket(account: Account) -> None:
    """After the move the bucket has the state, the file is empty, and nothing is to be done."""
    file = account.tree / "environments/bootstrap/terraform.tfstate"

    assert account.keys() == {"bootstrap.tfstate"}
    assert not file.exists() or file.read_text() == ""
    assert account.terraform("bootstrap").plan_is_empty()


def test_one_run_locks_the_others_out(account: Account) -> None:
    """While there is a lock file, nobody else gets at the state."""
    s3: Any = boto3.client("s3")
    bucket = account.outputs["state_bucket"]
    lock = {"ID": "somebody", "Operation": "OperationTypeApply", "Who": "somebody@else"}
    s3.put_object(Bucket=bucket, Key="bootstrap.tfstate.tflock", Body=json.dumps(lock))
    try:
        with pytest.raises(OperatorError, match="Error acquiring the state lock"):
            account.terraform("bootstrap").plan_is_empty()
    finally:
        s3.delete_object(Bucket=bucket, Key="bootstrap.tfstate.tflock")
    assert account.terraform("bootstrap").plan_is_empty()


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "repo:evil/jobs:pull_request"},
        {"sub": "repo:acme/jobs:ref:refs/heads/other"},
        {"sub": "repo:acme/jobs:environment:dev"},
        {**PULL_REQUEST, "aud": "https://github.com/acme"},
        {**PULL_REQUEST, "iss": "https://evil.example.com"},
    ],
    ids=lambda claims: " ".join(claims.values()),
)
def test_a_stranger_plans_nothing(account: Account, claims: dict[str, str]) -> None:
    """Another repository, branch, audience or issuer, or a deployment's token."""
    with pytest.raises(ClientError, match="AccessDenied"):
        take(account.outputs["plan_role_arn"], **claims)


def test_the_roles_deploy_dev(account: Account) -> None:
    """One applies and destroys, the other plans and is refused to apply; locks are gone."""
    outputs = account.outputs
    for name in ("plan", "apply"):
        relax(f"github-async-api-{name}")
    plans = account.terraform("dev", take(outputs["plan_role_arn"], **PULL_REQUEST))
    applies = account.terraform("dev", take(outputs["apply_role_arn"], **DEPLOYMENT))
    assert account.backend("dev") == 0
    options = ('-var=api={submission="validated"}',)
    applies.init()

    try:
        applies.apply(None, *options)
        assert plans.plan_is_empty(*options)
        with pytest.raises(OperatorError, match=r"github-async-api-plan.* is not authorized"):
            plans.apply(None, *options, "-var=worker_timeout=31")
    finally:
        applies.destroy(None, *options)

    assert account.keys() == {"bootstrap.tfstate", "async-api/dev/terraform.tfstate"}
    assert applies.run("state", "list").stdout == ""


def test_everything_can_be_taken_away(account: Account) -> None:
    """With the state back in a file, destroying leaves no role and no bucket."""
    bucket = account.outputs["state_bucket"]
    terraform = account.terraform("bootstrap")
    terraform.apply(None, "-var=force_destroy_state=true")
    (account.tree / "environments/bootstrap/backend.tf").unlink()
    terraform.init("-migrate-state", "-force-copy")

    terraform.destroy()

    names = {it["Name"] for it in boto3.client("s3").list_buckets()["Buckets"]}
    assert bucket not in names
    roles = boto3.client("iam").list_roles(PathPrefix="/bootstrap/")["Roles"]
    assert roles == []
