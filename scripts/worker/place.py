"""Which worker and which queue a command line is about."""

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
from scripts.worker.mapping import Mapping

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient

_OUTPUTS = ("worker_function_name", "sqs_queue_url", "sqs_queue_arn")
_PATIENT = Config(connect_timeout=5, read_timeout=25, retries={"mode": "standard"})


@dataclass(frozen=True)
class Place:
    """One deployed environment; `flags` name it on a command line, `env` is its folder if any."""

    lambda_: LambdaClient
    sqs: SQSClient
    function: str
    queue_url: str
    queue_arn: str
    flags: str
    env: str | None = None
    package_sha256: str | None = None  # what the last apply deployed; older versions do not say

    @property
    def queue_name(self) -> str:
        """What the queue is called."""
        return self.queue_arn.rpartition(":")[2]

    def mapping(self, seconds: float = 0) -> Mapping:
        """What hands the queue's messages to the worker; changes are waited for so long."""
        return Mapping(self.lambda_, self.function, self.queue_arn, self.flags, seconds)

    def command(self, verb: str, *words: str) -> str:
        """A command line about the same place, to be copied by the operator."""
        return shlex.join(["python", "-m", "scripts.worker", verb, *words, *self.flags.split()])


def resolve(*, env: str | None, local: bool) -> Place:
    """The place that the options name."""
    if (env is None) != local:
        raise click.UsageError("say which worker: --env NAME or --local, one of them")
    # Everything that can be wrong with an environment is said there.
    outputs = target.resolve(endpoint=None, env=env, local=local).outputs
    missing = [name for name in _OUTPUTS if not outputs.get(name)]
    if missing:
        raise OperatorError(
            f"the environment has no output {', '.join(missing)}; apply it again with this version"
        )
    lambda_, sqs = _local_clients() if env is None else _clients_of(env)
    flags = "--local" if env is None else shlex.join(["--env", env])
    function, url, arn = (str(outputs[name]) for name in _OUTPUTS)
    deployed = outputs.get("package_sha256")
    return Place(lambda_, sqs, function, url, arn, flags, env, deployed)


def _clients_of(env: str) -> tuple[LambdaClient, SQSClient]:
    session = session_of(read_settings(env))
    return session.client("lambda", config=_PATIENT), session.client("sqs", config=_PATIENT)


def _local_clients() -> tuple[Any, Any]:  # clients whose types are loaded for checks only
    from scripts.stack.clients import lambda_client, sqs_client  # noqa: PLC0415  only --local
    from scripts.stack.stack import LocalStack  # noqa: PLC0415

    stack = LocalStack()
    stack.find()
    return lambda_client(stack), sqs_client(stack)
