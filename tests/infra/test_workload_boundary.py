"""Every grant that an environment makes fits into the boundary that its roles get.

IAM lets a role do what its policies and its boundary both allow, and says nothing where a boundary
takes a grant away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.iam import Call, Identity
from tests.infra.rendered import POLICIES, grants, policies, resources
from tests.infra.test_bootstrap import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# One worker makes what these tests share.
pytestmark = pytest.mark.xdist_group("bootstrap")

# The longest names that module `naming` takes together, since test_iam.py measures these policies.
PROJECT = "a" + "0" * 31
NAME = "aaaaa-dev"
# With ten queues, and half a dozen secrets.
EVERYTHING = {
    "project": PROJECT,
    "environment": NAME,
    "other_environments": [NAME],
    "secrets": {
        name: {"description": "Key of an API"}
        for name in ("api-key", *(f"key-of-the-api-{number}" for number in range(5)))
    },
    "secret_values": {},
    "monitoring": {"tracing": True},
    "worker": {"paused_types": ["echo"]},
    "commands": {
        "queues": {f"q{number:011}": {"priority": True} for number in range(10)},
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
    "github_environments": [NAME],
    "github_preview_environments": ["preview"],
}
PREVIEW = {
    "project": SETTINGS["project"],
    "pr_number": 7,
    "created_at": "2026-11-21T10:00:00Z",
    "repository": "github.com/acme/jobs",
}


@pytest.mark.long
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_dev_may_do_what_it_is_granted(tree: Path, environment: str) -> None:
    """No function and no API of dev is denied by its boundary what its policies allow."""
    found = resources(tree, "dev", ENVIRONMENTS[environment], named=(PROJECT, NAME))

    assert denied(boundaries_of_roles(tree, BOOTSTRAP)["apply"], found) == []


def test_a_preview_may_do_what_it_is_granted(tree: Path) -> None:
    """The same for previews, whose boundary names no other environment."""
    found = resources(tree, "preview", PREVIEW, named=(SETTINGS["project"], "pr-7"))

    assert denied(boundaries_of_roles(tree, SETTINGS)["preview"], found) == []


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
