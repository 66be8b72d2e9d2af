"""What the roles of GitHub's workflows may do, judged from the policies that bootstrap makes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.calls import ACCOUNT, DEPLOYS, ESCALATIONS, OURS, STATE, WITH_BOUNDARY
from tests.infra.iam import Call, Identity, listed
from tests.infra.rendered import grants, policies, resources
from tests.infra.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.infra.rendered import Policy

# One worker makes what these tests share.
pytestmark = pytest.mark.xdist_group("bootstrap")

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
    "aws_scheduler_": "scheduler",
    "aws_secretsmanager_": "secretsmanager",
    "aws_sesv2_": "ses",
    "aws_sns_": "sns",
    "aws_sqs_": "sqs",
    "aws_wafv2_": "wafv2",
}
# And what takes an option of the deploying role, which test_options.py judges.
BOOTSTRAP = {"api_domain", "deploy_role", "github_oidc", "state_backend"}
SETTINGS: dict[str, Any] = {
    "project": "acme-jobs",
    "github_repository": "acme/jobs",
    "github_environments": ["dev"],
    "github_preview_environments": ["preview"],
}


@pytest.fixture(scope="module")
def bootstrap(tree: Path) -> list[Policy]:
    """Every policy of bootstrap, but for the trusts of roles."""
    found = policies(resources(tree, "bootstrap", SETTINGS))
    return [it for it in found if it.kind != "aws_iam_role"]


@pytest.fixture(scope="module")
def documents(bootstrap: list[Policy]) -> dict[str, list[Any]]:
    """The statements of every policy of bootstrap, by address."""
    return {it.address.removeprefix("module.github."): it.statements for it in bootstrap}


def named(documents: dict[str, list[Any]], *starts: str) -> list[Any]:
    """The statements of all policies whose addresses start so."""
    return [it for name, found in documents.items() if name.startswith(starts) for it in found]


def role_of(documents: dict[str, list[Any]], name: str) -> Identity:
    """One of the roles that deploy, in its boundary."""
    module = f'module.deploy["{name}"]'
    return Identity(
        named(documents, f"{module}.aws_iam_policy.this", f"{module}.aws_iam_role_policy."),
        documents[f"{module}.aws_iam_policy.boundary"],
    )


@pytest.fixture(scope="module")
def deployer(documents: dict[str, list[Any]]) -> Identity:
    """The role that deploys from the branch."""
    return role_of(documents, "apply")


@pytest.fixture(scope="module")
def previewer(documents: dict[str, list[Any]]) -> Identity:
    """The role that deploys previews."""
    return role_of(documents, "preview")


@pytest.fixture(scope="module")
def planner(documents: dict[str, list[Any]]) -> Identity:
    """The role that plans."""
    return Identity(named(documents, "aws_iam_role_policy.plan"))


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
        for it in named(documents, "aws_iam_role_policy.plan")
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


@pytest.mark.parametrize("place", ["apikeys", "apikeys/a1b2", "usageplans/c3d4/keys/a1b2"])
def test_the_planner_reads_no_api_key(planner: Identity, deployer: Identity, place: str) -> None:
    """Reading one is reading its value; the rest of an API is settings."""
    key = Call("apigateway:GET", f"arn:aws:apigateway:us-east-1::/{place}")

    assert deployer.may(key)
    assert not planner.may(key)
    assert planner.may(replace(key, resource="arn:aws:apigateway:us-east-1::/usageplans/c3d4"))
    assert planner.may(replace(key, resource="arn:aws:apigateway:us-east-1::/restapis/e5f6"))


def test_the_boundary_allows_every_grant(
    bootstrap: list[Policy], documents: dict[str, list[Any]]
) -> None:
    """What the boundary of a deploying role names shortly covers all that its policies name."""
    for name in ("apply", "preview"):
        role = role_of(documents, name)
        calls = grants(
            [it for it in bootstrap if f'deploy["{name}"].aws_iam_policy.this' in it.address]
        )

        assert len(calls) > 200
        assert [it for it in calls if not role.may(it)] == []


PREVIEWS = [
    replace(
        call,
        resource=call.resource.replace("-dev-", "-pr-7-").replace("/dev/", "/pr-7/"),
        context={
            key: "pr-7" if value == "dev" else value.replace("-dev-", "-pr-7-")
            for key, value in call.context.items()
        },
    )
    for call in DEPLOYS
    if not call.resource.startswith(STATE)
]


def preview_call(call: Call) -> Call:
    """The call with the boundary that roles of previews must have."""
    context = {
        key: value.replace("-apply-", "-preview-") if "PermissionsBoundary" in key else value
        for key, value in call.context.items()
    }
    return replace(call, context=context)


@pytest.mark.parametrize("call", PREVIEWS, ids=lambda it: it.action)
def test_the_previewer_makes_previews(previewer: Identity, call: Call) -> None:
    """A preview is deployed as dev is, under its own name."""
    assert previewer.may(preview_call(call))


def test_the_previewer_reaches_nothing_but_previews(previewer: Identity) -> None:
    """Code of any branch gets at no environment of the branch: no resource, state or secret.

    Nor by a function that it makes: its roles have a boundary of their own.
    """
    admin = Identity(
        [{"Effect": "Allow", "Action": "*", "Resource": "*"}], boundary=previewer.boundary
    )
    names = [it for it in DEPLOYS if "dev" in it.resource or "dev" in str(it.context)]

    assert len(names) > 15
    for role in (previewer, admin):
        assert [it for it in names if role.may(preview_call(it))] == []
        assert not role.may(Call("s3:GetObject", f"{STATE}/acme-jobs/dev/terraform.tfstate"))
        assert not role.may(Call("iam:CreateRole", OURS.replace("-dev-", "-pr-7-"), WITH_BOUNDARY))
    state = Call("s3:PutObject", f"{STATE}/acme-jobs/preview/pr-7/terraform.tfstate")
    assert previewer.may(state)


def test_a_function_of_a_preview_reads_no_table_of_dev(documents: dict[str, list[Any]]) -> None:
    """The boundary of its role names previews only."""
    boundary = documents['module.deploy["preview"].aws_iam_policy.workload_boundary']
    table = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/acme-jobs-"

    assert Identity(boundary).may(Call("dynamodb:GetItem", f"{table}pr-7-commands"))
    assert not Identity(boundary).may(Call("dynamodb:GetItem", f"{table}dev-commands"))


def test_every_resource_of_the_modules_can_be_made(deployer: Identity) -> None:
    """A module with a new kind of resource says here, and in grants.tf, what its making takes."""
    granted = {action.split(":")[0] for it in deployer.policies for action in listed(it["Action"])}
    kinds = {
        kind
        for path in ROOT.glob("modules/*/*.tf")
        if path.parent.name not in BOOTSTRAP
        for kind in re.findall(r'^resource "(aws_\w+)"', path.read_text(), re.MULTILINE)
        # What ECS takes is an option of bootstrap: test_options.py.
        if not kind.startswith("aws_ecs_")
    }
    missing = {
        kind
        for kind in kinds
        if not any(kind.startswith(it) and SERVICES[it] in granted for it in SERVICES)
    }

    assert len(kinds) > 20
    assert missing == set()
