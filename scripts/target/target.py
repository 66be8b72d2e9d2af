"""One applied environment: its settings, Terraform's outputs, and clients for its account."""

from __future__ import annotations

import functools
import shlex
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scripts import cli
from scripts.errors import OperatorError
from scripts.settings import DEFAULT_ENVIRONMENT, environment_folder, read_settings

# botocore, Terraform and the local stack cost a start, and no tool needs all of them.
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from botocore.config import Config

    from scripts.settings import EnvironmentSettings
    from scripts.stack.stack import LocalStack


@dataclass(frozen=True)
class Target:
    """An applied folder of environments/, or what is deployed on the local stack.

    `read` returns Terraform's outputs. `connect` returns what makes a boto3 client from a service
    and a Config. Both are called on first use, once.
    """

    settings: EnvironmentSettings
    read: Callable[[], Mapping[str, Any]]
    connect: Callable[[], Callable[..., Any]]
    local: bool = False
    last_applied: bool = False
    # Of another queue than the default one, empty for that.
    queue: str = ""

    @property
    def flags(self) -> str:
        """The options that name this target on a command line."""
        queue = f" --queue {self.queue}" if self.queue else ""
        if self.last_applied:
            return f"--local{queue}"
        name = shlex.join(["--env", self.settings.folder])
        return (f"--local {name}" if self.local else name) + queue

    @property
    def apply(self) -> str:
        """The command line that applies this target."""
        folder = self.settings.folder
        if self.local:
            return "make up" if folder == DEFAULT_ENVIRONMENT else f"make up ENV={folder}"
        return _terraform(folder, "apply")

    def command(self, tool: str, *words: str) -> str:
        """A command line of `scripts.<tool>` about this target, for the operator to copy."""
        return cli.command_line(tool, *words, flags=self.flags)

    @cached_property
    def outputs(self) -> Mapping[str, Any]:
        """Terraform's outputs; OperatorError where nothing is applied."""
        return self.read()

    @property
    def queues(self) -> tuple[str, ...]:
        """The names of the queues, the default one first."""
        return ("default", *sorted(self.outputs.get("queues") or {}))

    def of_queue(self, name: str) -> Target:
        """The same target with the outputs of this queue and its worker.

        Raises OperatorError where there is no such queue.
        """
        if name == "default":
            return self
        if name not in self.queues:
            raise OperatorError(f"there is no queue {name}; queues: {', '.join(self.queues)}")
        outputs = {**self.outputs, **self.outputs["queues"][name]}
        return replace(self, read=lambda: outputs, connect=lambda: self._factory, queue=name)

    def require(self, *names: str) -> tuple[Any, ...]:
        """The outputs of these names; OperatorError where one is absent or empty."""
        if missing := [name for name in names if not self.outputs.get(name)]:
            where = "the local stack" if self.local else f"environments/{self.settings.folder}"
            raise OperatorError(
                f"{where} has no output {', '.join(missing)}; apply it with this version:"
                f" {self.apply}"
            )
        return tuple(self.outputs[name] for name in names)

    def client(self, service: str, config: Config | None = None) -> Any:  # noqa: ANN401 - of any service
        """A boto3 client with the operator's credentials, or with those of the local stack."""
        from scripts.aws_session import PATIENT  # noqa: PLC0415

        return self._factory(service, config=config or PATIENT)

    @cached_property
    def _factory(self) -> Callable[..., Any]:
        # One session for all clients: a profile may ask for a code each time.
        return self.connect()


def of_folder(name: str) -> Target:
    """The environment `environments/<name>`; OperatorError where there is no such folder."""
    settings = read_settings(name)

    def connect() -> Callable[..., Any]:
        from scripts.aws_session import session_of  # noqa: PLC0415

        return session_of(settings).client

    return Target(settings, functools.partial(_outputs, name), connect)


def of_stack(env: str | None = None) -> Target:
    """This environment on the local stack, or the one that was applied last.

    Raises OperatorError where the local stack does not run, or there is no such folder.
    """
    from scripts.stack.deployment import Deployment, last_applied  # noqa: PLC0415

    stack = running_stack()
    deployment = last_applied(stack) if env is None else Deployment(stack, env)
    settings = replace(
        read_settings(deployment.environment), region=stack.environ["AWS_REGION"], profile=None
    )

    def connect() -> Callable[..., Any]:
        from scripts.stack.clients import client  # noqa: PLC0415

        return functools.partial(client, stack)

    return Target(settings, deployment.outputs, connect, local=True, last_applied=env is None)


def running_stack() -> LocalStack:
    """The local stack; OperatorError where it does not run."""
    from scripts.stack.stack import LocalStack  # noqa: PLC0415

    stack = LocalStack()
    if stack.find() is None:
        raise OperatorError("the local stack is not running; run: make up")
    return stack


def _outputs(name: str) -> Mapping[str, Any]:
    from scripts.build.terraform.runner import Terraform  # noqa: PLC0415

    folder = environment_folder(name)
    if not (folder / ".terraform").is_dir():
        raise OperatorError(
            f"environments/{name} is not initialized; run: {_terraform(name, 'init')}"
            " (for the stack on this machine: --local)"
        )
    outputs = Terraform(folder).output()
    if not outputs:
        raise OperatorError(
            f"environments/{name} is not applied; run: {_terraform(name, 'apply')}"
            " (for the stack on this machine: --local)"
        )
    return outputs


def _terraform(name: str, verb: str) -> str:
    return shlex.join(["terraform", f"-chdir=environments/{name}", verb])
