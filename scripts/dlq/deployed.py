"""Which environment a command line is about: its queue, dead-letter queue and table."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from scripts import cli
from scripts.aws_session import PATIENT, session_of
from scripts.errors import OperatorError
from scripts.target.options import named, unnamed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

# The worker's own variables, in this order: queue, dead-letter queue, table, time to live.
VARIABLES = ("QUEUE_URL", "DLQ_URL", "TABLE_NAME", "TTL_ATTRIBUTE")
_OUTPUTS = ("sqs_queue_url", "sqs_dlq_url", "dynamodb_table_name", "dynamodb_ttl_attribute")


@dataclass(frozen=True)
class DeployedQueues:
    """Queue, dead-letter queue and table of an environment; `flags` name it on a command line."""

    sqs: SQSClient
    dynamodb: DynamoDBClient
    queue_url: str
    dlq_url: str
    table: str
    ttl_attribute: str
    flags: str = ""

    # What the tool calls sending messages back: that it goes on, and that it is done.
    redriving: ClassVar[str] = "Redriving"
    redrove: ClassVar[str] = "redrove"

    def command(self, verb: str, *words: str) -> str:
        """A command line about the same environment, to be copied by the operator."""
        return cli.command_line("dlq", verb, *words, flags=self.flags)


def resolve(*, env: str | None, local: bool, queue: str = "default") -> DeployedQueues:
    """The environment that the options name, else that of the worker's own variables."""
    target = named(env=env, local=local)
    if target is None:
        return _from_variables(os.environ)
    target = target.of_queue(queue)
    target.require(*_OUTPUTS)
    return of(target.outputs, target.client("sqs"), target.client("dynamodb"), target.flags)


def of(
    outputs: Mapping[str, Any], sqs: SQSClient, dynamodb: DynamoDBClient, flags: str
) -> DeployedQueues:
    """The environment that Terraform's outputs describe."""
    queue, dlq, table, ttl = (str(outputs[name]) for name in _OUTPUTS)
    return DeployedQueues(sqs, dynamodb, queue, dlq, table, ttl, flags)


def _from_variables(environ: Mapping[str, str]) -> DeployedQueues:
    missing = [name for name in VARIABLES if not environ.get(name)]
    if missing:
        given = len(missing) < len(VARIABLES)
        raise OperatorError(
            unnamed(f"set {', '.join(VARIABLES)}")
            + (f" (missing: {', '.join(missing)})" if given else "")
        )
    names = [environ[name] for name in VARIABLES]
    session = session_of(None)
    sqs = session.client("sqs", config=PATIENT)
    return DeployedQueues(sqs, session.client("dynamodb", config=PATIENT), *names)
