"""What all tests of the suite have sent to the local stack, judged by AWS's own texts.

The last file of the suite, after the environment was destroyed: the more has been sent, the more
is judged. The emulator takes what it does not check; AWS does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.build.docs.configuration import assigned
from tests.infra.rendered import policies, resources
from tests.infra.test_bootstrap import SETTINGS, role_of
from tests.infra.tree import ROOT, copy_tree
from tests.recorded import wire
from tests.recorded.actions import Deployment
from tests.recorded.bounds import problems
from tests.recorded.request import Request, read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.environment import Environment
    from tests.infra.iam import Identity

REFUSED = 400
PROJECT = str(assigned(ROOT / "environments/dev/terraform.tfvars")["project"])


@pytest.fixture(scope="module")
def sent(environment: Environment, recording: Path) -> list[tuple[Request, wire.Call | None]]:
    """All requests with the calls of AWS's models that they are."""
    assert environment.outputs
    # An environment's own API may be asked with a signature, too.
    return [
        (request, wire.call(request))
        for request in read(recording)
        if request.service != "execute-api" or "/@connections/" in request.path
    ]


@pytest.fixture(scope="module")
def deployer(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    """The role that deploys dev from GitHub, in its boundary."""
    tree = copy_tree(tmp_path_factory.mktemp("tree"))
    found = policies(resources(tree, "bootstrap", {**SETTINGS, "project": PROJECT}))
    statements = {it.address.removeprefix("module.github."): it.statements for it in found}
    return role_of(statements, "apply")


def test_aws_knows_every_call(sent: list[tuple[Request, wire.Call | None]]) -> None:
    """Each is an operation of a service, and nothing in it is out of the bounds of AWS's model."""
    unknown = {f"{it.service} {it.method} {it.path}" for it, call in sent if call is None}
    # Probes send what is to be refused.
    taken = [call for it, call in sent if call is not None and it.status < REFUSED]
    found = {problem for call in taken for problem in problems(call)}

    assert len(sent) > 300
    assert unknown == set()
    assert found == set()


def test_the_deploying_role_may_make_every_call_of_terraform(
    sent: list[tuple[Request, wire.Call | None]], deployer: Identity
) -> None:
    """What a deployment from GitHub would be refused fails here, not on AWS."""
    deployment = Deployment(PROJECT, "dev")
    needed = [
        it
        for request, call in sent
        if call is not None and request.by_terraform
        for it in deployment.needed(request, call)
    ]

    assert len({it.action for it in needed}) > 50
    assert {f"{it.action} on {it.resource}" for it in needed if not deployer.may(it)} == set()
