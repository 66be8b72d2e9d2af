"""docs/aws-options.md: what an environment uses of it, GitHub's roles must be allowed to deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.calls import ACCOUNT, tagged
from tests.infra.iam import Call, Identity
from tests.infra.rendered import policies, resources
from tests.infra.test_bootstrap import SETTINGS, named, role_of
from tests.infra.test_workload_boundary import (
    BOOTSTRAP,
    EVERYTHING,
    NAME,
    PROJECT,
    boundaries_of_roles,
    denied,
)

if TYPE_CHECKING:
    from pathlib import Path

# One worker makes what these tests share.
pytestmark = pytest.mark.xdist_group("bootstrap")

KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ANOTHER_KEY = KEY.replace("1234abcd", "4321dcba")
VPC = {"subnet_ids": ["subnet-1a", "subnet-2b"], "security_group_ids": ["sg-3c"]}
ZONE = "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"
DOMAINS = "arn:aws:apigateway:us-east-1::/domainnames"
CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1a2b"
OPTIONS = {
    "kms_keys": [KEY],
    "vpc": True,
    "domain_zones": [ZONE.rpartition("/")[2]],
    "tasks": True,
}
TASK = {"image": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/task:1", "vpc": VPC}
ECS = f"arn:aws:ecs:us-east-1:{ACCOUNT}"
# An environment with all of them.
ENVIRONMENT = {
    **EVERYTHING,
    "api": {"outcomes": True},
    "examples": {"enabled": True, "task": TASK},
    "existing": {"kms_key": {"arn": KEY}, "vpc": VPC},
}
LOG = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/acme-jobs-dev-worker"
TASKS, FARGATE = "acme-jobs-dev-task", "ecs-tasks.amazonaws.com"
TASK_ROLE = f"arn:aws:iam::{ACCOUNT}:role/{TASKS}"
TO_AWS = {"kms:GrantIsForAWSResource": "true"}

DEPLOYS = [
    Call("kms:DescribeKey", KEY),
    Call("kms:GenerateDataKey", KEY),
    Call("kms:Decrypt", KEY),
    Call("kms:CreateGrant", KEY, TO_AWS),
    Call("logs:AssociateKmsKey", LOG),
    Call("ec2:DescribeSubnets", "*"),
    Call("ec2:DescribeSecurityGroups", "*"),
    Call("acm:RequestCertificate", CERTIFICATE, tagged("acme-jobs", "dev", "Request")),
    Call("acm:DescribeCertificate", CERTIFICATE),
    Call("apigateway:POST", DOMAINS, tagged("acme-jobs", "dev", "Request")),
    Call("apigateway:POST", f"{DOMAINS}/api.example.com/apimappings"),
    Call("route53:ChangeResourceRecordSets", ZONE),
    Call("route53:GetChange", "arn:aws:route53:::change/C1"),
    Call("ecs:CreateCluster", f"{ECS}:cluster/acme-jobs-dev-task"),
    Call("ecs:RegisterTaskDefinition", f"{ECS}:task-definition/acme-jobs-dev-task:7"),
    Call("ecs:DescribeTaskDefinition", "*"),
    Call("ecs:DeregisterTaskDefinition", "*"),
    Call("logs:CreateLogGroup", f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/ecs/{TASKS}"),
    Call("iam:PassRole", f"{TASK_ROLE}-execution", {"iam:PassedToService": FARGATE}),
]
LOOKS = [
    Call("acm:DescribeCertificate", CERTIFICATE),
    Call("route53:ListResourceRecordSets", ZONE),
    Call("ecs:DescribeClusters", f"{ECS}:cluster/acme-jobs-dev-task"),
    Call("ecs:DescribeTaskDefinition", "*"),
]
READS = {"acm:DescribeCertificate", "ecs:DescribeTaskDefinition", "kms:DescribeKey"}
REFUSED = [
    Call("ecs:CreateCluster", f"{ECS}:cluster/other-dev-task"),
    Call("ecs:RegisterTaskDefinition", f"{ECS}:task-definition/other-dev-task:7"),
    Call("ecs:CreateService", f"{ECS}:service/acme-jobs-dev-task/acme-jobs-dev-x"),
    Call("iam:PassRole", f"{TASK_ROLE}-task", {"iam:PassedToService": "ec2.amazonaws.com"}),
    Call("kms:CreateGrant", KEY, {"kms:GrantIsForAWSResource": "false"}),
    Call("kms:Decrypt", ANOTHER_KEY),
    Call("kms:CreateGrant", ANOTHER_KEY, TO_AWS),
    Call("kms:PutKeyPolicy", KEY),
    Call("kms:ScheduleKeyDeletion", KEY),
    Call("ec2:CreateNetworkInterface", "*"),
    Call("ec2:AuthorizeSecurityGroupIngress", "*"),
    Call("route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z9"),
    Call("acm:DeleteCertificate", CERTIFICATE, tagged("other", "dev", "Resource")),
    Call("apigateway:DELETE", f"{DOMAINS}/x.example.com", tagged("other", "dev", "Resource")),
]


def documents(tree: Path, settings: dict[str, Any]) -> dict[str, list[Any]]:
    """The statements of every policy of bootstrap, by address."""
    found = policies(resources(tree, "bootstrap", settings))
    return {
        it.address.removeprefix("module.github."): it.statements
        for it in found
        if it.kind != "aws_iam_role"
    }


def deployer(tree: Path, name: str, settings: dict[str, Any]) -> Identity:
    """One of the roles that deploy, in its boundary."""
    return role_of(documents(tree, settings), name)


def planner(tree: Path, settings: dict[str, Any]) -> Identity:
    """The role that plans."""
    starts = ("aws_iam_role_policy.plan", "aws_iam_policy.plan")
    return Identity(named(documents(tree, settings), *starts))


def test_the_deployer_makes_what_the_options_take(tree: Path) -> None:
    """With an option in bootstrap the role may make it; without, and for previews, it may not."""
    with_options = {**SETTINGS, "options": OPTIONS}

    apply = deployer(tree, "apply", with_options)
    assert [it for it in DEPLOYS if not apply.may(it)] == []
    for other in (deployer(tree, "apply", SETTINGS), deployer(tree, "preview", with_options)):
        assert [it for it in DEPLOYS if it.resource == KEY and other.may(it)] == [
            Call("kms:DescribeKey", KEY)
        ]


def test_the_planner_looks_at_what_the_options_take(tree: Path) -> None:
    """And changes nothing of it; without the options it does not look."""
    plan, without = (
        planner(tree, settings) for settings in ({**SETTINGS, "options": OPTIONS}, SETTINGS)
    )
    assert [it for it in LOOKS if not plan.may(it) or without.may(it)] == []
    assert [it for it in DEPLOYS if plan.may(it) and it.action not in READS] == []


def test_the_deployer_gets_no_more_than_the_options_take(tree: Path) -> None:
    """Exact keys, and grants to AWS's own services only, even with every right on the role."""
    apply = deployer(tree, "apply", {**SETTINGS, "options": OPTIONS})
    everything = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    admin = Identity(everything, boundary=apply.boundary)

    assert [it for it in REFUSED if apply.may(it) or admin.may(it)] == []


def test_functions_may_do_what_the_options_grant(tree: Path) -> None:
    """No grant of an environment with all options is denied by the boundary of its roles."""
    found = resources(tree, "dev", ENVIRONMENT, named=(PROJECT, NAME))
    boundary = boundaries_of_roles(tree, {**BOOTSTRAP, "options": OPTIONS})["apply"]

    assert denied(boundary, found) == []
    assert {
        it.action.split(":")[0]
        for it in denied(boundaries_of_roles(tree, BOOTSTRAP)["apply"], found)
    } == {"ec2", "ecr", "ecs", "iam", "kms"}
