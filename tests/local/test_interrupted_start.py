"""Ctrl-C in `make up` before Terraform has begun to change anything."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest

from scripts.stack.deployment import Deployment
from scripts.stack.stack import LocalStack
from tests.live import free_port
from tests.local.processes import processes
from tests.scripts.interrupted.process import TIMES, Ended, interrupt, later, started, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The emulator may take its time to end.
MOST_SECONDS = 7.0
COPY = "deployments/dev"
# What is done while the emulator starts.
MEANWHILE = {"starting the emulator", "packaging the functions", "preparing Terraform"}


def up(stack: LocalStack, come_to: Path) -> Ended:
    """Run `up` and press Ctrl-C a moment after the file or folder is there."""
    words = ("-m", "scripts.local", "--port", str(stack.port), "--state-dir", str(stack.state_dir))
    with started(*words, "up") as process:
        wait_for(process, come_to.exists)
        later()
        ended = interrupt(process)
    assert ended.code == 130, ended
    assert ended.seconds < MOST_SECONDS
    assert "Traceback" not in ended.err
    assert not stack.lock_path.exists()
    return ended


def said(ended: Ended, stack: LocalStack) -> str:
    """What it was doing, in the only line that tells of the end."""
    run = re.escape(f"Run: make up LOCAL_PORT={stack.port}")
    (doing,) = re.findall(rf"^Interrupted while (.+)\. {run}$", ended.err, re.MULTILINE)
    return str(doing)


@pytest.mark.parametrize("_", range(TIMES))
def test_an_emulator_that_starts_goes_with_the_command(local: LocalStack, _: int) -> None:
    """From the first file on; no process and no file is left."""
    stack = local.state_dir
    come_to = ("", "emulator.log", "stack.json", f"{COPY}/stack", f"{COPY}/build/lambda.zip")
    ended = up(local, stack / random.choice(come_to))  # noqa: S311

    assert said(ended, local) in MEANWHILE
    assert processes(local) == []
    assert not local.state_dir.exists()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A stack that runs already."""
    one = LocalStack(tmp_path_factory.mktemp("running") / "stack", free_port())
    one.start()
    yield one
    one.stop()


@pytest.mark.parametrize("_", range(TIMES))
def test_a_copy_that_was_cut_off_is_made_anew(running: LocalStack, _: int) -> None:
    """The emulator goes on, and nothing is in doubt before Terraform has begun."""
    copy = running.state_dir / COPY
    places = ("modules/queue", "build/lambda.zip", "environments/dev/.terraform")
    come_to = random.choice(places)  # noqa: S311
    Deployment(running).remove()

    ended = up(running, copy / come_to)

    assert said(ended, running) in {*MEANWHILE, "deploying", "planning; 0 resources done"}
    assert "unknown" not in ended.err
    assert not (copy / "in-doubt").exists()
    assert running.running()
