"""Execution environments of functions: forked, with code that they share."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ministack_extensions.functions.forked_environments import Environment, ForkServer
from tests.polling import eventually
from tests.test_functions import invoke

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.aws import Aws

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks need handles of processes")

# A function that tells of its process; it waits for another one, so that two run at a time.
TELL = """
import os, random, sys, time, uuid

def handler(event, context):
    time.sleep(0.5)
    return {
        "pid": os.getpid(),
        "parent": os.getppid(),
        "boto3": "boto3" in sys.modules,
        "random": [random.random(), uuid.uuid4().hex],
        "code": os.path.realpath(__file__),
        "folder": os.getcwd(),
        "task": os.environ["LAMBDA_TASK_ROOT"],
        "first": sys.path[:2],
        "modules": [name for name in sys.modules if name.startswith("ministack")],
    }
"""
VERSION = "import six\n\ndef handler(event, context):\n    return six.__version__\n"
CHILD = """
import subprocess, sys

def handler(event, context):
    return subprocess.run([sys.executable, "-c", "exit(3)"]).returncode
"""
LEAVE = """
import os

calls = []

def handler(event, context):
    calls.append(event)
    if len(calls) == 1:
        return os.getpid()
    os._exit(1)
"""


def told(aws: Aws, function: str, times: int) -> list[Any]:
    """What the function returns to calls at the same time."""
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(lambda _: invoke(aws, function), range(times)))


def unlike_any_other() -> str:
    """The code of that function, which shares its folder with no function of another test."""
    return f"{TELL}# {os.urandom(4).hex()}"


def parent_of(code: str, aws: Aws, **given: Any) -> str:
    """The command that runs the process above a function's."""
    told = invoke(aws, aws.function(code, **given))
    return Path(f"/proc/{told['parent']}/cmdline").read_text().replace("\0", " ")


def test_environments_differ_in_all_but_their_code(aws: Aws) -> None:
    """Two at once are two processes; their random numbers and ids are their own."""
    one, other = told(aws, aws.function(TELL), 2)

    assert one["pid"] != other["pid"]
    assert not set(one["random"]) & set(other["random"])
    assert one["code"] == other["code"]
    assert one["folder"] == one["code"].removesuffix("/index.py")


def test_a_forked_environment_is_as_a_started_one(aws: Aws) -> None:
    """It has its own folder and path, boto3, and nothing of the emulator."""
    environment = invoke(aws, aws.function(TELL))

    assert environment["boto3"]
    assert environment["modules"] == []
    assert environment["first"][0] == environment["task"]
    assert environment["first"][1] == str(Path(environment["task"]).parent)


def test_a_function_may_start_processes_of_its_own(aws: Aws) -> None:
    """It hears how they ended."""
    assert invoke(aws, aws.function(CHILD)) == 3


def test_code_with_a_module_of_the_runtime_gets_its_own(aws: Aws) -> None:
    """As on AWS, what is in the zip comes first."""
    own = {"six.py": "__version__ = 'mine'\n"}

    assert invoke(aws, aws.function(VERSION, beside=own)) == "mine"
    assert invoke(aws, aws.function(VERSION)) != "mine"


def test_what_is_loaded_already_is_not_forked_for_such_code(aws: Aws) -> None:
    """The emulator starts such a process itself."""
    assert "fork_server.py" in parent_of(TELL, aws)
    assert "fork_server.py" not in parent_of(TELL, aws, beside={"six.py": ""})


def test_a_function_that_ended_starts_again(aws: Aws) -> None:
    """The emulator notices, though the process is not its child."""
    function = aws.function(LEAVE)
    first = invoke(aws, function)

    assert "died" in json.dumps(invoke(aws, function))
    assert invoke(aws, function) not in (first, None)


def test_functions_start_after_the_fork_server_was_killed(aws: Aws) -> None:
    """With the next function, another one."""
    os.kill(invoke(aws, aws.function(TELL))["parent"], signal.SIGKILL)

    assert "ministack_extensions" in parent_of(TELL, aws)
    assert "fork_server.py" in parent_of(TELL, aws)


def test_code_that_nobody_runs_is_removed(aws: Aws) -> None:
    """A day of `make watch` leaves one copy, not one for each save."""
    function = aws.function(unlike_any_other())
    code = Path(invoke(aws, function)["code"])
    aws.client("lambda").delete_function(FunctionName=function)

    def gone() -> bool:
        invoke(aws, aws.function(unlike_any_other()))
        return not code.exists()

    assert code.exists()
    assert eventually(gone)


@pytest.fixture
def server() -> Iterator[ForkServer]:
    """A fork server without an emulator."""
    one = ForkServer()
    yield one
    one.close()


@contextlib.contextmanager
def started(server: ForkServer, folder: Path, script: str) -> Iterator[Environment]:
    """An environment that runs `script`."""
    path = folder / "_worker.py"
    path.write_text(script)
    (folder / "code").mkdir()
    one = server.start([sys.executable, str(path)], cwd=str(folder / "code"), env={"A": "b"})
    assert isinstance(one, Environment)
    with one.stdin, one.stdout, one.stderr:
        yield one


def test_an_environment_has_the_streams_and_variables_it_is_given(
    server: ForkServer, tmp_path: Path
) -> None:
    """Lines go in and out, and nothing else is set."""
    script = (
        "import os, sys\nprint(input(), dict(os.environ))\nprint(os.getcwd(), file=sys.stderr)\n"
    )
    with started(server, tmp_path, script) as one:
        one.stdin.write("hello\n")

        assert one.stdout.read() == "hello {'A': 'b'}\n"
        assert one.stderr.read() == f"{tmp_path / 'code'}\n"
        assert one.wait(10) == one.poll() == 0


def test_an_environment_ends_when_it_is_told_to(server: ForkServer, tmp_path: Path) -> None:
    """And can be told so again."""
    script = "import time\nprint('ready', flush=True)\ntime.sleep(60)\n"
    with started(server, tmp_path, script) as one:
        assert one.stdout.readline() == "ready\n"
        assert one.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            one.wait(0.01)

        one.terminate()

        assert one.wait(10) == 0
        one.kill()


def test_a_large_environment_is_started_by_the_emulator(server: ForkServer, tmp_path: Path) -> None:
    """What does not fit into a message to the fork server, as far as the system takes it."""
    script = tmp_path / "_worker.py"
    script.write_text("import os\nprint(len(os.environ['A']) + len(os.environ['B']))\n")
    large = dict.fromkeys("AB", "x" * 120_000)
    command = [sys.executable, str(script)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}

    one = server.start(command, cwd=str(tmp_path), env=large, text=True, **pipes)

    assert isinstance(one, subprocess.Popen)
    assert one.communicate() == ("240000\n", "")
