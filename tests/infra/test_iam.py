"""IAM takes every policy of the blueprint, and AWS knows every word in it.

Neither is checked by a plan: IAM refuses a policy that is too long half-way through an apply, and
takes one with a misspelt action, which then grants nothing.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import hcl2
import pytest

from scripts.build.docs.configuration import plain
from tests.infra.reference import unknown
from tests.infra.rendered import PARTITIONS, policies, resources
from tests.infra.test_options import ENVIRONMENT as WITH_OPTIONS
from tests.infra.test_options import OPTIONS
from tests.infra.test_workload_boundary import ENVIRONMENTS, NAME, PREVIEW, PROJECT
from tests.infra.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.infra.rendered import Policy

# One worker makes what these tests share.
pytestmark = pytest.mark.xdist_group("bootstrap")

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MANAGED = 6144
INLINE = 10240
TRUST = 2048
ATTACHED = 10


def example() -> dict[str, Any]:
    """The grants that the example of bootstrap's settings shows, as HCL reads them."""
    text = (ROOT / "environments/bootstrap/terraform.tfvars.example").read_text()
    commented = text[text.index("# additional_grants = {") :]
    settings: dict[str, Any] = hcl2.loads(re.sub(r"^# ?", "", commented, flags=re.MULTILINE))
    grants: dict[str, Any] = plain(settings["additional_grants"])
    return grants


def longest(partition: str) -> dict[str, Any]:
    """Settings that make every policy as long as it gets."""
    grants = {
        who: [
            {
                **it,
                "resources": [
                    arn.replace("arn:aws:", f"arn:{partition}:") for arn in it["resources"]
                ],
            }
            for it in some
        ]
        for who, some in example().items()
    }
    return {
        "project": PROJECT,
        "github_repository": "acme-corporation@123456789/asynchronous-jobs@1234567890",
        "github_environments": ["prod", "staging"],
        "github_preview_environments": ["preview"],
        "enable_lock_table": True,
        "plan_reads_secrets": True,
        "additional_grants": grants,
        "options": json.loads(json.dumps(OPTIONS).replace("arn:aws:", f"arn:{partition}:")),
    }


# The longest ARNs are those of aws-us-gov.
@pytest.fixture(
    scope="module",
    params=[pytest.param(it, marks=[pytest.mark.long] * (it == "aws-cn")) for it in PARTITIONS],
)
def bootstrap(tree: Path, request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """All resources of bootstrap with the longest names in one of AWS's partitions."""
    return resources(tree, "bootstrap", longest(request.param), request.param)


def test_iam_takes_every_policy(bootstrap: list[dict[str, Any]]) -> None:
    """At the longest names, with additional grants, every policy and trust is short enough."""
    inline: dict[str, int] = defaultdict(int)
    attached: dict[str, int] = defaultdict(int)
    too_long = []
    for it in policies(bootstrap):
        length = len(re.sub(r"\s", "", it.text))
        if it.kind == "aws_iam_role_policy":
            inline[it.role] += length
        elif length > (TRUST if it.kind == "aws_iam_role" else MANAGED):
            too_long.append((it.address, length))
    for resource in bootstrap:
        if resource["type"] == "aws_iam_role_policy_attachment":
            attached[resource["values"]["role"]] += 1
    names = [it["values"]["name"] for it in bootstrap if it["type"] == "aws_iam_role"]

    assert too_long == []
    assert {role: it for role, it in inline.items() if it > INLINE} == {}
    # The roles that deploy, and what options add to the one that plans.
    assert set(attached.values()) == {1, 4, 5}
    assert max(attached.values()) <= ATTACHED
    assert max(len(it) for it in names) <= 64
    assert len(names) == 4


@pytest.fixture(
    scope="module",
    params=["with options", *(pytest.param(it, marks=pytest.mark.long) for it in ENVIRONMENTS)],
)
def dev(tree: Path, request: pytest.FixtureRequest) -> list[Policy]:
    """What functions and APIs of dev are granted, at the longest names."""
    values = ENVIRONMENTS.get(request.param, WITH_OPTIONS)
    return policies(resources(tree, "dev", values, named=(PROJECT, NAME)))


def test_iam_takes_every_grant_of_dev(dev: list[Policy]) -> None:
    """With ten queues and half a dozen secrets, in the partition with the longest ARNs."""
    inline: dict[str, int] = defaultdict(int)
    for it in dev:
        text = it.text.replace("arn:aws:", "arn:aws-us-gov:")
        length = len(re.sub(r"\s", "", text))
        if it.kind == "aws_iam_role_policy":
            inline[it.role] += length
        else:
            assert length <= TRUST, it.address

    assert len(inline) >= 6
    assert {role: it for role, it in inline.items() if it > INLINE} == {}


def test_aws_knows_every_word_of_bootstrap(bootstrap: list[dict[str, Any]]) -> None:
    """Actions, the resources that they work on, and the keys of their conditions."""
    assert _unknown(policies(bootstrap)) == []


def test_aws_knows_every_word_of_dev(dev: list[Policy]) -> None:
    """The same for what functions and APIs are granted."""
    assert _unknown(dev) == []


def test_aws_knows_every_word_of_a_preview(tree: Path) -> None:
    """The same for a preview."""
    found = resources(tree, "preview", PREVIEW, named=("acme-jobs", "pr-7"))

    assert _unknown(policies(found)) == []


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ({"Action": "sqs:SendMesage"}, "sqs:SendMesage: no such action"),
        ({"Action": ["sqs:Foo*"]}, "sqs:Foo*: no such action"),
        ({"Action": "sqz:SendMessage"}, "sqz:SendMessage: no such action"),
        (
            {"Action": "sqs:SendMessage", "Condition": {"StringEquals": {"sqs:Project": "x"}}},
            "sqs:Project: not known to sqs:SendMessage",
        ),
        (
            {"Action": "sqs:SendMessage", "Resource": "arn:aws:sns:*:123456789012:x"},
            "sqs:SendMessage: none of its resources, wants arn:*:sqs:*:*:*",
        ),
    ],
)
def test_a_mistake_is_found(statement: dict[str, Any], complaint: str) -> None:
    """A word that AWS does not know is named."""
    assert unknown({"Effect": "Allow", "Resource": "*", **statement}) == [complaint]


def _unknown(found: list[Policy]) -> list[str]:
    assert len(found) > 5
    return [f"{it.address}: {each}" for it in found for s in it.statements for each in unknown(s)]
