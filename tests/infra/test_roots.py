"""The roots of the integration tests fit the modules: found here, before an emulator is started."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from scripts.build.docs.configuration import inputs
from tests.infra.test_shape import ROOTS
from tests.infra.tree import PROVIDER_LEFTOVERS, ROOT, terraform_in

if TYPE_CHECKING:
    from pathlib import Path


def test_the_roots_of_the_integration_tests_are_valid(tree: Path) -> None:
    """Each gives its modules all that they ask for, and nothing else."""
    calls = []
    for root in ROOTS:
        shutil.copytree(root, tree / root.relative_to(ROOT), ignore=PROVIDER_LEFTOVERS)
        values = "".join(f'  {it.name} = "1"\n' for it in inputs(root) if it.default is None)
        calls.append(f'module "{root.name}" {{\n  source = "../{root.name}"\n{values}}}\n')
    # Terraform decodes the provider's schema once for all of them.
    folder = tree / ROOTS[0].relative_to(ROOT).parent / "all"
    folder.mkdir()
    (folder / "main.tf").write_text("\n".join(calls))

    report = json.loads(terraform_in(folder).run("validate", "-json", check=False).stdout)

    assert report["valid"], report["diagnostics"]
