"""The roles of an applied environment, and what they lose for a moment."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.environment import Environment


class Account(Protocol):
    """Whoever has the root's clients."""

    def client(self, service: str) -> Any:
        """A boto3 client."""


@contextmanager
def without(account: Account, role: str, action: str, policy: str = "") -> Iterator[None]:
    """The role with every statement but without this action; whole again afterwards.

    Without it in one `policy`, or in all.
    """
    iam, changed = account.client("iam"), {}
    try:
        for name, document in policies(account, role).items():
            if policy not in ("", name) or action not in json.dumps(document):
                continue
            changed[name] = document
            left = [_reduced(statement, action) for statement in document["Statement"]]
            kept = [statement for statement in left if statement["Action"]]
            if kept:
                new = json.dumps({**document, "Statement": kept})
                iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=new)
            else:
                iam.delete_role_policy(RoleName=role, PolicyName=name)
        assert changed, f"{role} has no {action}"
        yield
    finally:
        for name, document in changed.items():
            text = json.dumps(document)
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=text)


def policies(account: Account, role: str) -> dict[str, dict[str, Any]]:
    """The inline policies of a role, by name."""
    iam = account.client("iam")
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return {
        name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in names
    }


def role_of(environment: Environment, owner: str) -> str:
    """The name of a function's role, or of the API's."""
    if owner != "api":
        return str(environment.outputs["functions"][owner]["role_arn"]).rsplit("/", 1)[-1]
    roles = environment.client("iam").list_roles()["Roles"]
    [found] = [one for one in roles if "apigateway" in json.dumps(one["AssumeRolePolicyDocument"])]
    return str(found["RoleName"])


def _reduced(statement: dict[str, Any], action: str) -> dict[str, Any]:
    actions = statement["Action"]
    listed = [actions] if isinstance(actions, str) else actions
    return {**statement, "Action": [one for one in listed if one != action]}
