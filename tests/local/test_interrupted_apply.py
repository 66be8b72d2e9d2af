"""An apply of environments/dev, cut off again and again: one more `up` heals the local stack."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scripts.commands.api import CommandsApi
from scripts.local.__main__ import ON_THIS_MACHINE
from scripts.stack.changes import resources
from scripts.stack.clients import sqs_client
from scripts.stack.deployment import Deployment
from scripts.stack.process import command_lines
from tests.live import ended, eventually
from tests.scripts.interrupted.process import started

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from scripts.stack.stack import LocalStack

SAID = re.compile(
    r"^Interrupted while applying; \d+ of \d+ resources done"
    r"(?P<unsure>, \d+ unknown: the next run starts with an empty emulator)?"
    r"\. Run: make up LOCAL_PORT=\d+$",
    re.MULTILINE,
)
ANEW = "The last apply was interrupted: starting with an empty emulator."


@dataclass
class Run:
    """One `python -m scripts.local up`, and the deployment that it works on."""

    process: subprocess.Popen[str]
    deployment: Deployment
    output: str = ""

    @property
    def terraforms(self) -> list[int]:
        """The processes of Terraform that work on the environment."""
        argument = f"-chdir={self.deployment.directory.resolve()}/"
        return [pid for pid, line in command_lines() if argument in line]

    def come_to(self, created: int) -> None:
        """Wait until this run has created so many resources."""
        assert self.process.stdout
        while not self.output.endswith("Terraform ...\n"):
            line = self.process.stdout.readline()
            assert line, self.process.communicate()
            self.output += line
        enough = self._there() + created
        eventually(lambda: self._there() >= enough, seconds=120)

    def press(self) -> None:
        """Ctrl-C, as a terminal sends it."""
        os.killpg(self.process.pid, signal.SIGINT)

    def press_twice(self) -> None:
        """Again, before Terraform has ended."""
        self.press()
        time.sleep(0.1)
        if self.process.poll() is None:
            self.press()

    def kill_the_command(self) -> None:
        """Terraform has a process group of its own, and goes on for a while."""
        os.killpg(self.process.pid, signal.SIGKILL)

    def kill_all(self) -> None:
        """The command, Terraform and its providers."""
        for pid in self.terraforms:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        self.kill_the_command()

    def kill_terraform(self) -> None:
        """The command is left, and says so."""
        for pid in self.terraforms:
            os.kill(pid, signal.SIGKILL)

    def end(self, *, seconds: float) -> str:
        """What it wrote to its end, errors last."""
        out, err = self.process.communicate(timeout=seconds)
        self.output += out
        return self.output + err

    def _there(self) -> int:
        """How many resources are in the state; none while Terraform is writing it."""
        with contextlib.suppress(ValueError):
            return len(resources(self.deployment.state))
        return 0


@contextlib.contextmanager
def up(deployment: Deployment) -> Iterator[Run]:
    """The command, in a process group of its own; what it started is ended with the stack."""
    stack = deployment.stack
    words = ("--port", str(stack.port), "--state-dir", str(stack.state_dir))
    with started("-m", "scripts.local", *words, "up") as process:
        yield Run(process, deployment)


HOW: tuple[Callable[[Run], None], ...] = (
    Run.press,
    Run.press_twice,
    Run.kill_the_command,
    Run.kill_all,
    Run.kill_terraform,
)
# How many resources a run has created when it is cut off, and how.
FIRST = ((5, Run.press), (15, Run.press), (25, Run.press), (20, HOW[2]), (10, HOW[3]))


MORE = 15


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_one_more_up_heals(local: LocalStack) -> None:
    """The queue is there, a command is completed, and Terraform has nothing left to change."""
    moments = random.Random(7)  # noqa: S311 - the same ones each time
    others = [(moments.randrange(1, 60), moments.choice(HOW)) for _ in range(MORE)]
    deployment = Deployment(local, variables=ON_THIS_MACHINE)
    for created, cut_off in [*FIRST, *others]:
        in_doubt = deployment.in_doubt()
        with up(deployment) as run:
            run.come_to(created)
            cut_off(run)
            began = time.monotonic()
            said = run.end(seconds=30)
            took = time.monotonic() - began
        print(f"{cut_off.__name__}, {took:.1f} s: {said.rstrip().splitlines()[-1]}")
        assert (ANEW in said) == in_doubt
        assert "Traceback" not in said
        check(run, cut_off, said)

    with up(deployment) as run:
        said = run.end(seconds=300)

    assert run.process.returncode == 0, said
    outputs = deployment.outputs()
    assert sqs_client(local).get_queue_attributes(QueueUrl=outputs["sqs_queue_url"])
    api = CommandsApi(outputs["commands_endpoint"])
    command_id = api.submit("echo", {"hello": "again"})
    assert ended(lambda: api.get(command_id).json())["status"] == "COMPLETED"
    assert deployment.terraform.plan_is_empty()


def check(run: Run, cut_off: Callable[[Run], None], said: str) -> None:
    """What a run that was cut off says and leaves behind."""
    if cut_off is Run.press:
        assert run.process.returncode == 130
        line = SAID.search(said)
        assert line, said
        assert run.terraforms == []
        assert run.deployment.in_doubt() == bool(line["unsure"])
        assert not run.deployment.stack.lock_path.exists()
    elif cut_off is Run.press_twice:
        # Perhaps Terraform had just ended; the second one may end the command where it is.
        assert run.process.returncode in {130, -signal.SIGINT}
        assert run.terraforms == []
    else:
        assert run.deployment.in_doubt()
    if cut_off is Run.kill_terraform:
        assert run.process.returncode == 1
        assert "error: terraform apply was killed or crashed; run the same command again\n" in said
