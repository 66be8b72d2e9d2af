"""Who hears of the endings of a run, and what they must have heard of them."""

from __future__ import annotations

import contextlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from command_api.domain.model import Status
from scripts.prove.gateways import grant
from scripts.prove.lambdas import function_role, mapped, packaged
from tests.faults.calling import Calling
from tests.faults.direct import DirectStage
from tests.faults.stage import TTL, until_stalled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.scenarios import Scenario
    from tests.faults.stage import Queue, Stage

HEARD_SECONDS = 90.0
_ALLOWED = ["sqs:SendMessage", "dynamodb:*", "events:PutEvents"]


@dataclass
class Listening:
    """A notifier on the stage's table, whose process dies or whose call fails again and again."""

    stage: DirectStage
    # Receivers to be called, if there are any.
    calling: Calling | None = None
    heard: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    ended: dict[str, str] = field(default_factory=dict)
    queue: Queue = field(init=False)
    failures: Queue = field(init=False)

    def __post_init__(self) -> None:
        """Listen from now on."""
        scene = self.stage.scene
        self.failures, self.queue = self.stage.new_queue(), self.stage.new_queue()
        bus = self._bus()
        stream = self.stage.client("dynamodb").update_table(
            TableName=self.stage.table,
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )["TableDescription"]["LatestStreamArn"]
        role_name, role = function_role(scene, _ALLOWED, self.stage.own)
        grant(scene, role_name, "dynamodb:ListStreams", "*")
        notifier, _ = packaged(
            scene,
            role,
            self.stage.code,
            "tests.injected_endings.notifier",
            timeout_seconds=60,
            variables=self._variables(bus),
        )
        # As modules/notifications has it, with small batches, so that there are many calls.
        pattern = {
            "dynamodb": {"NewImage": {"status": {"S": ["COMPLETED", "FAILED", "CANCELLED"]}}}
        }
        mapped(
            scene,
            EventSourceArn=stream,
            FunctionName=notifier,
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
        scene, heard = self.stage.scene, self.heard
        heard_all = until_stalled(
            scene, self._heard_all, lambda: len(heard), "all endings are heard", HEARD_SECONDS
        )
        if not heard_all:
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
        return wrong + (self.calling.contradictions(self.ended) if self.calling else [])

    def lines(self) -> list[str]:
        """What was heard, for people."""
        told = sum(len(events) for events in self.heard.values())
        events = f"endings {len(self.ended)}, heard {len(self.heard)}, in {told} events"
        return [events, *([self.calling.line()] if self.calling else [])]

    def _note_endings(self) -> None:
        pages = self.stage.client("dynamodb").get_paginator("scan")
        for page in pages.paginate(TableName=self.stage.table, ConsistentRead=True):
            for item in page["Items"]:
                status = item.get("status", {}).get("S")
                if status and Status(status).terminal:
                    at = datetime.fromisoformat(item["completedAt"]["S"])
                    moment = round(at.timestamp() * 1000)
                    self.ended[f"{item['id']['S']}/{moment}"] = status

    def _heard_all(self) -> bool:
        sqs = self.stage.client("sqs")
        while messages := self.stage.scene.received(self.queue.url):
            for message in messages:
                event = json.loads(message["Body"])["detail"]
                self.heard[event["id"]].append(event)
                sqs.delete_message(QueueUrl=self.queue.url, ReceiptHandle=message["ReceiptHandle"])
        return self.ended.keys() <= self.heard.keys()

    def _bus(self) -> str:
        """The name of a new bus, from which events of that source go to the queue."""
        scene, events = self.stage.scene, self.stage.client("events")
        name, queue = scene.run.name(), self.queue
        rule, on = {"Name": name, "EventBusName": name}, {"Rule": name, "EventBusName": name}
        scene.temporary.make(
            name,
            lambda: events.create_event_bus(Name=name, Tags=scene.listed_tags),
            lambda: events.delete_event_bus(Name=name),
        )
        pattern = json.dumps({"source": [name]})
        arn = scene.temporary.make(
            f"rule {name}",
            lambda: events.put_rule(**rule, EventPattern=pattern, Tags=scene.listed_tags)[
                "RuleArn"
            ],
            lambda: events.delete_rule(**rule),
        )
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue.arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": arn}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.stage.client("sqs").set_queue_attributes(
            QueueUrl=queue.url, Attributes={"Policy": policy}
        )
        scene.temporary.make(
            f"target of {name}",
            lambda: events.put_targets(**on, Targets=[{"Id": "queue", "Arn": queue.arn}]),
            lambda: events.remove_targets(**on, Ids=["queue"]),
        )
        return name

    def _variables(self, bus: str) -> dict[str, str]:
        return {
            "TTL_ATTRIBUTE": TTL,
            "FAILURE_QUEUE_URL": self.failures.url,
            "PATIENCE_SECONDS": "21600",
            "EVENT_BUS": bus,
            "EVENT_SOURCE": bus,
            "DLQ_URL": self.failures.url,
            "POWERTOOLS_SERVICE_NAME": "faults",
            **(self.calling.notifier_variables() if self.calling else {}),
            **self.stage.fault_variables(),
            "FAULT_TURNS": json.dumps(
                {"SendMessageBatch": 20} if self.calling else {"PutEvents": 6}
            ),
        }


@contextlib.contextmanager
def listening(
    stage: Stage, scenario: Scenario, say: Callable[[str], None]
) -> Iterator[Callable[[], list[str]]]:
    """Those who listen, with their receivers until the end of the run.

    Yields what returns the contradictions in what they have heard so far.
    """
    if not scenario.listening:
        yield list
        return
    assert isinstance(stage, DirectStage)
    calling = Calling(stage) if scenario.here_only else None
    heard = Listening(stage, calling)
    try:
        yield lambda: _told(heard, say)
    finally:
        if calling:
            calling.close()


def _told(heard: Listening, say: Callable[[str], None]) -> list[str]:
    wrong = heard.contradictions()
    for line in [*heard.lines(), *(f"CONTRADICTION {it}" for it in wrong)]:
        say(f"  {line}")
    return wrong
