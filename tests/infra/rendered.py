"""Resources as Terraform renders them with AWS mocked, in any partition."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.infra.iam import Call, listed
from tests.infra.tree import planned

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PARTITIONS = ("aws", "aws-us-gov", "aws-cn")
# Attributes that hold IAM policies, by type; others hold a resource's own policy.
POLICIES = {
    "aws_iam_policy": "policy",
    "aws_iam_role_policy": "policy",
    "aws_iam_role": "assume_role_policy",
}
RUN = """
mock_provider "aws" {{
  source          = "../../tests/{mocks}"
  override_during = plan
}}

run "rendered" {{
  command = plan
  variables {{
{values}
  }}
}}
"""

# A run takes many seconds; several claims are made about the same one.
_RENDERED: dict[str, list[dict[str, Any]]] = {}


@dataclass(frozen=True)
class Policy:
    """One IAM policy: where it stands, what it is called, and its text."""

    address: str
    kind: str
    text: str
    # Of a role's inline policy, the role; of a role's trust, the role itself.
    role: str

    @property
    def statements(self) -> list[dict[str, Any]]:
        """The policy's statements."""
        found: list[dict[str, Any]] = json.loads(self.text)["Statement"]
        return found


def resources(
    tree: Path,
    folder: str,
    values: Mapping[str, Any],
    partition: str = "aws",
    named: tuple[str, str] | None = None,
) -> list[dict[str, Any]]:
    """All resources of an environment, planned with mocks and these values of its variables.

    The ARNs of mocks say `mock`; with `named`, a project and an environment, they say what a name
    of these would.
    """
    key = json.dumps([str(tree), folder, values, partition, named])
    if key not in _RENDERED:
        _RENDERED[key] = _render(tree, folder, values, _mocks(tree, partition, named))
    return _RENDERED[key]


def _render(tree: Path, folder: str, values: Mapping[str, Any], mocks: str) -> list[dict[str, Any]]:
    root = tree / "environments" / folder
    test = root / "tests/rendered.tftest.hcl"
    lines = "\n".join(f"    {name} = {json.dumps(value)}" for name, value in values.items())
    test.write_text(RUN.format(mocks=mocks, values=lines))
    try:
        (found,) = planned(root, test.name)
        return found
    finally:
        test.unlink()


def policies(found: list[dict[str, Any]]) -> list[Policy]:
    """The IAM policies among resources, trusts of roles included."""
    return [
        Policy(
            it["address"],
            it["type"],
            it["values"][POLICIES[it["type"]]],
            str(it["values"].get("role") or it["values"].get("name")),
        )
        for it in found
        if it["type"] in POLICIES
    ]


def grants(found: list[Policy]) -> list[Call]:
    """Each action on each resource that policies allow, with a context that fits the conditions."""
    return [
        Call(action, resource, context)
        for it in found
        for statement in it.statements
        if statement["Effect"] == "Allow" and "Resource" in statement
        for context in [
            {
                key: listed(values)[0]
                for keys in statement.get("Condition", {}).values()
                for key, values in keys.items()
            }
        ]
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    ]


def _mocks(tree: Path, partition: str, named: tuple[str, str] | None) -> str:
    folder = tree / "tests" / "-".join(["mocks", partition, *(named or ())])
    if not folder.exists():
        shutil.copytree(tree / "tests/mocks", folder)
        for file in folder.glob("*.hcl"):
            text = file.read_text()
            if named:
                project, environment = named
                name = f"{project}-{environment}-mock"
                text = text.replace("secret:mock", f"secret:/{environment}/{project}/mock")
                text = text.replace("log-group:mock", f"log-group:/aws/lambda/{name}")
                text = re.sub(r'(arn:aws:[^"]*[:/])mock\b', rf"\1{name}", text)
            text = text.replace("arn:aws:", f"arn:{partition}:")
            file.write_text(text.replace('partition = "aws"', f'partition = "{partition}"'))
    return folder.name
