"""The Makefile: what each target takes, and what it runs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]


def make(*words: str) -> tuple[int, str]:
    """The exit code, and what would be run or why not."""
    done = subprocess.run(
        ["make", "--dry-run", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["up"], "scripts.local up --env dev"),
        (["up", "ENV=qa", "LOCAL_PORT=4567"], "scripts.local up --env qa"),
        (["reload", "ENV=qa"], "scripts.local reload --env qa"),
        (["preview", "PR=7"], "scripts.local preview --pr 7"),
        (["logs", "FUNCTION=worker", "LINES=5"], "logs --function worker --lines 5"),
        (["prove", "ENV=dev", "CREATE=1"], "scripts.prove --env dev"),
        (["prove"], "scripts.prove --local"),
        (["lock"], "lock.sh\n"),
        (["upgrade"], "lock.sh --upgrade\n"),
    ],
)
def test_a_variable_reaches_its_command(words: list[str], command: str) -> None:
    """As the option of the same meaning."""
    code, said = make(*words)
    assert (code, command in said) == (0, True), said


@pytest.mark.parametrize(
    ("words", "takes"),
    [
        (["up", "EVN=staging"], "make up takes no EVN; it takes: LOCAL_PORT ENV"),
        (["status", "ENV=staging"], "make status takes no ENV; it takes: LOCAL_PORT"),
        (["up", "PR=7"], "make up takes no PR"),
        (["lock", "ENV=dev"], "make lock takes no ENV; it takes: only PYTHON"),
    ],
)
def test_a_variable_that_would_do_nothing_is_refused(words: list[str], takes: str) -> None:
    """In one line, before anything runs."""
    code, said = make(*words)
    assert code == 2
    assert takes in said
    assert said.count("\n") == 1


def test_every_long_test_is_in_the_long_run() -> None:
    """`make test` leaves it out, so nothing else would ever run it."""
    code, said = make("test-long")
    files = {str(it.relative_to(ROOT)): it.read_text() for it in (ROOT / "tests").rglob("*.py")}

    assert code == 0
    assert len(marked_long(files)) > 5
    assert never_run(said, files) == []


def marked_long(files: Mapping[str, str]) -> list[str]:
    """The files with long tests."""
    return [
        path
        for path, text in files.items()
        if path.startswith("tests/") and re.search(r"\bmark\.long\b", text)
    ]


def never_run(recipe: str, files: Mapping[str, str]) -> list[str]:
    """The files with long tests that a long run does not take up."""
    run = tuple(re.findall(r"\btests/[\w/.]+", recipe))
    return [path for path in marked_long(files) if not path.startswith(run)]
