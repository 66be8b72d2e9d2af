"""A resource whose name is fixed is deleted before its successor is made, never after it.

What AWS finds by its name is the same thing before and after: a successor that is made first is the
old resource, and the deletion that follows takes it away. `create_before_destroy` spreads to
everything that a resource refers to, so no such resource may be among that.
https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#create_before_destroy
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.infra.tree import ROOT, terraform_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Previews are made of the modules of dev.
ENVIRONMENTS = ["dev", pytest.param("preview", marks=pytest.mark.long), "bootstrap"]
_EDGE = re.compile(r'"(\S+?)(?: \([^"]*\))?" -> "(\S+?)(?: \([^"]*\))?"')
_BLOCK = re.compile(r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
# An API and what is in it go by ids that API Gateway draws, and several may have one name. So do
# what Terraform itself remembers, distributions, and certificates of one domain.
_WITHOUT_A_FIXED_NAME = (
    "aws_api_gateway_",
    "aws_apigatewayv2_",
    "aws_acm_certificate",
    "terraform_data",
)
# The API of a preview lets in its page's origin, which CloudFront draws, so it refers to the page.
# A preview is thrown away with everything in it: `make preview-down` is what heals it.
_DISPOSABLE = "module.site."
_NAMES = re.compile(r"^  (name|\w*_name|identifier|bucket|role|statement_id)\s+=", re.MULTILINE)


def blocks() -> Mapping[str, str]:
    """The resources of all modules and environments by type and name, with their text."""
    return {
        f"{kind}.{name}|{path.parent.relative_to(ROOT)}": body
        for folder in ("modules", "environments")
        for path in sorted((ROOT / folder).rglob("*.tf"))
        if ".terraform" not in path.parts
        for kind, name, body in _BLOCK.findall(path.read_text())
    }


def kept_first() -> set[str]:
    """Types and names of the resources whose successor is made first."""
    return {
        key.split("|")[0]
        for key, body in blocks().items()
        if re.search(r"create_before_destroy\s*=\s*true", body)
    }


def fixed_names() -> set[str]:
    """Types and names of the resources that AWS finds by a name of ours."""
    return {
        key.split("|")[0]
        for key, body in blocks().items()
        if not key.startswith(_WITHOUT_A_FIXED_NAME) and _NAMES.search(body)
    }


def graph(folder: Path) -> dict[str, set[str]]:
    """What each resource of an environment refers to, directly or by other expressions."""
    found: dict[str, set[str]] = {}
    for resource, other in _EDGE.findall(terraform_in(folder).run("graph").stdout):
        found.setdefault(resource, set()).add(other)
    return found


def reached(edges: Mapping[str, set[str]], start: str) -> set[str]:
    """All that a resource refers to, whatever is in between."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        more = edges.get(waiting.pop(), set()) - seen
        seen |= more
        waiting += more
    return seen


def kind_and_name(address: str) -> str:
    """The last two parts of an address."""
    return ".".join(address.split(".")[-2:])


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_nothing_with_a_fixed_name_is_made_before_its_predecessor_goes(
    tree: Path, environment: str
) -> None:
    """With every option: the graph has what a count leaves out, too."""
    edges = graph(tree / "environments" / environment)
    nodes = set(edges) | {other for others in edges.values() for other in others}
    first = {node for node in nodes if kind_and_name(node) in kept_first()}
    named = fixed_names()
    inherited = {
        f"{node} keeps {other}"
        for node in first
        for other in reached(edges, node) | {node}
        if kind_and_name(other) in named and not other.startswith(_DISPOSABLE)
    }
    assert sorted(inherited) == []


def test_the_search_knows_what_it_looks_for() -> None:
    """Queues, tables, functions, roles and buckets are found by their names."""
    named = fixed_names()
    assert {
        "aws_sqs_queue.this",
        "aws_sqs_queue.dlq",
        "aws_dynamodb_table.this",
        "aws_lambda_function.this",
        "aws_iam_role.this",
        "aws_iam_role_policy.send",
        "aws_s3_bucket.this",
        "aws_cloudwatch_log_group.this",
    } <= named
    assert "aws_apigatewayv2_integration.submit" in kept_first()
