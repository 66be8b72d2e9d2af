"""The requirements that `make lock` writes: pinned, hashed, from no particular index."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
TOPS = ("src", "scripts", "tests", "docs")
LOCKED = sorted(path for top in TOPS for path in (ROOT / top).rglob("requirements*.txt"))
SOURCES = sorted(path for top in TOPS for path in (ROOT / top).rglob("requirements*.in"))
PIN = re.compile(r"(?P<name>[a-z0-9][a-z0-9.-]*)(?:\[[a-z0-9,-]+\])?==(?P<version>[^\s;]+)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
DIRECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def shown(path: Path) -> str:
    """Name a case after its file."""
    return str(path.relative_to(ROOT))


def lines(path: Path) -> list[str]:
    """What pip reads: without comments, continued lines in one."""
    text = path.read_text().replace("\\\n", " ")
    found = (line.partition(" #")[0].strip() for line in text.splitlines())
    return [line for line in found if line and not line.startswith("#")]


def pins(path: Path) -> dict[str, set[str]]:
    """The versions of each distribution; another Python may get another one."""
    found: dict[str, set[str]] = {}
    for line in lines(path):
        if pin := PIN.match(line):
            found.setdefault(pin["name"], set()).add(pin["version"])
    return found


def test_every_source_has_its_lock() -> None:
    """A requirements.in is of no use to pip."""
    assert [path.with_suffix(".txt") for path in SOURCES] == LOCKED
    assert len(LOCKED) >= 4


@pytest.mark.parametrize("path", LOCKED, ids=shown)
def test_every_line_is_a_pin_with_hashes(path: Path) -> None:
    """No index, no link, no folder, no range: only the bytes that were locked are installed."""
    for line in lines(path):
        pin = PIN.match(line)
        assert pin, line
        rest = line[pin.end() :].partition("--hash")[0].strip()
        assert not rest or rest.startswith(";"), line
        assert HASH.search(line), f"{pin['name']} has no hash"
        assert "://" not in line
    assert "make lock" in path.read_text().splitlines()[1]


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_everything_that_is_asked_for_is_locked(path: Path) -> None:
    """`make lock` ran after the last change."""
    asked = {
        name[0].lower().replace("_", "-").replace(".", "-")
        for line in lines(path)
        if not line.startswith("-") and (name := DIRECT.match(line))
    }
    assert asked <= {name.replace(".", "-") for name in pins(path.with_suffix(".txt"))}


@pytest.mark.parametrize(("inner", "outer"), [("src", "scripts"), ("scripts", "tests")])
def test_what_is_tested_is_what_ships(inner: str, outer: str) -> None:
    """The larger set has the smaller one in the very same versions."""
    small, large = (pins(ROOT / top / "requirements.txt") for top in (inner, outer))
    assert {name: large.get(name) for name in small} == small


@pytest.mark.parametrize("top", ["scripts", "tests"])
def test_the_emulator_gets_what_it_declares(top: str) -> None:
    """Its needs are locked with ours; where its build backend is, in the version it asks for."""
    emulator = tomllib.loads((ROOT / "scripts/emulator/pyproject.toml").read_text())
    locked = pins(ROOT / top / "requirements.txt")
    asked = emulator["project"]["dependencies"]
    asked += emulator["project"]["optional-dependencies"]["tests"] if top == "tests" else []
    assert {re.split(r"[\[=]", it)[0] for it in asked} <= {*locked}
    [backend] = emulator["build-system"]["requires"]
    name, _, version = backend.partition("==")
    assert locked.get(name.replace("_", "-"), {version}) == {version}


def imported(tree: ast.AST) -> Iterator[str]:
    """The top-level modules that run-time code imports, wherever in the file."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
        elif isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        yield from imported(node)


def test_the_tools_import_only_what_make_tools_installs() -> None:
    """An operator has no more than that; two tools are for developers and say so."""
    installed = {name.replace(".", "-") for name in pins(ROOT / "scripts/requirements.txt")}
    distributions = packages_distributions()
    found = {
        (shown(path), name)
        for path in (ROOT / "scripts").rglob("*.py")
        if "emulator" not in path.parts
        for name in imported(ast.parse(path.read_text()))
        if name not in sys.stdlib_module_names and name in distributions
        if not {one.lower().replace("_", "-") for one in distributions[name]} & installed
    }
    assert {path for path, _ in found} <= {
        "scripts/build/docs/mkdocs_hook.py",
        "scripts/build/sbom/bom.py",
    }


@pytest.mark.parametrize("options", [[], ["--upgrade"]], ids=["make lock", "make upgrade"])
def test_the_script_locks_every_source_with_hashes_and_without_an_index(
    tmp_path: Path, options: list[str]
) -> None:
    """What it asks uv for, file by file; only `make upgrade` asks for newer versions."""
    uv = tmp_path / ".tools/uv/bin/uv"
    uv.parent.mkdir(parents=True)
    uv.write_text('#!/bin/sh\necho "$@"\n')
    uv.chmod(0o755)
    result = subprocess.run(
        ["/bin/sh", str(ROOT / "scripts/build/lock.sh"), *options],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    calls = [line.split() for line in result.stdout.splitlines()]

    assert sorted(ROOT / call[-1] for call in calls) == LOCKED
    assert sorted(ROOT / call[-3] for call in calls) == SOURCES
    for call in calls:
        assert call[:2] == ["pip", "compile"]
        assert ("scripts/emulator/pyproject.toml" in call) == (
            call[-1] in {"scripts/requirements.txt", "tests/requirements.txt"}
        )
        assert {"--generate-hashes", "--universal", "--no-emit-index-url"} <= {*call}
        assert ("--upgrade" in call) == bool(options)
