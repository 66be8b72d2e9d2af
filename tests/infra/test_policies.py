"""Least privilege, read from every policy that the environment would create."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.tree import ROOT, planned

if TYPE_CHECKING:
    from pathlib import Path

# One worker makes what these tests share.
pytestmark = pytest.mark.xdist_group("dev")

Statement = dict[str, Any]
# test_mocked.py leaves it to this file.
ACCESS = "access.tftest.hcl"
WILD = re.compile(r'\b(Action|Resource)\s*=.*"\*"')
# Actions for which IAM knows no resource; a statement of one of them has it alone.
OF_NO_RESOURCE = (
    *("dynamodb:ListStreams", "ecr:GetAuthorizationToken", "scheduler:ListSchedules"),
)


@pytest.fixture(scope="module")
def resources(tree: Path) -> list[dict[str, Any]]:
    """All resources of the environment, planned with mocks; what the file asserts holds."""
    return planned(tree / "environments/dev", ACCESS)[0]


def test_no_grant_allows_every_action(resources: list[dict[str, Any]]) -> None:
    """Every allowed action is named in full."""
    actions = [action for it in allowed(resources) for action in listed(it["Action"])]

    assert len(actions) > 10
    assert [action for action in actions if "*" in action] == []


def test_no_grant_reaches_every_resource(resources: list[dict[str, Any]]) -> None:
    """Every allowed resource is an ARN; only logs, a bucket's objects, streams and connections are
    wildcards.
    """
    targets = [
        target for it in allowed(resources) if "Resource" in it for target in listed(it["Resource"])
    ]

    assert targets
    table = "arn:aws:dynamodb:us-east-1:123456789012:table/mock"
    everything = [it for it in allowed(resources) if "*" in listed(it.get("Resource", []))]
    # Those who read the stream: IAM knows no resource for it.
    readers = 2
    assert [it["Action"] for it in everything] == readers * [["dynamodb:ListStreams"]]
    assert [it for it in targets if not it.startswith("arn:")] == readers * ["*"]
    wild = {it for it in targets if "*" in it and not it.startswith("arn:aws:logs:")}
    stage = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/v1"
    streams = {"*", f"{table}/stream/*"}
    connections = {f"{stage}/{method}/@connections/*" for method in ("DELETE", "POST")}
    objects = {"arn:aws:s3:::mock/*", "arn:aws:s3:::mock/states/*"}
    assert wild == {*objects, *streams, *connections}


def test_every_role_trusts_one_service(resources: list[dict[str, Any]]) -> None:
    """A role is taken by Lambda or by API Gateway, and by nobody else."""
    principals = {
        it["values"]["name"]: [
            statement["Principal"]["Service"]
            for statement in json.loads(it["values"]["assume_role_policy"])["Statement"]
        ]
        for it in resources
        if it["type"] == "aws_iam_role"
    }

    assert principals == {
        "acme-jobs-dev-api-send": ["apigateway.amazonaws.com"],
        "acme-jobs-dev-cancel": ["lambda.amazonaws.com"],
        "acme-jobs-dev-notifier": ["lambda.amazonaws.com"],
        "acme-jobs-dev-push": ["lambda.amazonaws.com"],
        "acme-jobs-dev-openapi": ["lambda.amazonaws.com"],
        "acme-jobs-dev-outcome": ["lambda.amazonaws.com"],
        "acme-jobs-dev-status": ["lambda.amazonaws.com"],
        "acme-jobs-dev-submit": ["lambda.amazonaws.com"],
        "acme-jobs-dev-outbox-relay": ["lambda.amazonaws.com"],
        "acme-jobs-dev-worker": ["lambda.amazonaws.com"],
    }


def test_access_matrix(resources: list[dict[str, Any]]) -> None:
    """Each grant holds exactly the actions that its name promises, and only handlers have more."""
    matrix = {
        (owner(it["address"]), it["values"]["name"]): sorted(
            action.split(":")[1]
            for statement in json.loads(it["values"]["policy"])["Statement"]
            for action in listed(statement["Action"])
        )
        for it in resources
        if it["type"] == "aws_iam_role_policy"
    }

    logs = ["CreateLogStream", "PutLogEvents"]
    framework: dict[tuple[str, str], list[str]] = {
        ("http", "send"): ["SendMessage"],
        ("cancel", "commands"): ["UpdateItem"],
        ("cancel", "logs"): logs,
        ("notifier", "events"): ["PutEvents"],
        ("notifier", "give_up"): ["SendMessage"],
        ("notifier", "logs"): logs,
        ("notifier", "push"): ["BatchWriteItem", "ManageConnections", "Query"],
        ("notifier", "stream"): [
            *("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"),
        ],
        ("push", "commands"): ["GetItem"],
        ("push", "logs"): logs,
        ("push", "watches"): ["BatchWriteItem", "UpdateItem"],
        ("openapi", "logs"): logs,
        ("outcome", "commands"): ["UpdateItem"],
        ("outcome", "logs"): logs,
        ("outcome", "read"): ["GetItem"],
        ("outcome", "results"): ["PutObject"],
        ("status", "commands"): ["GetItem"],
        ("status", "logs"): logs,
        ("status", "results"): ["GetObject"],
        ("submit", "commands"): ["UpdateItem"],
        ("submit", "logs"): logs,
        ("submit", "read_inputs"): ["GetItem"],
        ("submit", "send"): ["SendMessage"],
        ("submit", "store_inputs"): ["PutItem"],
        ("outbox_relay", "commands"): ["UpdateItem"],
        ("outbox_relay", "find"): [
            *("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams", "Query"),
        ],
        ("outbox_relay", "logs"): logs,
        ("outbox_relay", "read_inputs"): ["GetItem"],
        ("outbox_relay", "send"): ["SendMessage"],
        ("worker", "commands"): ["UpdateItem"],
        ("worker", "look"): ["GetItem"],
        ("worker", "consume"): [
            "ChangeMessageVisibility",
            "DeleteMessage",
            "GetQueueAttributes",
            "ReceiveMessage",
        ],
        ("worker", "dead_letter"): ["SendMessage"],
        ("worker", "delayed_copies"): ["SendMessage"],
        ("worker", "list"): ["Scan"],
        ("worker", "logs"): logs,
        ("worker", "orders"): ["BatchWriteItem", "PutItem"],
        ("worker", "reports"): ["PutObject"],
        ("worker", "results"): ["PutObject"],
        ("worker", "states"): ["GetObject"],
        ("worker", "secrets"): ["GetSecretValue"],
    }
    text = (ROOT / "environments/dev/handlers.tf").read_text()
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    own = {("worker", name) for name in re.findall(r"(\w+) += module\.\w+\.policies\.", code)}
    assert matrix.keys() - framework.keys() == own
    assert {grant: matrix[grant] for grant in framework} == framework


def test_no_module_writes_a_wildcard_grant() -> None:
    """The same for modules that the environment does not use.

    Module deploy_role bounds by conditions and denials; test_iam.py judges each of its policies.
    """
    wild = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in ROOT.glob("modules/*/*.tf")
        if path.parent.name != "deploy_role"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if WILD.search(line) and not any(f'["{action}"]' in line for action in OF_NO_RESOURCE)
    ]

    assert wild == []


def owner(address: str) -> str:
    """The innermost module of a grant, or the name of a function among several of one module."""
    modules: list[tuple[str, str]] = re.findall(r'module\.(\w+)(?:\["(\w+)"\])?', address)
    return [key or name for name, key in modules if key or name != "function"][-1]


def allowed(resources: list[dict[str, Any]]) -> list[Statement]:
    """Return all Allow statements in the attributes of the resources, those of keys left out.

    A key's policy speaks of the key itself as `*`, and leaves it to the account's IAM policies.
    """
    return [
        statement
        for it in resources
        if it["type"] != "aws_kms_key"
        for value in it["values"].values()
        if isinstance(value, str) and '"Statement"' in value
        for statement in json.loads(value)["Statement"]
        if statement["Effect"] == "Allow"
    ]


def listed(value: str | list[str]) -> list[str]:
    """Return a policy's element as a list."""
    return [value] if isinstance(value, str) else value
