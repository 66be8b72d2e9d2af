"""Which deployed environment is drilled: its outputs and its clients."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from botocore.config import Config

from scripts.aws_session import session_of
from scripts.commands import target
from scripts.errors import OperatorError
from scripts.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OUTPUTS = (
    "alarm_names",
    "alarm_topic_arn",
    "commands_endpoint",
    "sqs_dlq_url",
    "worker_function_name",
)
PATIENT = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard"})


@dataclass(frozen=True)
class Place:
    """One environment; `client` makes a boto3 client for a service."""

    outputs: Mapping[str, Any]
    client: Callable[[str], Any]
    name: str = ""

    @property
    def flags(self) -> str:
        """What names it on a command line."""
        return shlex.join(["--env", self.name]) if self.name else "--local"

    @property
    def alarms(self) -> dict[str, str]:
        """Section of the runbook by the alarm's name."""
        return {name: key for key, name in self.outputs["alarm_names"].items()}


def resolve(*, env: str | None, local: bool) -> Place:
    """The environment that the options name."""
    if env is None and not local:
        raise click.UsageError("say which environment: --local or --env NAME")
    found = target.resolve(endpoint=None, env=env, local=local)
    missing = [name for name in OUTPUTS if not found.outputs.get(name)]
    if missing:
        raise OperatorError(
            f"the environment has no output {', '.join(missing)}; apply it again with this version"
        )
    if env is None:
        return Place(found.outputs, _local_client)
    return Place(found.outputs, _client_of(env), env)


def _client_of(env: str) -> Callable[[str], Any]:
    session = session_of(read_settings(env))

    def client(service: str) -> Any:  # noqa: ANN401 - one of many kinds of client
        return session.client(service, config=PATIENT)  # type: ignore[call-overload]

    return client


def _local_client(service: str) -> Any:  # noqa: ANN401
    from scripts.stack.clients import client  # noqa: PLC0415  only --local needs it
    from scripts.stack.stack import LocalStack  # noqa: PLC0415

    stack = LocalStack()
    stack.find()
    return client(stack, service, PATIENT)
