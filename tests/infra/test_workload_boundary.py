"""Every grant that an environment makes fits into the boundary that its roles get.

IAM lets a role do what its policies and its boundary both allow, and says nothing where a boundary
takes a grant away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.iam import Call, Identity
from tests.infra.rendered import POLICIES, grants, policies, resources

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# One worker makes what these tests share.
pytestmark = pytest.mark.xdist_group("bootstrap")

PROJECT = "acme-jobs"
EVERYTHING = {
    "project": PROJECT,
    "environment": "dev",
    "secrets": {"api-key": {"description": "Key of an API"}},
    "secret_values": {},
    "monitoring": {"tracing": True},
    "worker": {"paused_types": ["echo"]},
    "commands": {
        "queues": {"high": {"priority": True}},
        "scheduling": True,
        "schedules": {"nightly": {"cron": "0 2 * * ? *", "type": "echo"}},
    },
    "notifications": {
        "events": "eventbridge",
        "push": {},
        "webhooks": {"secrets": ["api-key"], "allowed_hosts": ["hooks.example.com"]},
    },
    "examples": {
        "enabled": True,
        "demo": True,
        "email": {"sender": "jobs@example.com", "identity": "example.com"},
        "webhooks": {"allowed_hosts": ["hooks.example.com"], "secret": "api-key"},
    },
}
# What an environment can be. Together with the one of test_options.py, whose way in is direct, they
# make every grant that there is.
ENVIRONMENTS: dict[str, Mapping[str, Any]] = {
    "validated, FIFO, with an index": {
        **EVERYTHING,
        "api": {"submission": "validated", "schedules": True},
        "commands": {"fifo": True, "index": True},
        "notifications": {"events": "sns"},
    },
    "REST": {**EVERYTHING, "api": {"type": "rest"}, "routes": {}},
}
BOOTSTRAP = {
    "project": PROJECT,
    "github_repository": "acme/jobs",
    "github_environments": ["dev"],
    "github_preview_environments": ["preview"],
}
PREVIEW = {
    "project": PROJECT,
    "pr_number": 7,
    "created_at": "2026-11-21T10:00:00Z",
    "repository": "github.com/acme/jobs",
}


@pytest.fixture(scope="module")
def boundaries(tree: Path) -> dict[str, Identity]:
    """What a role with each of the two boundaries may do at most."""
    return boundaries_of_roles(tree, BOOTSTRAP)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_dev_may_do_what_it_is_granted(
    tree: Path, boundaries: dict[str, Identity], environment: str
) -> None:
    """No function and no API of dev is denied by its boundary what its policies allow."""
    found = resources(tree, "dev", ENVIRONMENTS[environment], named=(PROJECT, "dev"))

    assert denied(boundaries["apply"], found) == []


def test_a_preview_may_do_what_it_is_granted(tree: Path, boundaries: dict[str, Identity]) -> None:
    """The same for previews, whose boundary names no other environment."""
    found = resources(tree, "preview", PREVIEW, named=(PROJECT, "pr-7"))

    assert denied(boundaries["preview"], found) == []


def boundaries_of_roles(tree: Path, settings: Mapping[str, Any]) -> dict[str, Identity]:
    """The workload boundaries that bootstrap makes, by deploying role."""
    return {
        it.address.split('"')[1]: Identity(it.statements)
        for it in policies(resources(tree, "bootstrap", settings))
        if it.address.endswith("workload_boundary")
    }


def denied(boundary: Identity, found: list[dict[str, Any]]) -> list[Call]:
    """The calls that an environment's policies allow, and the boundary does not."""
    calls = grants([it for it in policies(found) if POLICIES[it.kind] == "policy"])
    assert len(calls) > 10
    return [it for it in calls if not boundary.may(it)]
