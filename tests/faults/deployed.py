"""The dev environment with a FIFO queue, as Terraform deploys it, spoken to over HTTP."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from command_api.domain.envelope import resolved
from scripts.commands.api import CommandsApi
from scripts.stack.deployment import Deployment
from tests.faults.scenarios import Limits
from tests.faults.stage import MAX_ATTEMPTS, Stage
from tests.local.aws import Queue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.faults.scenarios import Planned

_VARIABLES = {
    "commands": {"fifo": True},
    "worker_timeout": Limits().timeout,
    "sqs_max_receive_count": MAX_ATTEMPTS,
    "worker_max_concurrency": 2,
}
_GROUP_HEADER = "x-message-group-id"
_ACCEPTED, _BAD_REQUEST, _OK = 202, 400, 200


@dataclass
class DeployedStage(Stage):
    """The worker has the environment's own grants, and one more: to leave its traces."""

    api: CommandsApi = field(init=False)
    functions: list[str] = field(init=False, default_factory=list)

    def _prepare(self) -> None:
        outputs = Deployment(self.stack, variables=_VARIABLES).apply()
        self.api = CommandsApi(outputs["commands_endpoint"])
        self.queue = Queue(outputs["sqs_queue_url"], outputs["sqs_queue_arn"])
        self.dlq = Queue(outputs["sqs_dlq_url"], outputs["sqs_dlq_arn"])
        self.table = outputs["dynamodb_table_name"]
        self.functions.append(outputs["worker_function_name"])
        self._make_faulty(self.functions[0])
        # Six timeouts, as AWS advises, would make every death of a process a long wait.
        self.aws.client("sqs").set_queue_attributes(
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
        aws = self.aws.client("lambda")
        first = aws.get_function_configuration(FunctionName=self.functions[0])
        name = f"faults-{uuid4().hex[:8]}"
        aws.create_function(
            FunctionName=name,
            Code={"ZipFile": self.code},
            **{part: first[part] for part in ("Runtime", "Handler", "Role", "Timeout")},
            Environment=first["Environment"],
        )
        self.functions.append(name)
        aws.create_event_source_mapping(
            EventSourceArn=self.queue.arn,
            FunctionName=name,
            BatchSize=10,
            FunctionResponseTypes=["ReportBatchItemFailures"],
        )

    def stop(self) -> None:
        """Leave no worker behind."""
        aws = self.aws.client("lambda")
        for name in self.functions:
            for found in aws.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]:
                aws.delete_event_source_mapping(UUID=found["UUID"])
            aws.delete_function(FunctionName=name)

    def dead_letter_messages(self) -> Counter[str]:
        """All are taken out and put back in their order: a group shows its first ones only."""
        sqs, found = self.aws.client("sqs"), list[dict[str, Any]]()
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
        sqs = self.aws.client("sqs")
        answer = sqs.receive_message(
            QueueUrl=self.dlq.url,
            WaitTimeSeconds=0,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            AttributeNames=["All"],
        )
        taken: list[dict[str, Any]] = answer.get("Messages", [])
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

    def _make_faulty(self, function: str) -> None:
        actions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        statement = {
            "Effect": "Allow",
            "Action": actions,
            "Resource": f"arn:aws:dynamodb:*:*:table/{self.traces}",
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.aws.client("iam").put_role_policy(
            RoleName=function, PolicyName="traces", PolicyDocument=document
        )
        aws = self.aws.client("lambda")
        found = aws.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
        variables = {**found, **self.fault_variables()}
        aws.update_function_configuration(
            FunctionName=function, Environment={"Variables": variables}
        )
        faulty = aws.update_function_code(FunctionName=function, ZipFile=self.code, Publish=True)
        aws.update_alias(FunctionName=function, Name="live", FunctionVersion=faulty["Version"])
