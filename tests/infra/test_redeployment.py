"""A stage of a REST API serves what its deployment took: every change of the API makes a new one.

Terraform makes the new deployment before it deletes what the API lost, so the deployment would take
that along and serve it for ever. Nothing that an API consists of may come and go with a variable.
https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html
"""

from __future__ import annotations

import functools
import re

import pytest

from tests.infra.tree import ROOT

MODULE = ROOT / "modules/rest_api"
# What a deployment takes a snapshot of.
SHAPE = {
    f"aws_api_gateway_{kind}"
    for kind in (
        "resource",
        "method",
        "method_response",
        "integration",
        "integration_response",
        "gateway_response",
        "model",
        "request_validator",
    )
}
# What counts at once, and what is no part of an API.
AT_ONCE = {
    *(f"aws_api_gateway_{kind}" for kind in ("rest_api", "deployment", "stage")),
    *(f"aws_api_gateway_{kind}" for kind in ("method_settings", "api_key")),
    *(f"aws_api_gateway_{kind}" for kind in ("usage_plan", "usage_plan_key")),
    "aws_wafv2_web_acl_association",
    "aws_cloudwatch_log_group",
    "aws_lambda_permission",
    "aws_iam_role",
    "aws_iam_role_policy",
}
_RESOURCE = re.compile(r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
_LOCALS = re.compile(r"^locals \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_LOCAL = re.compile(r"^  (\w+) += (.*?)(?=^  \w+ += |\Z)", re.MULTILINE | re.DOTALL)
_REFERENCE = re.compile(r"\b(?:(?:var|local)\.\w+|aws_\w+\.\w+)")
_FOR_EACH = re.compile(r"^  for_each += (.*?)\n(?=\n|  \w)", re.MULTILINE | re.DOTALL)
_COMES_AND_GOES = re.compile(r"var\.| \? | if ")


@functools.cache
def definitions() -> dict[str, str]:
    """The text of every resource and local of the module, without comments, by its address."""
    code = "\n".join(path.read_text() for path in sorted(MODULE.glob("*.tf")))
    code = re.sub(r"^\s*#.*\n", "", code, flags=re.MULTILINE)
    found = {f"{kind}.{name}": body for kind, name, body in _RESOURCE.findall(code)}
    for block in _LOCALS.findall(code):
        found |= {f"local.{name}": body for name, body in _LOCAL.findall(block)}
    return found


def reached(text: str) -> set[str]:
    """All that an expression depends on, whatever is in between."""
    known, seen = definitions(), set[str]()
    waiting = [text]
    while waiting:
        more = set(_REFERENCE.findall(waiting.pop())) - seen
        seen |= more
        waiting += [known[one] for one in more if one in known]
    return seen


def shape() -> list[str]:
    """The resources of which an API consists."""
    return [address for address in definitions() if address.split(".")[0] in SHAPE]


def instances(address: str) -> str:
    """The expression that decides which instances a resource has, whatever hands it on."""
    known = definitions()
    while found := _FOR_EACH.search(known[address]):
        text = found[1]
        if text not in known:
            return text
        if text.startswith("local."):
            return known[text]
        address = text
    return "var.count" if re.search(r"^  count ", known[address], re.MULTILINE) else ""


def test_each_type_is_part_of_an_api_or_counts_at_once() -> None:
    """A new type is put into one of the two lists, with all that follows from it."""
    kinds = {address.split(".")[0] for address in definitions() if address.startswith("aws_")}

    assert kinds == SHAPE | AT_ONCE


@pytest.mark.parametrize("address", shape())
def test_a_change_of_any_part_makes_a_new_deployment(address: str) -> None:
    """Its values are in the hash, and it is there before the deployment is made."""
    deployment = definitions()["aws_api_gateway_deployment.this"]
    triggers = deployment[deployment.index("triggers") : deployment.index("depends_on")]
    given = {one for one in reached(definitions()[address]) if one.startswith("var.")}

    assert given <= reached(triggers)
    assert address in reached(deployment)


@pytest.mark.parametrize("address", shape())
def test_no_part_comes_and_goes(address: str) -> None:
    """Its instances are the same for all values of all variables."""
    assert not _COMES_AND_GOES.search(instances(address))
