"""environments/dev on a local stack, and what tests ask of it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scripts.errors import OperatorError
from scripts.local.__main__ import ON_THIS_MACHINE
from scripts.stack.clients import client
from scripts.stack.deployment import Deployment
from scripts.stack.stack import LocalStack
from tests.canary import WatchedApi
from tests.live import ended, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# Whatever terraform.tfvars chooses: the direct way in, a standard queue, and a validated route.
CHOSEN = {
    **ON_THIS_MACHINE,
    "api": {},
    "commands": {},
    "routes": {"POST /echoes": {"type": "echo"}},
}


@dataclass(frozen=True)
class Environment:
    """An applied environment: its Terraform, its API, and clients for what stands behind it."""

    deployment: Deployment
    outputs: Mapping[str, Any]
    api: WatchedApi

    def client(self, service: str) -> Any:
        """A boto3 client as the account's root."""
        return client(self.deployment.stack, service)

    def ended(self, command_id: str) -> dict[str, Any]:
        """The command once it is terminal."""
        return ended(lambda: self.api.get(command_id).json())

    def depth(self, output: str) -> int:
        """How many messages are in a queue, visible or not; `output` names its URL."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.client("sqs").get_queue_attributes(
            QueueUrl=self.outputs[output], AttributeNames=names
        )
        return sum(int(answer["Attributes"][name]) for name in names)


def apply_or_start_over(deployment: Deployment) -> dict[str, Any]:
    """Apply it; once more, to an empty emulator, where that failed, as its error says."""
    try:
        return deployment.apply()
    except OperatorError:
        deployment.stack.stop()
        deployment.stack.start()
        return deployment.apply()


@contextlib.contextmanager
def applied(folder: Path) -> Iterator[Environment]:
    """environments/dev on a fresh stack whose state this folder keeps."""
    stack = LocalStack(folder, free_port())
    stack.start()
    try:
        deployment = Deployment(stack, variables=CHOSEN)
        outputs = apply_or_start_over(deployment)
        yield Environment(deployment, outputs, WatchedApi(outputs["commands_endpoint"]))
    finally:
        stack.stop()
