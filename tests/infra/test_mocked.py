"""`terraform test` of every module and environment, with AWS mocked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.infra.test_policies import ACCESS
from tests.infra.tree import ROOT, WITHOUT_MOCKS, terraform_in

if TYPE_CHECKING:
    from pathlib import Path

# The slowest come first, so that no worker sits idle at the end.
FOLDERS = sorted(
    {
        path.relative_to(ROOT).parents[1]
        for pattern in ("modules/*/tests/*.tftest.hcl", "environments/*/tests/*.tftest.hcl")
        for path in ROOT.glob(pattern)
    }
)


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_claims_of_a_folder_hold(tree: Path, folder: Path) -> None:
    """Every claim that a folder's tests make about it holds, without a warning."""
    files = {path.name for path in (ROOT / folder / "tests").glob("*.tftest.hcl")}
    chosen = [f"-filter=tests/{name}" for name in sorted(files - {ACCESS})]
    result = terraform_in(tree / folder).run("test", "-no-color", *chosen, check=False)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "Warning" not in result.stdout, result.stdout


def test_every_folder_has_tests() -> None:
    """No module or environment goes without tests of its own."""
    folders = {path.parent.name for path in ROOT.glob("modules/*/main.tf")} | {
        path.parent.name for path in ROOT.glob("environments/*/main.tf")
    }

    assert folders - {folder.name for folder in FOLDERS} == WITHOUT_MOCKS
