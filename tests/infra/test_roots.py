"""The roots of the integration tests fit the modules: found here, before an emulator is started."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.infra.test_shape import ROOTS
from tests.infra.tree import PROVIDER_LEFTOVERS, ROOT, terraform_in

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("root", ROOTS, ids=lambda path: path.name)
def test_a_root_of_the_integration_tests_is_valid(tree: Path, root: Path) -> None:
    """It gives its modules all that they ask for, and nothing else."""
    folder = tree / root.relative_to(ROOT)
    shutil.copytree(root, folder, ignore=PROVIDER_LEFTOVERS)

    report = json.loads(terraform_in(folder).run("validate", "-json", check=False).stdout)

    assert report["valid"], report["diagnostics"]
