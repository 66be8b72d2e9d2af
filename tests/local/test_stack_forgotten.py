"""An emulator whose state directory was deleted by hand."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from scripts.errors import OperatorError
from scripts.local.__main__ import main
from scripts.stack.port import require_free_port
from scripts.stack.stack import LocalStack
from tests.local.processes import processes
from tests.local.test_stack import keep_a_worker_busy

if TYPE_CHECKING:
    from pathlib import Path

ENDED = "Stopped processes of a local stack whose files were deleted."


def test_down_ends_it(local: LocalStack, capsys: pytest.CaptureFixture[str]) -> None:
    """It ends with a busy worker, the port is free, and the output says so."""
    local.start()
    keep_a_worker_busy(local)
    shutil.rmtree(local.state_dir)

    assert main(["--state-dir", str(local.state_dir), "down"]) == 0

    assert capsys.readouterr().out == f"{ENDED}\nLocal stack stopped and removed.\n"
    assert processes(local) == []
    require_free_port(local.port)


def test_the_next_start_replaces_it(local: LocalStack, said: list[str]) -> None:
    """The port is its own again, with one line about that."""
    local.start()
    first = local.current()
    shutil.rmtree(local.state_dir)

    local.start()

    assert local.running()
    assert local.current() != first
    assert said == [ENDED]


def test_another_clones_emulator_is_named_and_left_alone(
    local: LocalStack, tmp_path: Path, said: list[str]
) -> None:
    """Its folder and its process id, and it runs on."""
    local.start()
    current = local.current()
    assert current
    other = LocalStack(tmp_path / "other" / "stack", local.port, say=said.append)

    assert not other.stop()
    with pytest.raises(OperatorError) as caught:
        other.start()

    whose = f"the local stack of {local.state_dir} (pid {current.process.pid})"
    assert (f"is taken by {whose}; in that folder run: make down, or run: make up") in str(
        caught.value
    )
    assert local.running()
    assert said == []
