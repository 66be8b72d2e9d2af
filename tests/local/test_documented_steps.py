"""A copy that its owner changes as the documentation says stays green."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/handlers.md").read_text()
# The framework's tests, which hold in any copy; those that need a stack take too long here.
SUITES = (
    "tests/unit",
    "tests/infra/test_environments.py",
    "tests/infra/test_policies.py",
    "tests/infra/test_shape.py",
    "tests/infra/test_static.py",
)
CHECKS = ("format", "ruff", "terraform-fmt", "openapi", "readmes", "words")

pytestmark = pytest.mark.long


def block(heading: str, language: str) -> str:
    """The first code block below a heading of the page."""
    section = PAGE.partition(f"## {heading}")[2].partition("\n## ")[0]
    found = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert found, f"docs/handlers.md has no {language} below {heading}"
    return found[1]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with its own project, handler, schema, secret, table, grant and variable."""
    copy = tmp_path_factory.mktemp("copy") / "app"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(copy)], check=True)
    for name in (".venv", ".tools"):
        (copy / name).symlink_to(ROOT / name)
    (copy / "src/handlers/greet.py").write_text(block("1. The function", "python"))
    (copy / "src/handlers/greet.schema.json").write_text(block("3. An input schema", "json"))
    change(copy / "src/handlers/__init__.py", "    generate_report,\n", "    greet,\n")
    change(
        copy / "src/handlers/__init__.py",
        "HANDLERS: Handlers = {\n",
        '    "greet": greet.handle,\n',
    )
    values = copy / "environments/dev/terraform.tfvars"
    change(values, '"async-api"', '"thumbs"')
    secret = block("5. A secret", "hcl").partition("{ ")[2].rpartition(" }")[0]
    change(values, "secrets = {\n", f"  {secret}\n")
    (copy / "environments/dev/handlers.tf").write_text(block("6. A table", "hcl"))
    subprocess.run(["terraform", "fmt", "-recursive", "environments"], cwd=copy, check=True)
    # Without an installation: it would go into the environment that this test runs in.
    subprocess.run(["make", "-o", "test-tools", "docs"], cwd=copy, check=True)
    subprocess.run(["git", "add", "-A"], cwd=copy, check=True)
    return copy


def change(path: Path, old: str, new: str) -> None:
    """Put `new` in the place of `old`, or behind it where that is the end of a line."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, old + new if old.endswith("\n") else new, 1))


def test_the_checks_pass(copy: Path) -> None:
    """Format, lint, and the generated pages, after `make docs`."""
    command = [sys.executable, "-m", "scripts.build.check", *CHECKS]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_frameworks_tests_pass(copy: Path) -> None:
    """None of them pins what the blueprint ships as a sample."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", "not long", *SUITES]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:]
