"""Which environment a command line is about: its queue, dead-letter queue and table."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import click
from botocore.config import Config

from scripts.aws_session import session_of
from scripts.commands import target as commands_target
from scripts.errors import OperatorError
from scripts.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

# The worker's own variables, in this order: queue, dead-letter queue, table, time to live.
VARIABLES = ("QUEUE_URL", "DLQ_URL", "TABLE_NAME", "TTL_ATTRIBUTE")
_OUTPUTS = ("sqs_queue_url", "sqs_dlq_url", "dynamodb_table_name", "dynamodb_ttl_attribute")
_PATIENT = Config(connect_timeout=5, read_timeout=25, retries={"mode": "standard"})


@dataclass(frozen=True)
class Target:
    """One deployed environment; `flags` name it on a command line."""

    sqs: SQSClient
    dynamodb: DynamoDBClient
    queue_url: str
    dlq_url: str
    table: str
    ttl_attribute: str
    flags: str = ""

    def command(self, verb: str, *words: str) -> str:
        """A command line about the same environment, to be copied by the operator."""
        line = shlex.join(["python", "-m", "scripts.dlq", verb, *words])
        return f"{line} {self.flags}".strip()


def resolve(*, env: str | None, local: bool) -> Target:
    """The environment that the options name, else that of the worker's own variables."""
    if env is not None and local:
        raise click.UsageError("--env and --local exclude each other: pass one of them")
    if env is None and not local:
        return _from_variables(os.environ)
    # Everything that can be wrong with an environment is said there.
    found = commands_target.resolve(endpoint=None, env=env, local=local)
    if found.client is None:
        raise OperatorError(f"{found.api.endpoint} names no table; pass --env or --local")
    sqs = _local_sqs() if env is None else _sqs_of(env)
    flags = "--local" if env is None else shlex.join(["--env", env])
    return of(found.outputs, sqs, found.client(), flags)


def of(outputs: Mapping[str, Any], sqs: SQSClient, dynamodb: DynamoDBClient, flags: str) -> Target:
    """The environment that Terraform's outputs describe."""
    missing = [name for name in _OUTPUTS if not outputs.get(name)]
    if missing:
        raise OperatorError(
            f"the environment has no output {', '.join(missing)}; apply it again with this version"
        )
    queue, dlq, table, ttl = (str(outputs[name]) for name in _OUTPUTS)
    return Target(sqs, dynamodb, queue, dlq, table, ttl, flags)


def _from_variables(environ: Mapping[str, str]) -> Target:
    missing = [name for name in VARIABLES if not environ.get(name)]
    if missing:
        given = len(missing) < len(VARIABLES)
        raise OperatorError(
            f"say which environment: --env NAME or --local, or set {', '.join(VARIABLES)}"
            + (f" (missing: {', '.join(missing)})" if given else "")
        )
    names = [environ[name] for name in VARIABLES]
    # boto3, unlike every other tool, does not read AWS_REGION.
    session = boto3.Session(region_name=environ.get("AWS_REGION") or None)
    sqs = session.client("sqs", config=_PATIENT)
    return Target(sqs, session.client("dynamodb", config=_PATIENT), *names)


def _sqs_of(env: str) -> SQSClient:
    return session_of(read_settings(env)).client("sqs", config=_PATIENT)


def _local_sqs() -> Any:  # noqa: ANN401 - a client whose types are loaded for checks only
    from scripts.stack.clients import sqs_client  # noqa: PLC0415  only --local needs it
    from scripts.stack.stack import LocalStack  # noqa: PLC0415

    stack = LocalStack()
    stack.find()
    return sqs_client(stack)
