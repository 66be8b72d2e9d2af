"""An environment is a composition that one can read: these bars keep it one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scripts.build.docs.configuration import blocks, inputs
from tests.infra.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DEV = ROOT / "environments/dev"
PREVIEW = ROOT / "environments/preview"
ROOTS = sorted(path.parent for path in ROOT.glob("tests/integration/terraform/*/main.tf"))
# Four kinds of routes on one API, made by hand: no module makes such an API.
BY_HAND = {"jwt": 70}
# Modules of which no value passes both.
APART: list[set[str]] = [
    {"http_api", "rest_api"},
    {"generated_secret", "secrets"},
    {"github_oidc", "state_backend"},
]
MESSAGE = re.compile(r'error_message\s*=\s*"(.*)"')


def lines(folder: Path) -> int:
    """Lines of Terraform code in a folder, but for the file that a team fills."""
    return sum(
        len(path.read_text().splitlines())
        for path in folder.glob("*.tf")
        if path.name != "handlers.tf"
    )


def files(folder: Path) -> set[str]:
    """Files of Terraform code, but for the one that a team writes."""
    return {path.name for path in folder.glob("*.tf")} - {"backend.tf"}


def test_an_environment_is_a_composition() -> None:
    """A team copies few lines, files and variables for each environment."""
    assert lines(DEV) <= 550
    assert len(files(DEV)) <= 7
    assert len(inputs(DEV)) <= 32


def test_a_preview_says_only_what_differs() -> None:
    """The modules are those of dev."""
    assert lines(PREVIEW) <= 220


@pytest.mark.parametrize("root", ROOTS, ids=lambda path: path.name)
def test_a_root_of_the_integration_tests_is_small(root: Path) -> None:
    """Modules derive what they need from one another."""
    assert lines(root) <= BY_HAND.get(root.name, 60)


def test_all_grants_of_an_environment_are_on_one_page() -> None:
    """Only main.tf hands policies to a module; handlers.tf names those of your handlers."""
    granting = {
        path.name
        for path in DEV.glob("*.tf")
        if re.search(r"^\s+policies\s*=", path.read_text(), re.MULTILINE)
    }

    assert granting == {"main.tf"}
    assert "iam" not in "".join(kind for kind, _ in blocks(DEV, "resource"))


def test_a_setting_of_all_functions_has_few_places() -> None:
    """Tracing is one member of `runtime`, which is handed on as a whole."""
    naming = {
        path.relative_to(ROOT)
        for folder in ("modules", "environments")
        for path in ROOT.glob(f"{folder}/**/*.tf")
        if "tracing" in path.read_text() and not {"deploy_role", "github_oidc"} & set(path.parts)
    }

    assert len(naming) <= 8, sorted(naming)


def test_a_rule_is_validated_once() -> None:
    """No message of an environment's stands in a module, and none in two modules."""
    folders: dict[str, set[str]] = {}
    for path in sorted((*DEV.glob("*.tf"), *PREVIEW.glob("*.tf"), *ROOT.glob("modules/*/*.tf"))):
        for message in MESSAGE.findall(path.read_text()):
            folders.setdefault(message, set()).add(path.parent.name)

    assert [it for it in folders.values() if len(it) > 1 and it not in APART] == []
