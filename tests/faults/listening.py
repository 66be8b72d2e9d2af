"""Who hears of the endings of a run, and what they must have heard of them."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from command_api.domain.model import Status
from tests.faults.stage import TTL
from tests.live import eventually

if TYPE_CHECKING:
    from tests.faults.direct import DirectStage
    from tests.local.aws import Queue

HEARD_SECONDS = 90.0
_ALLOWED = {
    "Effect": "Allow",
    "Action": ["sqs:SendMessage", "dynamodb:*", "events:PutEvents"],
    "Resource": "*",
}


@dataclass
class Listening:
    """A notifier on the stage's table, whose process dies or whose call fails again and again."""

    stage: DirectStage
    heard: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    ended: dict[str, str] = field(default_factory=dict)
    queue: Queue = field(init=False)
    failures: Queue = field(init=False)

    def __post_init__(self) -> None:
        """Listen from now on."""
        aws, name = self.stage.aws, f"faults-{uuid4().hex[:8]}"
        self.failures = aws.queue()
        self.queue = self._behind_a_bus(name)
        stream = aws.client("dynamodb").update_table(
            TableName=self.stage.table,
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )["TableDescription"]["LatestStreamArn"]
        aws.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="handlers.notifier",
            Role=aws.role("lambda.amazonaws.com", _ALLOWED),
            Code={"ZipFile": self.stage.code},
            Timeout=10,
            Environment={"Variables": self._variables(name)},
        )
        # As modules/notifications has it, with small batches, so that there are many calls.
        pattern = {
            "dynamodb": {"NewImage": {"status": {"S": ["COMPLETED", "FAILED", "CANCELLED"]}}}
        }
        aws.client("lambda").create_event_source_mapping(
            EventSourceArn=stream,
            FunctionName=name,
            StartingPosition="TRIM_HORIZON",
            BatchSize=10,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            BisectBatchOnFunctionError=True,
            FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]},
            DestinationConfig={"OnFailure": {"Destination": self.failures.arn}},
        )

    def contradictions(self) -> list[str]:
        """What is wrong with what was heard, once everything that has ended so far was."""
        self._note_endings()
        try:
            eventually(self._heard_all, seconds=HEARD_SECONDS)
        except AssertionError:
            unheard = sorted(self.ended.keys() - self.heard.keys())
            return [f"{len(unheard)} endings were not heard: {unheard}"]
        wrong = [f"{one} never ended" for one in self.heard.keys() - self.ended.keys()]
        for ending, events in self.heard.items():
            if any(event != events[0] for event in events):
                wrong.append(f"{ending} was told in different ways")
            if events[0]["status"] != self.ended.get(ending, events[0]["status"]):
                wrong.append(f"{ending} was told as {events[0]['status']}")
        if given_up := self.stage.depth(self.failures):
            wrong.append(f"{given_up} changes were given up")
        return wrong

    def line(self) -> str:
        """What was heard, for people."""
        told = sum(len(events) for events in self.heard.values())
        return f"endings {len(self.ended)}, heard {len(self.heard)}, in {told} events"

    def _note_endings(self) -> None:
        pages = self.stage.aws.client("dynamodb").get_paginator("scan")
        for page in pages.paginate(TableName=self.stage.table):
            for item in page["Items"]:
                status = item.get("status", {}).get("S")
                if status and Status(status).terminal:
                    at = datetime.fromisoformat(item["completedAt"]["S"])
                    moment = round(at.timestamp() * 1000)
                    self.ended[f"{item['id']['S']}/{moment}"] = status

    def _heard_all(self) -> bool:
        sqs = self.stage.aws.client("sqs")
        while messages := sqs.receive_message(QueueUrl=self.queue.url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in messages:
                event = json.loads(message["Body"])["detail"]
                self.heard[event["id"]].append(event)
                sqs.delete_message(QueueUrl=self.queue.url, ReceiptHandle=message["ReceiptHandle"])
        return self.ended.keys() <= self.heard.keys()

    def _behind_a_bus(self, name: str) -> Queue:
        events, queue = self.stage.aws.client("events"), self.stage.aws.queue()
        events.create_event_bus(Name=name)
        pattern = json.dumps({"source": [name]})
        rule = events.put_rule(Name=name, EventBusName=name, EventPattern=pattern)["RuleArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue.arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.stage.aws.client("sqs").set_queue_attributes(
            QueueUrl=queue.url, Attributes={"Policy": policy}
        )
        events.put_targets(
            Rule=name, EventBusName=name, Targets=[{"Id": "queue", "Arn": queue.arn}]
        )
        return queue

    def _variables(self, name: str) -> dict[str, str]:
        return {
            "TTL_ATTRIBUTE": TTL,
            "FAILURE_QUEUE_URL": self.failures.url,
            "PATIENCE_SECONDS": "21600",
            "EVENT_BUS": name,
            "EVENT_SOURCE": name,
            "DLQ_URL": self.failures.url,
            "POWERTOOLS_SERVICE_NAME": name,
            **self.stage.fault_variables(),
        }
