"""An environment applied to the local stack, from a copy of its folder.

A copy, so that a backend or a state of the original can neither be used nor touched.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scripts.build.package import build
from scripts.build.terraform.process import GaveUp
from scripts.build.terraform.runner import Killed, Terraform
from scripts.errors import OperatorError
from scripts.settings import DEFAULT_ENVIRONMENT, environment_folder
from scripts.stack.addresses import reachable
from scripts.stack.changes import Changes, resources
from scripts.stack.interruption import Interrupted, step
from scripts.stack.process import ROOT
from scripts.stack.running import end_terraform_below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from scripts.build.terraform.diagnostics import Event
    from scripts.stack.stack import LocalStack

_SOURCES = ("*.tf", "terraform.tfvars", ".terraform.lock.hcl")
# What an environment does not deploy; its other folders go along.
_BESIDE = ("examples", "tests")
_OVERRIDES = "overrides.auto.tfvars.json"
# By default ten: functions, which the provider makes one by one, queues and buckets hold nine of
# them for half a minute.
_PARALLELISM = "-parallelism=20"
_OVER = "the next run starts with an empty emulator"


@dataclass
class Deployment:
    """One environment on one local stack, where others can be beside it.

    The copy and its state are kept beside the stack's own state, and go with it; `variables`
    override those of terraform.tfvars. `environment` is the folder, `name` tells deployments of
    one folder apart.
    """

    stack: LocalStack
    environment: str = DEFAULT_ENVIRONMENT
    variables: Mapping[str, object] = field(default_factory=dict)
    name: str = ""

    @property
    def directory(self) -> Path:
        """Where the copied tree is."""
        return self.stack.deployments / (self.name or self.environment)

    @property
    def state(self) -> Path:
        """Terraform's state, once something was applied."""
        return self._folder / "terraform.tfstate"

    @property
    def command(self) -> str:
        """The command line that applies it."""
        if self.name.startswith("pr-"):
            return f"make {self.environment} PR={self.name.removeprefix('pr-')}"
        default = self.environment == DEFAULT_ENVIRONMENT
        return "make up" if default else f"make up ENV={self.environment}"

    @property
    def settings(self) -> Path:
        """The file with the settings of this environment, in the working tree."""
        return ROOT / "environments" / self.environment / "terraform.tfvars"

    def chosen(self) -> dict[str, Any]:
        """The values of terraform.tfvars in the working tree."""
        return values_of(self.settings)

    @property
    def applied_at(self) -> float:
        """When an apply was last begun, in epoch seconds."""
        return self._owner.stat().st_mtime

    @property
    def terraform(self) -> Terraform:
        """Terraform on the copy, pointed at the local stack and at nothing else."""
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("AWS_")
        }
        return Terraform(self._folder, {**inherited, **self.stack.environ})

    def prepare(self) -> None:
        """Copy the working tree and install the providers, which takes no answer of the stack."""
        self._follow_stack()
        with step("packaging the functions"):
            self._copy()
        with step("preparing Terraform"):
            self.terraform.init()

    def apply(
        self, on_event: Callable[[Event], object] | None = None, *, prepared: bool = False
    ) -> dict[str, Any]:
        """Bring the stack to what the working tree says now, and return Terraform's outputs."""
        if not prepared:
            self.prepare()
        terraform = self.terraform
        with self._noted("applying", on_event) as take, self._saying_how_to_go_on():
            terraform.apply(take, _PARALLELISM)
        return reachable(terraform.output(), self.stack.endpoint)

    @contextlib.contextmanager
    def _saying_how_to_go_on(self) -> Iterator[None]:
        # On a busy machine an answer can get lost. The provider then asks again for what is there
        # already, and the state never learns of it. A queue that a demo has added goes
        # in two steps, which nobody has to take on a laptop.
        try:
            yield
        except OperatorError as error:
            said = str(error).lower()
            if "already exists" not in said and "deleted with the commands in it" not in said:
                raise
            again = f"make down, then {self.command}"
            raise OperatorError(f"{error}; to start with an empty emulator: {again}") from error

    def package(self) -> Path:
        """Build the zip of the working tree where the functions of this deployment come from."""
        return build(self.directory / "build" / "lambda.zip")

    def destroy(self, on_event: Callable[[Event], object] | None = None) -> bool:
        """Destroy what was applied and forget it; False where nothing was."""
        if not self.belongs_to_stack():
            return False
        with self._noted("destroying", on_event) as take:
            self.terraform.destroy(take)
        self.remove()
        return True

    def in_doubt(self) -> bool:
        """Whether Terraform's state may miss what the last run did, which was cut off."""
        if self._note.exists() or (self._folder / "errored.tfstate").exists():
            return True
        try:
            resources(self.state)
        except ValueError:
            return True
        return False

    def start_over(self) -> bool:
        """Stop the whole stack and forget all states if this one is in doubt; whether it is."""
        if in_doubt := self.in_doubt():
            self.stack.stop()
        return in_doubt

    def applied_variables(self) -> dict[str, Any]:
        """The variables of the last apply to this stack; none where there was none."""
        overrides = self._folder / _OVERRIDES
        if self.in_doubt() or not self.belongs_to_stack() or not overrides.is_file():
            return {}
        found: dict[str, Any] = json.loads(overrides.read_text())
        return found

    def outputs(self) -> dict[str, Any]:
        """Terraform's outputs of the last apply; OperatorError where there was none."""
        if not self.belongs_to_stack() or not (outputs := self.terraform.output()):
            raise OperatorError(f"{self.environment} is not deployed here; run: {self.command}")
        return reachable(outputs, self.stack.endpoint)

    def version(self) -> tuple[str, int]:
        """What changes with the stack and with every apply; OperatorError where there was none."""
        if not self.belongs_to_stack() or not self.state.is_file():
            raise OperatorError(f"{self.environment} is not deployed here; run: {self.command}")
        return self._owner.read_text(), self.state.stat().st_mtime_ns

    def remove(self) -> None:
        """Delete the copy and its state."""
        end_terraform_below(self.directory)
        shutil.rmtree(self.directory, ignore_errors=True)
        with contextlib.suppress(OSError):
            self.stack.deployments.rmdir()

    @property
    def _folder(self) -> Path:
        return self.directory / "environments" / self.environment

    @property
    def _owner(self) -> Path:
        return self.directory / "stack"

    @property
    def _note(self) -> Path:
        return self.directory / "in-doubt"

    @contextlib.contextmanager
    def _noted(
        self, doing: str, on_event: Callable[[Event], object] | None
    ) -> Iterator[Callable[[Event], object]]:
        """Keep a note while Terraform runs; it stays if the state is in doubt after that."""
        changes = Changes(self.state, doing)

        def take(event: Event) -> None:
            changes.take(event)
            if on_event:
                on_event(event)

        try:
            self._note.touch()
            yield take
        except Killed:
            raise
        except GaveUp:
            raise Interrupted(f"{doing}; Terraform was killed: {_OVER}") from None
        except KeyboardInterrupt:
            so_far, unsure = changes.so_far(), len(changes.in_doubt())
            if unsure:
                raise Interrupted(f"{so_far}, {unsure} unknown: {_OVER}") from None
            self._note.unlink(missing_ok=True)
            raise Interrupted(so_far) from None
        except BaseException:
            self._note.unlink(missing_ok=True)
            raise
        self._note.unlink()

    def belongs_to_stack(self) -> bool:
        """Whether it was applied to the emulator that runs now."""
        current = self.stack.current()
        return (
            current is not None
            and self._owner.is_file()
            and self._owner.read_text() == current.process.instance
        )

    def _follow_stack(self) -> None:
        """Forget a state that describes a stack which is gone."""
        current = self.stack.current()
        if current is None:
            raise OperatorError("the local stack is not running; run: make up")
        if not self.belongs_to_stack():
            self.remove()
            self._folder.mkdir(parents=True)
        self._owner.write_text(current.process.instance)

    def _copy(self) -> None:
        original = environment_folder(self.environment)
        for pattern in _SOURCES:
            for stale in self._folder.glob(pattern):
                stale.unlink()
            for source in original.glob(pattern):
                if source.name != "backend.tf":
                    shutil.copy2(source, self._folder)
        for folder in original.iterdir():
            if folder.is_dir() and folder.name not in _BESIDE and folder.name[0] != ".":
                _copy_tree(folder, self._folder / folder.name)
        # Of all places for a value only this one and -var are stronger than terraform.tfvars.
        new = self.directory / "overrides.new"
        new.write_text(json.dumps(dict(self.variables)))
        new.replace(self._folder / _OVERRIDES)
        _copy_tree(ROOT / "modules", self.directory / "modules")
        self._link_sources()
        self.package()

    def _link_sources(self) -> None:
        """Let the module `examples` find the task that it runs as a process."""
        link = self.directory / "src"
        link.unlink(missing_ok=True)
        link.symlink_to(ROOT / "src", target_is_directory=True)


def values_of(path: Path) -> dict[str, Any]:
    """The values of a .tfvars file; empty without a file."""
    # The parser of HCL takes its time, which commands that do without it are spared.
    from scripts.build.docs.configuration import assigned  # noqa: PLC0415

    return assigned(path)


def deployments(stack: LocalStack) -> list[Deployment]:
    """What is applied to the stack, the last apply first; previews included."""
    found = []
    for path in stack.deployments.glob("*/environments/*/terraform.tfstate"):
        name, environment = path.parents[2].name, path.parent.name
        one = Deployment(stack, environment, name="" if name == environment else name)
        if one.belongs_to_stack():
            found.append(one)
    return sorted(found, key=lambda one: one.applied_at, reverse=True)


def last_applied(stack: LocalStack) -> Deployment:
    """The environment that `--local` means: the one that was applied last, previews aside."""
    found = [one for one in deployments(stack) if not one.name]
    return found[0] if found else Deployment(stack)


def _copy_tree(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    ignored = shutil.ignore_patterns("tests", ".terraform*", "README.md")
    shutil.copytree(source, target, ignore=ignored)
