"""Ctrl-C in the other tools that start threads, and that there are no more of them."""

from __future__ import annotations

import ast
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.scripts.interrupted.process import (
    MOST_SECONDS,
    REPOSITORY,
    TIMES,
    interrupt,
    later,
    started,
    wait_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

STARTERS = {
    "Thread",
    "Timer",
    "ThreadPoolExecutor",
    "ProcessPoolExecutor",
    "to_thread",
    "run_in_executor",
}
CHECKS = """
import sys
from scripts.build.check import __main__ as tool
from scripts.build.check.checks import Check

quick = (sys.executable, "-c", "pass")
slow = (sys.executable, "-c", "import os, pathlib, sys, time;"
        "pathlib.Path(sys.argv[1], str(os.getpid())).touch(); time.sleep(60)", sys.argv[1])
tool.all_checks = lambda: [Check("a", quick), Check("b", slow), Check("c", slow), Check("d", slow)]
tool.os.cpu_count = lambda: 2
sys.exit(tool.main([]))
"""
PROVIDERS = """
import sys
import click
from scripts import cli
from scripts.build.terraform import providers

@click.command()
def tool():
    providers._registry_answers(sys.argv[1])

sys.exit(cli.run(tool, []))
"""


@pytest.mark.parametrize("_", range(TIMES))
def test_checks_end_with_their_programs(tmp_path: Path, _: int) -> None:
    """The tool names those that are left, and leaves no linter running."""
    with started("-c", CHECKS, str(tmp_path)) as process:
        wait_for(process, lambda: any(tmp_path.iterdir()))
        later()
        ended = interrupt(process)
        pids = [int(one.name) for one in tmp_path.iterdir()]
    assert ended.code == 130, ended
    assert ended.seconds < MOST_SECONDS
    assert "Traceback" not in ended.out + ended.err
    assert "FAILED" not in ended.out
    done = ended.out.count("ok ")
    assert f"interrupted: {done} of 4 checks finished" in ended.err
    left = "a b c d" if done == 0 else "b c d"
    assert f"to run the others: python -m scripts.build.check {left}\n" in ended.err
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_a_check_that_ctrl_c_does_not_reach_is_ended(tmp_path: Path) -> None:
    """`kill -INT` reaches the tool alone, where a terminal reaches them all."""
    with started("-c", CHECKS, str(tmp_path)) as process:
        wait_for(process, lambda: any(tmp_path.iterdir()))
        os.kill(process.pid, 2)
        _, err = process.communicate(timeout=30)
        pids = [int(one.name) for one in tmp_path.iterdir()]
    assert process.returncode == 130
    assert "run the others" in err
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


@pytest.fixture
def silent() -> Iterator[str]:
    """A registry that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


@pytest.mark.parametrize("_", range(TIMES))
def test_the_look_for_a_registry_ends(silent: str, _: int) -> None:
    """Before its own patience does."""
    with started("-c", PROVIDERS, silent) as process:
        threads = Path(f"/proc/{process.pid}/task")
        wait_for(process, lambda: len([*threads.iterdir()]) > 1)
        later()
        ended = interrupt(process)
    assert (ended.code, ended.out, ended.err.strip()) == (130, "", "")
    assert ended.seconds < MOST_SECONDS


def test_every_file_that_starts_threads_is_interrupted_here() -> None:
    """A tool that needs threads takes `scripts.parallel`; others belong into this list."""
    found = set()
    for path in (REPOSITORY / "scripts").rglob("*.py"):
        if path.is_relative_to(REPOSITORY / "scripts/emulator"):
            continue  # a process of its own in the background, which no Ctrl-C reaches
        for node in ast.walk(ast.parse(path.read_text())):
            called = node.func if isinstance(node, ast.Call) else None
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in STARTERS:
                found.add(str(path.relative_to(REPOSITORY / "scripts")))
    assert found == {
        "parallel.py",
        "interrupts.py",  # scripts.dlq: tests/scripts/dlq/test_interrupted.py
        "local/dashboard/redriving.py",
        "local/receiver.py",  # make demo WEBHOOKS=1: tests/scripts/interrupted/test_demo.py
        "build/terraform/providers.py",
    }
