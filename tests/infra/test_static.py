"""What can be said without running Terraform's plan: layout and format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scripts.build.terraform.runner import Terraform
from tests.infra.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SKIP = re.compile(r"#\s*checkov:skip=(?P<id>\w+)(?::(?P<reason>.*))?")
MODULES = sorted(path.parent for path in ROOT.glob("modules/*/main.tf"))


# Where Terraform's code is, and how its files end.
FOLDERS = ("modules", "environments", "tests/mocks")
SUFFIXES = (".tf", ".hcl", ".tfvars")


def sources() -> list[Path]:
    """All files of Terraform code that the repository holds."""
    return [
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in SUFFIXES and ".terraform" not in path.parts
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
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in sources()}

    locks = ".terraform.lock.hcl"
    assert [
        path
        for path, text in texts.items()
        if len(text.splitlines()) >= 400 and not path.endswith(locks)
    ] == []
    assert too_long(texts) == []


def too_long(texts: Mapping[str, str]) -> list[str]:
    """The lines of files that have more than 100 characters."""
    return [
        f"{path}:{number}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if len(line) > 100
    ]


def test_every_skip_has_a_reason() -> None:
    """A check is left out on the resource itself, and it says why."""
    skips = [it for path in sources() for it in SKIP.finditer(path.read_text())]

    assert skips
    assert [it[0] for it in skips if len((it["reason"] or "").split()) < 4] == []
