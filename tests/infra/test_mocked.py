"""`terraform test` of every module and environment, with AWS mocked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.infra.test_policies import ACCESS
from tests.infra.tree import ROOT, WITHOUT_MOCKS, terraform_in

# A plan of this module takes a second: what its variables refuse, they are asked alone.
REFUSALS = Path("modules/api/tests/guardrails.tftest.hcl")
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
    files = {path.name for path in (ROOT / folder / "tests").glob("*.tftest.hcl")} - {ACCESS}
    chosen = [f"-filter=tests/{it}" for it in sorted(files) if folder / "tests" / it != REFUSALS]
    assert_hold(tree / folder, *chosen)


def test_the_variables_of_an_api_refuse_what_cannot_be(tree: Path) -> None:
    """They are all that it takes: nothing is planned with a value that is refused."""
    module = REFUSALS.parents[1]
    alone = tree / f"{module}-variables"
    (alone / "tests").mkdir(parents=True)
    for path in (*(ROOT / module).glob("variables*.tf"), ROOT / module / "versions.tf"):
        shutil.copy(path, alone)
    shutil.copy(ROOT / REFUSALS, alone / "tests")
    assert_hold(alone)


def assert_hold(folder: Path, *options: str) -> None:
    """The claims of a folder's tests hold, without a warning."""
    result = terraform_in(folder).run("test", "-no-color", *options, check=False)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "Warning" not in result.stdout, result.stdout


def test_every_folder_has_tests() -> None:
    """No module or environment goes without tests of its own."""
    folders = {path.parent.name for path in ROOT.glob("modules/*/main.tf")} | {
        path.parent.name for path in ROOT.glob("environments/*/main.tf")
    }

    assert folders - {folder.name for folder in FOLDERS} == WITHOUT_MOCKS
