"""What can go wrong while the stack starts, and what the user reads then."""

from __future__ import annotations

import json
import os
import signal
import socket
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from scripts.errors import OperatorError
from scripts.stack import process, stack
from scripts.stack.deployment import Deployment
from scripts.stack.stack import LocalStack
from scripts.stack.steps import deploy
from tests.live import eventually
from tests.local.processes import processes

if TYPE_CHECKING:
    from pathlib import Path


def test_a_taken_port_is_named_with_the_way_out(local: LocalStack) -> None:
    """Another program on the port: who it is if that can be told, and another port to try."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", local.port))
        other.listen()

        with pytest.raises(OperatorError) as caught:
            local.start()

    assert f"port {local.port} is taken" in str(caught.value)
    assert f"make up LOCAL_PORT={local.port + 1}" in str(caught.value)
    assert not local.state_dir.exists()


@pytest.mark.parametrize("port", [0, 65536])
def test_an_impossible_port_is_refused(tmp_path: Path, port: int) -> None:
    """A number that is no port never reaches the operating system."""
    with pytest.raises(OperatorError, match=f"port {port} is out of range"):
        LocalStack(tmp_path / "stack", port).start()


def test_a_missing_emulator_is_named_before_anything_is_made(
    local: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command that installs it, and no files."""
    monkeypatch.setattr(process, "MODULE", "no_such_module")

    with pytest.raises(OperatorError, match=r"not installed.*run: make tools"):
        local.start()

    assert not local.state_dir.exists()


def test_a_crash_while_starting_shows_the_end_of_the_log(
    local: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last lines and the log's path; the log is all that stays."""
    monkeypatch.setattr(process, "MODULE", "json.tool")  # takes the port for a file

    with pytest.raises(OperatorError) as caught:
        local.start()

    assert "No such file or directory" in str(caught.value)
    assert str(local.log_path) in str(caught.value)
    assert [path.name for path in local.state_dir.iterdir()] == ["emulator.log"]
    assert local.current() is None


def test_an_emulator_that_stays_silent_is_given_up(
    local: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting has a deadline, and nothing is left running after it."""
    monkeypatch.setattr(stack, "START_SECONDS", 0.0)

    with pytest.raises(OperatorError, match="does not answer"):
        local.start()

    assert local.current() is None
    assert processes(local) == []


def test_what_was_prepared_for_it_goes_with_it(
    local: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of `up`, which packages while the emulator starts, the log is all that stays."""
    monkeypatch.setattr(stack, "START_SECONDS", 0.0)

    with pytest.raises(OperatorError, match="does not answer"):
        deploy(Console(quiet=True), Deployment(local))

    assert [path.name for path in local.state_dir.iterdir()] == ["emulator.log"]
    assert processes(local) == []


def test_ctrl_c_while_starting_leaves_nothing(
    local: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupted start takes its child and its files along."""

    def interrupt(_stack: LocalStack) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(LocalStack, "_healthy", interrupt)

    with pytest.raises(KeyboardInterrupt):
        local.start()

    assert not local.state_dir.exists()
    assert processes(local) == []


def test_the_state_of_a_dead_process_is_cleaned_up_with_one_line(
    local: LocalStack, said: list[str]
) -> None:
    """A stack that was killed does not stand in the way of the next."""
    local.start()
    current = local.current()
    assert current
    os.killpg(current.process.pid, signal.SIGKILL)
    eventually(lambda: local.current() is None)

    local.start()

    assert local.running()
    assert said == ["Removed the remains of a local stack that did not shut down cleanly."]


def test_another_programs_process_id_is_not_taken_for_the_stack(
    local: LocalStack, said: list[str]
) -> None:
    """After a reboot the recorded id may be anyone's: it is neither trusted nor killed."""
    local.state_dir.mkdir(parents=True)
    other = {"pid": os.getpid(), "instance": "local-stack-0", "port": local.port, "started": 0}
    (local.state_dir / "stack.json").write_text(json.dumps(other))

    assert not local.running()
    local.start()

    assert local.running()
    assert len(said) == 1


def test_garbage_in_the_state_file_is_stale_state(local: LocalStack, said: list[str]) -> None:
    """A half-written file is no reason to fail."""
    local.state_dir.mkdir(parents=True)
    (local.state_dir / "stack.json").write_text("{")

    local.start()

    assert local.running()
    assert len(said) == 1


def test_a_running_stack_is_not_moved_to_another_port(local: LocalStack) -> None:
    """One stack per state directory."""
    local.start()

    running = f"is already running on port {local.port}; unset LOCAL_PORT"
    with pytest.raises(OperatorError, match=running):
        LocalStack(local.state_dir, local.port + 1).start()
