"""The dev environment with a FIFO queue, as Terraform deploys it, spoken to over HTTP."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from command_api.domain.envelope import resolved
from scripts.commands.api import CommandsApi
from scripts.prove.gateways import grant
from scripts.prove.lambdas import mapped, packaged, settled
from tests.faults.stage import MAX_ATTEMPTS, Queue, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.faults.scenarios import Planned

_VARIABLES = {
    "commands": {"fifo": True},
    "sqs_max_receive_count": MAX_ATTEMPTS,
    "worker_max_concurrency": 2,
}
_GROUP_HEADER = "x-message-group-id"
_ACCEPTED, _BAD_REQUEST, _OK = 202, 400, 200


@dataclass
class DeployedStage(Stage):
    """The worker has the environment's own grants, and one more: to leave its traces."""

    api: CommandsApi = field(init=False)
    function: str = field(init=False)

    def _prepare(self) -> None:
        outputs = self.ground.deployed(self.scene, _VARIABLES).outputs
        self.api = CommandsApi(outputs["commands_endpoint"])
        self.queue = Queue(outputs["sqs_queue_url"], outputs["sqs_queue_arn"])
        self.dlq = Queue(outputs["sqs_dlq_url"], outputs["sqs_dlq_arn"])
        self.table = outputs["dynamodb_table_name"]
        self.function = outputs["worker_function_name"]
        self._make_faulty()
        # Six timeouts, as AWS advises, would make every death of a process a long wait.
        self.client("sqs").set_queue_attributes(
            QueueUrl=self.queue.url,
            Attributes={"VisibilityTimeout": str(self.limits.visibility)},
        )

    def send(self, commands: Iterable[Planned]) -> Sequence[Planned]:
        """Submit commands over HTTP: `plain` ones by POST, which gives them their ids."""
        assert self.api.post("{}").status == _BAD_REQUEST, "a FIFO queue needs a group"
        return [self._post(one) if one.kind == "plain" else self._put(one) for one in commands]

    def repeat(self, commands: Iterable[Planned]) -> None:
        """Submit them again under their ids, by which SQS knows them."""
        for command in commands:
            self._put(command)

    def cancel(self, command_id: str) -> None:
        """DELETE the command."""
        assert self.api.cancel(command_id).status == _OK

    def start(self) -> None:
        """Start a second worker: the emulator gives a mapping of a FIFO queue one batch a time.

        Terraform's own mapping has been at work since the first command was there.
        """
        first = self.client("lambda").get_function_configuration(FunctionName=self.function)
        second, _ = packaged(
            self.scene,
            first["Role"],
            self.code,
            first["Handler"],
            timeout_seconds=first["Timeout"],
            variables=first["Environment"]["Variables"],
        )
        mapped(
            self.scene,
            EventSourceArn=self.queue.arn,
            FunctionName=second,
            BatchSize=10,
            FunctionResponseTypes=["ReportBatchItemFailures"],
        )

    def dead_letter_messages(self) -> Counter[str]:
        """All are taken out and put back in their order: a group shows its first ones only."""
        sqs, found = self.client("sqs"), list[dict[str, Any]]()
        while taken := self._take():
            found += taken
        for message in found:
            sqs.send_message(
                QueueUrl=self.dlq.url,
                MessageBody=message["Body"],
                MessageAttributes=message["MessageAttributes"],
                MessageGroupId=message["Attributes"]["MessageGroupId"],
                MessageDeduplicationId=uuid4().hex,
            )
        return Counter(one["MessageAttributes"]["command_id"]["StringValue"] for one in found)

    def _take(self) -> list[dict[str, Any]]:
        sqs, taken = self.client("sqs"), self.scene.received(self.dlq.url)
        for message in taken:
            # One that SQS moved refers to the deduplication id, which it loses here.
            message["MessageAttributes"] = resolved(
                message["MessageAttributes"], message["Attributes"]
            )
            sqs.delete_message(QueueUrl=self.dlq.url, ReceiptHandle=message["ReceiptHandle"])
        return taken

    def _post(self, command: Planned) -> Planned:
        answer = self.api.post(command.body, **{_GROUP_HEADER: command.group})
        assert answer.status == _ACCEPTED, answer
        return replace(command, id=answer.headers["x-command-id"])

    def _put(self, command: Planned) -> Planned:
        answer = self.api.put(command.id, command.body, **{_GROUP_HEADER: command.group})
        assert answer.status == _ACCEPTED, answer
        return command

    def _make_faulty(self) -> None:
        actions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        here = {"TableName": self.traces}
        traces = self.client("dynamodb").describe_table(**here)["Table"]["TableArn"]
        worker = {"FunctionName": self.function}
        aws = self.client("lambda")
        found = aws.get_function_configuration(**worker)
        grant(self.scene, found["Role"].rpartition("/")[2], actions, traces)
        variables = {**found["Environment"]["Variables"], **self.fault_variables()}
        # The handlers that ship could do nothing in so short a time, and Terraform would refuse it.
        aws.update_function_configuration(
            **worker, Timeout=self.limits.timeout, Environment={"Variables": variables}
        )
        settled(self.scene, self.function)
        faulty = aws.update_function_code(**worker, ZipFile=self.code, Publish=True)
        settled(self.scene, self.function)
        aws.update_alias(**worker, Name="live", FunctionVersion=faulty["Version"])
