"""Which deployed environment is drilled: its outputs and its clients."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import click
from botocore.config import Config

from scripts.commands import target
from scripts.errors import OperatorError
from scripts.secrets.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OUTPUTS = (
    "alarm_names",
    "alarm_topic_arn",
    "commands_endpoint",
    "sqs_dlq_url",
    "worker_function_name",
)
_PATIENT = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard"})


@dataclass(frozen=True)
class Place:
    """One environment; `client` makes a boto3 client for a service."""

    outputs: Mapping[str, Any]
    client: Callable[[str], Any]
    name: str = ""

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
    settings = read_settings(env)
    chosen = any(os.environ.get(name) for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID"))
    session = boto3.Session(
        profile_name=None if chosen else settings.profile, region_name=settings.region
    )

    def client(service: str) -> Any:  # noqa: ANN401 - one of many kinds of client
        return session.client(service, config=_PATIENT)  # type: ignore[call-overload]

    return client


def _local_client(service: str) -> Any:  # noqa: ANN401
    from scripts.local.stack import LocalStack  # noqa: PLC0415  only --local needs it

    stack = LocalStack()
    if current := stack.current():
        stack.port = current.port
    return client_of_stack(stack.endpoint, stack.environ, service)


def client_of_stack(endpoint: str, environ: Mapping[str, str], service: str) -> Any:  # noqa: ANN401
    """A client for a local stack, as the account's root, past the user's HTTP proxy."""
    session = boto3.Session(
        aws_access_key_id=environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environ["AWS_SECRET_ACCESS_KEY"],
        region_name=environ["AWS_REGION"],
    )
    return session.client(  # type: ignore[call-overload]
        service, endpoint_url=endpoint, config=_PATIENT.merge(Config(proxies={}))
    )
