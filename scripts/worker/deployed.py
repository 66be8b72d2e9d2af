"""The deployed worker and its queue, as a command line means them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.worker.mapping import Mapping

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient

    from scripts.target.target import Target


@dataclass(frozen=True)
class DeployedWorker:
    """The worker of one target, and the queue that it takes messages from."""

    target: Target
    lambda_: LambdaClient
    sqs: SQSClient
    function: str
    queue_url: str
    queue_arn: str
    package_sha256: str | None = None  # what the last apply deployed; older versions do not say

    @property
    def queue(self) -> str:
        """The name of the queue among those of the environment."""
        return self.target.queue or "default"

    @property
    def queue_name(self) -> str:
        """What the queue is called."""
        return self.queue_arn.rpartition(":")[2]

    def mapping(self, seconds: float = 0) -> Mapping:
        """What hands the queue's messages to the worker; changes are waited for so long."""
        return Mapping(self.lambda_, self.function, self.queue_arn, self.target.flags, seconds)

    def command(self, verb: str, *words: str) -> str:
        """A command line about the same worker, to be copied by the operator."""
        return self.target.command("worker", verb, *words)


def worker_of(target: Target) -> DeployedWorker:
    """The worker that the target's outputs describe; OperatorError where they do not."""
    function, url, arn = target.require("worker_function_name", "sqs_queue_url", "sqs_queue_arn")
    lambda_, sqs = target.client("lambda"), target.client("sqs")
    deployed = target.outputs.get("package_sha256")
    return DeployedWorker(target, lambda_, sqs, function, url, arn, deployed)
