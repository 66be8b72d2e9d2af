"""Every command of docs/runbook.md and docs/procedures.md runs, or is marked as AWS only."""

from __future__ import annotations

import importlib
import io
import re
import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from scripts.local import __main__ as local_tool
from scripts.stack import stack as local_stack
from scripts.stack.deployment import Deployment
from tests.live import eventually
from tests.runbook import DOCS, steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.environment import Environment

ROOT = DOCS.parent


@dataclass(frozen=True)
class Run:
    """A command of the runbook, what it must print, and its exit code."""

    line: str
    prints: str
    code: int = 0


# In the order of an incident. A demo command that fails for good fails again after a redrive.
RUNS = [
    Run("python -m scripts.dlq show PLACE", r"demo_failed"),
    Run("python -m scripts.dlq inspect ID PLACE", r'"demo_failed"'),
    Run("python -m scripts.dlq export messages.jsonl PLACE", r"exported [1-9]"),
    Run("python -m scripts.dlq redrive PLACE", r"--apply"),
    Run("python -m scripts.dlq redrive --owner OWNER PLACE", r"nothing|no |0 "),
    Run("python -m scripts.dlq redrive --type TYPE --code CODE PLACE", r"--apply"),
    Run("python -m scripts.dlq redrive --id ID --apply PLACE", r"1"),
    Run("python -m scripts.commands watch ID PLACE", r"FAILED", 1),
    Run("python -m scripts.dlq redrive --type TYPE --code CODE --apply --rate 5 PLACE", r"[1-9]"),
    Run("python -m scripts.dlq purge PLACE", r"purged "),
    Run("python -m scripts.dlq import messages.jsonl PLACE", r"[1-9]"),
    Run("python -m scripts.worker versions PLACE", r"live"),
    Run("python -m scripts.worker show PLACE", r"receives from(.|\n)*types: none paused"),
    Run("python -m scripts.worker pause PLACE", r"is paused and does not receive"),
    Run("python -m scripts.commands cancel ID PLACE", r"CANCELLED"),
    Run("python -m scripts.worker resume PLACE", r"receives from"),
    Run("python -m scripts.worker cap 50 PLACE", r"at most 50 batches"),
    Run("python -m scripts.worker cap 4 PLACE", r"at most 4 batches"),
    Run("python -m scripts.worker cap 10 PLACE", r"at most 10 batches"),
    Run("python -m scripts.commands submit PLACE --type echo --input '{}'", r"\S"),
    Run("python -m scripts.commands submit PLACE --type echo --input '{}' --wait", r"COMPLETED"),
    Run("python -m scripts.secrets versions SECRET PLACE", r"AWSCURRENT"),
    Run("make logs FUNCTION=NAME", r'"command_type": ?"demo"'),
]
# Needs another deployment, which these tests have.
ELSEWHERE = {
    "python -m scripts.commands list PLACE --status FAILED --since 1h": "tests/e2e/test_status.py",
    "python -m scripts.commands list PLACE --since 15m": "tests/e2e/test_status.py",
    "python -m scripts.commands list PLACE --status FAILED --since 30d": (
        "tests/scripts/commands/test_list.py"
    ),
    "python -m scripts.secrets rotate SECRET PLACE": "tests/scripts/secrets/test_rotate.py",
    "python -m scripts.schedules list PLACE": "tests/e2e/test_recurring.py",
    "make up": "tests/e2e/test_demo.py",
    "make drill": "tests/integration/test_monitoring.py",
    "make drill ENV=prod": "tests/scripts/drill",
}


@dataclass
class Incident:
    """A dead-letter message on the local stack, and the folder of an operator."""

    environment: Environment
    dead: str

    def run(self, line: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
        """The exit code of a command line, and what it printed."""
        words = shlex.split(self.filled(line))
        tool: Any
        if words[:2] == ["make", "logs"]:
            assert (
                "scripts.local logs $(if $(FUNCTION),--function" in (ROOT / "Makefile").read_text()
            )
            stack = self.environment.deployment.stack
            place = ["--state-dir", str(stack.state_dir), "--port", str(stack.port)]
            tool, args = local_tool, [*place, "logs", "--function", words[2].split("=")[1]]
        else:
            assert words[:2] == ["python", "-m"]
            tool, args = importlib.import_module(f"{words[2]}.__main__"), words[3:]
        capsys.readouterr()
        code = tool.main(args)
        said = capsys.readouterr()
        return code, said.out + said.err

    def filled(self, line: str) -> str:
        """The line with what the operator puts into it."""
        about = self.environment.api.submit("echo", {}) if " cancel ID " in line else self.dead
        values = {
            "PLACE": "--local",
            "ID": about,
            "TYPE": "demo",
            "CODE": "demo_failed",
            "OWNER": "nobody",
            "SECRET": next(iter(self.environment.outputs["secret_names"])),
            "NAME": self.environment.outputs["worker_function_name"],
        }
        return re.sub(r"\b[A-Z]{2,}\b", lambda word: values.get(word[0], word[0]), line)

    def lies_dead(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Wait until the letter is in the dead-letter queue, be it among others."""
        look = f"python -m scripts.dlq show --id {self.dead} PLACE"
        eventually(lambda: "demo_failed" in self.run(look, capsys)[1], seconds=90)


@pytest.fixture(scope="module")
def incident(
    environment: Environment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Incident]:
    """Something has died, and whoever says --local means this stack."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_stack, "LocalStack", lambda: environment.deployment.stack)
        # Terraform is asked once, not for every command.
        patch.setattr(Deployment, "outputs", lambda _: environment.outputs)
        patch.chdir(tmp_path_factory.mktemp("operator"))
        secret = next(iter(environment.outputs["secret_names"].values()))
        secrets = environment.client("secretsmanager")
        secrets.put_secret_value(SecretId=secret, SecretString=uuid4().hex)
        dead = environment.api.submit("demo", {"fail_attempts": 99})
        yield Incident(environment, dead)


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        """A terminal, as far as the tool can tell."""
        return True


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.line)
def test_the_runbook_does_what_it_says(
    incident: Incident,
    run: Run,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On the local stack, in the words of the document."""
    if "scripts.dlq" in run.line and " import " not in run.line:
        incident.lies_dead(capsys)
    queue = incident.environment.outputs["sqs_dlq_url"].rpartition("/")[2]
    monkeypatch.setattr(sys, "stdin", Terminal(f"{queue}\n"))
    code, said = incident.run(run.line, capsys)
    assert code == run.code, said
    assert re.search(run.prints, said), said


def test_no_command_of_the_runbook_is_unproven() -> None:
    """Each has run above or elsewhere, or says that only AWS can answer it."""
    known = {run.line for run in RUNS} | ELSEWHERE.keys()
    unproven = {step.line for step in steps() if not step.aws_only and step.line not in known}
    assert not unproven


def test_no_proof_is_of_a_command_that_the_runbook_has_not() -> None:
    """What is run here stands there, and what is said to be elsewhere is there."""
    written = {step.line for step in steps()}
    assert {run.line for run in RUNS} | ELSEWHERE.keys() <= written
    missing = [path for path in ELSEWHERE.values() if not (ROOT / path).exists()]
    assert not missing
