"""Terraform for other tools: typed calls, progress as it happens, errors in one line."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from typing import TYPE_CHECKING, Any

from scripts.build.terraform.binary import terraform_binary
from scripts.build.terraform.diagnostics import Report, failed, plain_text
from scripts.build.terraform.process import started
from scripts.build.terraform.providers import cache_turn, provider_environment
from scripts.build.terraform.user_config import without_missing_config
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from scripts.build.terraform.diagnostics import Event

    OnEvent = Callable[[Event], object]

# The commands that install providers; all others find them in .terraform/.
INSTALLING = frozenset({"init", "providers"})
_CHANGES = 2  # what `plan -detailed-exitcode` says when there is something to do

_BY_ITSELF = frozenset({0, 1, _CHANGES})  # a crash has another code
# Terraform and its provider build the schema of some thousand types in each run, and keep it: a
# fifth of their CPU time would go into looking for garbage where there is hardly any.
_LESS_GC = {"GOGC": "off", "GOMEMLIMIT": "1000MiB"}


class Killed(OperatorError):
    """Terraform was ended by something else than itself, perhaps without saving its state."""


def child_environment(arguments: Sequence[str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for ``terraform <arguments>``.

    Providers are looked for only by the commands that install them, so that ``fmt`` or ``destroy``
    work offline and without a probe of the registry.
    """
    command = next((word for word in arguments if not word.startswith("-")), "")
    if command in INSTALLING and "-help" not in arguments:
        return provider_environment(environ)
    return without_missing_config(environ)


class Terraform:
    """Terraform in one directory.

    ``environ``: the environment of its processes, this process's own by default; they collect
    less garbage, unless it says how much. Errors of Terraform are raised as OperatorError; an
    interrupt reaches Terraform and is waited for.
    """

    def __init__(self, directory: Path, environ: Mapping[str, str] | None = None) -> None:
        self.directory = directory
        self.environ = _unattended(os.environ if environ is None else environ)

    def run(self, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run ``terraform <args>`` and return its output as text.

        With ``check`` a failure raises OperatorError with Terraform's own words.
        """
        return self._run(args, child_environment(args, self.environ), check=check)

    @property
    def _chdir(self) -> str:
        # It starts there anyway: this tells the process list which directory is being worked on.
        return f"-chdir={self.directory.resolve()}"

    def _run(
        self, args: Sequence[str], environ: Mapping[str, str], *, check: bool
    ) -> subprocess.CompletedProcess[str]:
        with started(
            [terraform_binary(self.environ), self._chdir, *args],
            directory=self.directory,
            environ=environ,
            stderr=subprocess.PIPE,
        ) as process:
            stdout, stderr = process.communicate()
        if check and process.returncode:
            raise failed(args[0], plain_text([stderr if stderr.strip() else stdout]))
        return subprocess.CompletedProcess([*args], process.returncode, stdout, stderr)

    def init(self, *options: str) -> None:
        """Install providers and modules; without a lock file of its own, the directory gets one."""
        args = ["init", "-input=false", "-no-color", *options]
        environ = child_environment(args, self.environ)
        if not (self.directory / ".terraform.lock.hcl").exists():
            # Else Terraform passes its cache by, to protect a lock file that is not there.
            environ = {**environ, "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1"}
        with cache_turn(environ):
            self._run(args, environ, check=True)

    def plan_is_empty(self, *options: str, on_event: OnEvent | None = None) -> bool:
        """Whether nothing is to be done; ``planned_change`` events say what is."""
        return self._stream("plan", ["-detailed-exitcode", *options], on_event) != _CHANGES

    def apply(self, on_event: OnEvent | None = None, *options: str) -> None:
        """Apply without asking, handing each event to ``on_event`` as it happens."""
        self._stream("apply", ["-auto-approve", *options], on_event)

    def destroy(self, on_event: OnEvent | None = None, *options: str) -> None:
        """Destroy without asking, handing each event to ``on_event`` as it happens."""
        self._stream("destroy", ["-auto-approve", *options], on_event)

    def output(self) -> dict[str, Any]:
        """Return the outputs of the last apply as plain values, sensitive ones included."""
        outputs = json.loads(self.run("output", "-json", "-no-color").stdout)
        return {name: output["value"] for name, output in outputs.items()}

    def _stream(self, action: str, options: Sequence[str], on_event: OnEvent | None) -> int:
        report = Report()
        expected = {0, _CHANGES} if action == "plan" else {0}
        arguments = [action, "-json", "-input=false", *options]
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as stderr:
            with started(
                [terraform_binary(self.environ), self._chdir, *arguments],
                directory=self.directory,
                environ=child_environment(arguments, self.environ),
                stderr=stderr,
            ) as process:
                for line in process.stdout or ():
                    event = report.read(line)
                    if event and on_event:
                        on_event(event)
            stderr.seek(0)
            if process.returncode not in _BY_ITSELF:
                raise Killed(
                    f"terraform {action} was killed or crashed; run the same command again"
                )
            if process.returncode not in expected or report.errors:
                raise report.failure(action, stderr.read())
        return process.returncode


def _unattended(environ: Mapping[str, str]) -> dict[str, str]:
    # Arguments and workspaces that the user keeps for work by hand would change what we run.
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith("TF_CLI_ARGS") and name != "TF_WORKSPACE"
    }
    alone = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
    return {**_LESS_GC, **kept, **alone}
