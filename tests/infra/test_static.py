"""What can be said without running Terraform's plan: layout and format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scripts.build.terraform.runner import Terraform
from tests.infra.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SKIP = re.compile(r"#\s*checkov:skip=(?P<id>\w+)(?::(?P<reason>.*))?")
MODULES = sorted(path.parent for path in ROOT.glob("modules/*/main.tf"))


def sources() -> list[Path]:
    """All files of Terraform code that the repository holds."""
    return [
        path
        for folder in ("modules", "environments", "tests/mocks")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".tf", ".hcl", ".tfvars"} and ".terraform" not in path.parts
    ]


@pytest.mark.parametrize("folder", ["modules", "environments", "tests"])
def test_format(folder: str) -> None:
    """`terraform fmt` has nothing to change."""
    result = Terraform(ROOT / folder).run("fmt", "-check", "-recursive", "-diff", check=False)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_layout(module: Path) -> None:
    """Every module has the same files."""
    wanted = {"main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md"}

    assert wanted <= {path.name for path in module.iterdir()}


def test_files_stay_readable() -> None:
    """No line has more than 100 characters; a file of 400 lines is likely to be two ideas."""
    lengths = {path: path.read_text().splitlines() for path in sources()}

    locks = ".terraform.lock.hcl"
    assert [
        str(it) for it, lines in lengths.items() if len(lines) >= 400 and it.name != locks
    ] == []
    assert [
        f"{path.relative_to(ROOT)}:{number}"
        for path, lines in lengths.items()
        for number, line in enumerate(lines, 1)
        if len(line) > 100
    ] == []


def test_every_skip_has_a_reason() -> None:
    """A check is left out on the resource itself, and it says why."""
    skips = [it for path in sources() for it in SKIP.finditer(path.read_text())]

    assert skips
    assert [it[0] for it in skips if len((it["reason"] or "").split()) < 4] == []
