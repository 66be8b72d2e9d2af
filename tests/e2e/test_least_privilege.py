"""Every granted action is needed: take it away, and something that worked fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.probes import PROBES, PURPOSE
from tests.e2e.roles import policies, role_of, without
from tests.live import eventually

if TYPE_CHECKING:
    from tests.environment import Environment

# Lambda writes the log itself with the function's role; the emulator does so without asking IAM.
NOT_ENFORCED_HERE = {"logs:CreateLogStream", "logs:PutLogEvents"}


def test_every_grant_has_a_probe(environment: Environment) -> None:
    """A grant that no probe below needs is one too many."""
    granted = set()
    for owner in {owner for owner, _ in PROBES}:
        for document in policies(environment, role_of(environment, owner)).values():
            for statement in document["Statement"]:
                actions = statement["Action"]
                listed = [actions] if isinstance(actions, str) else actions
                granted |= {(owner, action) for action in listed}
    assert {one for one in granted if one[1] not in NOT_ENFORCED_HERE} == set(PROBES)


@pytest.mark.parametrize(
    ("owner", "action"), PROBES, ids=[f"{owner.split('_')[0]}-{action}" for owner, action in PROBES]
)
def test_what_a_grant_is_needed_for(environment: Environment, owner: str, action: str) -> None:
    """The probe succeeds with the grant, fails without it, and succeeds again."""
    environment.client("secretsmanager").put_secret_value(
        SecretId=environment.outputs["secret_names"][PURPOSE], SecretString="value"
    )
    probe = PROBES[owner, action]
    assert probe(environment)
    with without(environment, role_of(environment, owner), action):
        assert not probe(environment)
    eventually(lambda: probe(environment), seconds=10)
