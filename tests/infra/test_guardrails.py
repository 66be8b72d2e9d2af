"""Guardrails: each has a negative test, and a message that shows a valid example."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from command_api.adapters.dynamodb.item import ATTRIBUTES
from scripts.build.docs.configuration import blocks, inputs, outputs
from tests.infra.tree import ROOT, WITHOUT_MOCKS, terraform_in

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = sorted(
    path.parent for kind in ("modules", "environments") for path in ROOT.glob(f"{kind}/*/main.tf")
)
EXPECTED = re.compile(r"expect_failures\s*=\s*\[([^\]]*)\]")
TAKEN = re.compile(r"!contains\(\[(.*?)\], var", re.DOTALL)
EXAMPLE = re.compile(
    r"for example|\blike\b|\b[Ss]ay,? |\bset (?:\{|\w+ =|TF_VAR_)|run: make|give it the same"
)
# No mocked run is possible above an ephemeral block; its refusals are tested below.
MOCKED = [folder for folder in FOLDERS if folder.name not in WITHOUT_MOCKS]


def identify(folder: Path) -> str:
    """Name a case after its folder."""
    return folder.name


@pytest.mark.parametrize("folder", MOCKED, ids=identify)
def test_every_rule_has_a_negative_test(folder: Path) -> None:
    """A variable with n rules, or a resource with n preconditions, is refused in n runs."""
    refused = Counter(
        name.strip()
        for file in folder.glob("tests/*.tftest.hcl")
        for names in EXPECTED.findall(file.read_text())
        for name in names.split(",")
    )
    rules = {f"var.{it.name}": it.rules for it in inputs(folder) if it.rules}
    for name, body in blocks(folder, "resource"):
        count = sum(len(it.get("precondition", [])) for it in body.get("lifecycle", []))
        rules |= {name: count} if count else {}

    missing = {name: count for name, count in rules.items() if refused[name] < count}

    assert missing == {}, "more rules than runs that expect their failure"


@pytest.mark.parametrize("folder", FOLDERS, ids=identify)
def test_every_message_shows_what_is_valid(folder: Path) -> None:
    """Whoever reads a refusal can copy something that works."""
    messages = re.findall(
        r'error_message\s*=\s*"(.*)"', "\n".join(it.read_text() for it in folder.glob("*.tf"))
    )

    assert [message for message in messages if not EXAMPLE.search(message)] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=identify)
def test_everything_is_described(folder: Path) -> None:
    """Every variable has a type; every variable and output says what it means."""
    silent = [it.name for it in inputs(folder) if not it.description]
    silent += [it.name for it in outputs(folder) if not it.description]
    # Handed on as a whole: module `function` has its type and its rules.
    untyped = [it.name for it in inputs(folder) if it.type == "any" and it.name != "runtime"]

    assert silent + untyped == []


def test_the_ttl_attribute_is_none_that_commands_have() -> None:
    """Every attribute that an item may have is refused as the name of the time to live."""
    folder = ROOT / "modules/data"
    body = dict(blocks(folder, "variable"))["ttl_attribute"]
    taken = [
        name
        for rule in body["validation"]
        for names in TAKEN.findall(rule["condition"])
        for name in re.findall(r'"(\w+)"', names)
    ]

    assert sorted(taken) == sorted(ATTRIBUTES)


def test_generated_secret_refuses_what_aws_would(tree: Path) -> None:
    """One plan with nothing but mistakes is refused for each of them, before any call to AWS."""
    mistakes = {
        "name": "has spaces",
        "description": " ",
        "value_version": "0",
        "length": "15",
        "recovery_window_days": "6",
    }
    folder = tree / "modules/generated_secret"

    result = terraform_in(folder).run(
        "plan",
        "-no-color",
        "-input=false",
        *(f"-var={name}={value}" for name, value in mistakes.items()),
        check=False,
    )

    rules = {it.name: it.rules for it in inputs(folder) if it.rules}
    assert result.returncode == 1
    assert rules == dict.fromkeys(mistakes, 1)
    for name in mistakes:
        assert f'variable "{name}"' in result.stderr
