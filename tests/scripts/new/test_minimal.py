"""The smallest profile is a repository that works: its checks, and what of its tests is quick."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scripts.new.__main__ import main
from tests.scripts.new.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

# One worker makes the copy that these tests share.
pytestmark = pytest.mark.xdist_group("minimal")

CHECKS = ["ruff", "format", "terraform-fmt", "zizmor", "readmes", "openapi", "docs-site"]
# What reads the whole tree, and what a handler's author runs.
TESTS = [
    "tests/scripts/test_structure.py",
    "tests/unit/test_structure.py",
    "tests/unit/test_handlers.py",
    "tests/unit/entrypoints",
    "tests/infra/test_static.py::test_files_stay_readable",
    "tests/infra/test_readme_promises.py",
    "tests/infra/test_shape.py",
    "tests/infra/test_environments.py::test_copy_of_dev_plans[staging]",
    "tests/infra/test_environments.py::test_no_value_is_misspelt",
    "tests/infra/test_roots.py",
]


@pytest.fixture(scope="module")
def minimal(tmp_path_factory: pytest.TempPathFactory, origin: Path) -> Path:
    """A clone that the command has made somebody's own, with the tools of this one."""
    root = tmp_path_factory.mktemp("minimal") / "billing"
    subprocess.run(["git", "clone", "--quiet", "--local", origin, root], check=True)
    options = ("--project", "billing", "--profile", "minimal", "--yes", "--root", str(root))
    assert main(options) == 0
    for name in (".venv", ".tools"):
        (root / name).symlink_to(ROOT / name)
    return root


@pytest.mark.parametrize(
    "command",
    [("scripts.build.check", *CHECKS), ("pytest", "-q", "-p", "no:cacheprovider", *TESTS)],
    ids=["checks", "tests"],
)
def test_the_smallest_profile_works(minimal: Path, command: tuple[str, ...]) -> None:
    """Whatever a team reads or runs first."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=minimal, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]
