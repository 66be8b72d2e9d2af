"""The distribution itself: its needs, its imports and its README."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
import zipfile
from pathlib import Path

from flit_core.wheel import make_wheel_in

import ministack_extensions
from ministack_extensions.registry import build_extensions

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src"
OWN = "ministack_extensions"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# Distributions whose module has another name.
MODULES = {"airspeed-ext": "airspeed", "pyjwt": "jwt"}
# Imported for the functions, where it is installed for them.
FOR_FUNCTIONS = {"boto3"}


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
    return found


def test_what_runs_is_what_is_tested() -> None:
    """An environment that was copied may have another folder's package; remedy: make tools."""
    assert Path(ministack_extensions.__file__).parent == SRC / OWN


def test_it_needs_what_it_declares_and_nothing_else() -> None:
    """Nothing of the repository around it above all."""
    declared = {re.split(r"[\[=]", one)[0] for one in PROJECT["dependencies"]}
    modules = {MODULES.get(name, name) for name in declared}
    used = {name.split(".")[0] for path in SRC.rglob("*.py") for name in _imports(path)}
    assert used - {*sys.stdlib_module_names, OWN} == modules | FOR_FUNCTIONS


def test_a_wheel_has_all_of_it_and_nothing_else(tmp_path: Path) -> None:
    """Whoever installs it from an index gets what is tested here."""
    built = make_wheel_in(ROOT / "pyproject.toml", tmp_path)
    with zipfile.ZipFile(built.file) as wheel:
        packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert packed == {str(path.relative_to(SRC)) for path in SRC.rglob("*.py")}


def test_no_file_depends_on_itself() -> None:
    """Imports have no circle, those for type checkers included."""
    files = {
        ".".join(path.relative_to(SRC).with_suffix("").parts): path for path in SRC.rglob("*.py")
    }
    left = {name: _imports(path) & files.keys() for name, path in files.items()}
    while free := [name for name, needs in left.items() if not needs & left.keys()]:
        for name in free:
            del left[name]
    assert not left


def test_the_readme_names_every_extension() -> None:
    """With a file that is there, and the document that it follows."""
    table = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (ROOT / "README.md").read_text().splitlines()
        if line.startswith("|") and line.count("|") == 4
    ][2:]
    named = {name for row in table for name in re.findall(r"`([\w/]+\.py)`", row[1])}
    missing = {name for name in named if not (SRC / OWN / name).is_file()}
    assert not missing
    assert all(row[2] for row in table)
    registered = {type(one).__module__ for one in build_extensions()}
    files = {f"{name.removeprefix(f'{OWN}.').replace('.', '/')}.py" for name in registered}
    assert files <= named
