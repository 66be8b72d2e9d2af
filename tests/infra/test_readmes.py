"""READMEs: examples that work and tables that are true."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from scripts.build.docs.__main__ import main
from tests.infra.tree import PROVIDER_LEFTOVERS, ROOT, WITHOUT_MOCKS, terraform_in

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = re.compile(r"```hcl\n(.*?)```", re.DOTALL)
MODULES = sorted(path.parent.name for path in ROOT.glob("modules/*/main.tf"))
PLAN = 'mock_provider "aws" {\n  source = "../../tests/mocks"\n}\n\nrun "plans" {\n%s}\n'

REQUIREMENTS = """terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
"""


def examples_root(tree: Path, name: str, modules: list[str]) -> Path:
    """Write a configuration that calls the example of every README, beside the environments."""
    root = tree / "environments" / name
    root.mkdir()
    calls = [REQUIREMENTS]
    for module in modules:
        blocks = EXAMPLE.findall((ROOT / "modules" / module / "README.md").read_text())
        assert len(blocks) == 1, f"the README of {module} shows one example"
        example = tree / "environments" / f"{name}-{module}"
        example.mkdir()
        (example / "main.tf").write_text(blocks[0])
        calls.append(f'module "{module}" {{\n  source = "../{example.name}"\n}}\n')
    (root / "main.tf").write_text("\n".join(calls))
    return root


def test_examples_without_mocks_are_valid(own_tree: Path) -> None:
    """Where no mock helps, an example and its module pass `terraform validate`."""
    root = examples_root(own_tree, "valid", sorted(WITHOUT_MOCKS))

    result = terraform_in(root).run("validate", "-json", check=False)

    report = json.loads(result.stdout)
    assert report["valid"], report["diagnostics"]
    assert report["diagnostics"] == [], "deprecations count, too"


def test_examples_plan(own_tree: Path) -> None:
    """All others pass all guardrails; only mocks keep them from AWS."""
    root = examples_root(own_tree, "plan", sorted(set(MODULES) - WITHOUT_MOCKS))
    (root / "plan.tftest.hcl").write_text(PLAN % "  command = plan\n")

    result = terraform_in(root).run("test", "-no-color", check=False)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "Warning" not in result.stdout, result.stdout


@pytest.fixture
def small_tree(tmp_path: Path) -> Path:
    """A tree of one module and one environment, since parsing all takes seconds."""
    for folder in ("modules/naming", "environments/dev"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=PROVIDER_LEFTOVERS)
    return tmp_path


def test_stale_table_is_named(small_tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Given a new variable, --check fails with one line that names the README and the command."""
    with (small_tree / "modules/naming/variables.tf").open("a") as file:
        file.write('\nvariable "new" {\n  description = "New | shiny."\n  type = string\n}\n')

    code = main(["--check", "--root", str(small_tree)])

    error = capsys.readouterr().err
    assert code == 1
    assert error == "error: stale: modules/naming/README.md; run: python -m scripts.build.docs\n"


def test_writing_brings_tables_up_to_date(small_tree: Path) -> None:
    """Given stale tables, the command writes them and leaves the rest alone."""
    readme = small_tree / "environments/dev/README.md"
    readme.write_text(
        "before\n<!-- inputs -->\n<!-- /inputs -->\n"
        "<!-- outputs -->\nSTALE\n<!-- /outputs -->\nafter\n"
    )

    assert main(["--root", str(small_tree)]) == 0

    text = readme.read_text()
    assert "| `api_endpoint` | URL of the API. |" in text
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "STALE" not in text
    assert main(["--check", "--root", str(small_tree)]) == 0


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda readme: readme.unlink(), "modules/naming/README.md is missing; create it"),
        (lambda readme: readme.write_text("# naming\n"), "has no <!-- inputs -->"),
    ],
    ids=["missing", "without markers"],
)
def test_damaged_readme_is_one_line(
    small_tree: Path, capsys: pytest.CaptureFixture[str], damage: object, complaint: str
) -> None:
    """Given a README that cannot take tables, the error is one line that says so."""
    assert callable(damage)
    damage(small_tree / "modules/naming/README.md")

    code = main(["--check", "--root", str(small_tree)])

    error = capsys.readouterr().err
    assert code == 1
    assert complaint in error
    assert error.count("\n") == 1
