"""What is deployed on the local stack right now, found again after each apply."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scripts.commands.api import CommandsApi
from scripts.dlq import deployed as queues
from scripts.errors import OperatorError
from scripts.local.dashboard import contract
from scripts.schedules import deployed as schedules
from scripts.stack import clients
from scripts.stack.deployment import last_applied
from scripts.worker.mapping import Mapping

if TYPE_CHECKING:
    import collections.abc

    from mypy_boto3_cloudwatch import CloudWatchClient

    from scripts.dlq.deployed import DeployedQueues
    from scripts.local.dashboard.contract import Contract
    from scripts.schedules.deployed import DeployedSchedules
    from scripts.stack.deployment import Deployment
    from scripts.stack.stack import LocalStack


@dataclass(frozen=True)
class Deployed:
    """One deployment: its API, its queues and table, its worker.

    `stack` names the emulator that it is on, `version` the apply that made it what it is.
    """

    stack: str
    version: str
    environment: str
    api: CommandsApi
    contract: Contract
    target: DeployedQueues
    worker: str
    mapping: Mapping
    cloudwatch: CloudWatchClient
    # Address of the WebSocket API, empty without live push.
    push_url: str = ""
    # Recurring ones, of which most deployments have none.
    schedules: DeployedSchedules | None = None
    # Queues beside the default one by name, with their outputs; and the table of batches, or "".
    queues: collections.abc.Mapping[str, Any] = field(default_factory=dict)
    batches_table: str = ""


class Finder:
    """Finds the deployment, and asks Terraform only where it may have changed."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._lock = threading.Lock()
        self._found: Deployed | None = None

    def __call__(self) -> Deployed:
        """The deployment; OperatorError says what to run where there is none."""
        with self._lock:
            current = self._stack.current()
            if current is None:
                how = "is not running" if self._found is None else "stopped"
                raise OperatorError(f"the local stack {how}; run: make up")
            self._stack.port = current.port
            deployment = last_applied(self._stack)
            on_stack, applied = deployment.version()
            version = f"{on_stack}@{applied}"
            if self._found is None or self._found.version != version:
                self._found = self._look(deployment, on_stack, version)
            return self._found

    def _look(self, deployment: Deployment, on_stack: str, version: str) -> Deployed:
        outputs = deployment.outputs()
        impatient = clients.IMPATIENT
        try:
            endpoint, worker = outputs["commands_endpoint"], outputs["worker_function_name"]
            queue_arn = outputs["sqs_queue_arn"]
            target = queues.of(
                outputs,
                clients.sqs_client(self._stack, impatient),
                clients.dynamodb_client(self._stack, impatient),
                "--local",
            )
            known = schedules.of(
                outputs,
                clients.client(self._stack, "scheduler", impatient),
                clients.dynamodb_client(self._stack, impatient),
                "--local",
                "make up",
            )
        except KeyError as error:
            raise OperatorError(f"the deployment has no output {error} yet; run: make up") from None
        return Deployed(
            stack=on_stack,
            version=version,
            environment=deployment.environment,
            api=CommandsApi(endpoint),
            contract=contract.ask(endpoint),
            target=target,
            worker=worker,
            mapping=Mapping(
                clients.lambda_client(self._stack, impatient), worker, queue_arn, "--local", 0
            ),
            cloudwatch=clients.cloudwatch_client(self._stack, impatient),
            push_url=(outputs.get("notifications") or {}).get("push_url") or "",
            schedules=known,
            queues=outputs.get("queues") or {},
            # modules/naming gives the table the name of the function that shows batches.
            batches_table=(outputs.get("functions") or {}).get("batches", {}).get("name", ""),
        )
