"""The list of parts, and this repository's own files."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts.new.__main__ import main
from scripts.new.parts import Parts
from scripts.new.tree import read, write

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def parts() -> Parts:
    """The list as it is."""
    return Parts.read()


@pytest.fixture(scope="session")
def files() -> dict[str, str]:
    """Every file of this repository."""
    return read(ROOT)


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]) -> Path:
    """A repository with all that lies here, committed or not."""
    root = tmp_path_factory.mktemp("origin") / "blueprint"
    for path in files:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
    write(root, {}, files)
    (root / ".ci/run").chmod(0o755)
    git(root, "init", "--quiet")
    commit(root)
    return root


@pytest.fixture
def copy(tmp_path: Path, origin: Path) -> Path:
    """A fresh clone."""
    git(tmp_path, "clone", "--quiet", "--local", str(origin), "copy")
    return tmp_path / "copy"


@pytest.fixture
def new(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """The command in a clone: its exit code, and what it printed."""

    def run(root: Path, *options: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main([*options, "--root", str(root)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def commit(root: Path) -> None:
    """Commit whatever there is."""
    git(root, "add", "--all")
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
    git(root, *who, "commit", "--quiet", "--allow-empty", "--message", "Start")


def git(root: Path, *words: str) -> str:
    """What git says."""
    done = subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout
