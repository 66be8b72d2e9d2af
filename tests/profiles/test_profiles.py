"""Each profile, made from a fresh clone: its checks, its demo and its own `make test`.

An hour and more; `make test-profiles` runs it. `-k minimal` makes one profile alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts.new.parts import Parts
from tests.live import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
HOUR = 3600
TARGETS = ("check", "demo", "test")


@pytest.fixture(scope="module", params=Parts.read().profiles)
def make(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """`make` in a repository of that profile, with tools of its own."""
    root = tmp_path_factory.mktemp(request.param) / "billing"
    subprocess.run(["git", "clone", "--quiet", "--local", ROOT, root], check=True)
    for name in (".venv", ".tools"):
        shutil.copytree(ROOT / name, root / name, symlinks=True)
    environ = {**os.environ, "LOCAL_PORT": str(free_port())}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", *words], cwd=root, env=environ, capture_output=True, text=True, check=False
        )

    made = run("new", f"NEW=--project billing --profile {request.param} --yes")
    assert made.returncode == 0, made.stdout + made.stderr
    yield run
    run("down")


@pytest.mark.timeout(HOUR)
@pytest.mark.parametrize("target", TARGETS)
def test_a_profile_works(
    make: Callable[..., subprocess.CompletedProcess[str]], target: str
) -> None:
    """As its README says: checks, demo, tests."""
    done = make(target)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-4_000:]
