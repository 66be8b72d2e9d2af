"""How the condition of an alarm is brought about: for real where that is possible."""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from scripts.commands.api import CommandsApi
from scripts.errors import OperatorError
from scripts.framework import envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scripts.target.target import Target

    Undo = Callable[[], None]

# A crash is answered when the invocation has ended.
_PATIENT = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard"})
_LOOKS = 20
_MOST = 10
_SAMPLES = 1000
_DEFAULT_REQUESTS = 20


@dataclass(frozen=True)
class Way:
    """What is done, in words for the table, and the function that does it and tells how to undo."""

    words: str
    do: Callable[[Target, Mapping[str, Any]], Undo]
    real: bool = True


def dead_letter(target: Target, _alarm: Mapping[str, Any]) -> Undo:
    """Put a message into the dead-letter queue, as the worker does after the last attempt."""
    sqs, url, command_id = (
        target.client("sqs"),
        target.outputs["sqs_dlq_url"],
        f"drill-{uuid.uuid4()}",
    )
    fifo = {"MessageGroupId": command_id, "MessageDeduplicationId": command_id}
    sqs.send_message(
        QueueUrl=url,
        MessageBody='{"type": "drill", "input": {}}',
        MessageAttributes=envelope.attributes(command_id),
        **(fifo if url.endswith(".fifo") else {}),
    )

    def undo() -> None:
        """Take out this one, and show all others again at once."""
        others, found = [], False
        for _ in range(_LOOKS):
            answer = sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=_MOST,
                MessageAttributeNames=[envelope.COMMAND_ID],
                VisibilityTimeout=60,
                WaitTimeSeconds=1,
            )
            for message in answer.get("Messages", []):
                handle = message["ReceiptHandle"]
                named = message.get("MessageAttributes", {})
                if envelope.value(named, envelope.COMMAND_ID) == command_id:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
                    found = True
                else:
                    others.append(handle)
            if found:
                break
        for handle in others:
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
        if not found:
            raise OperatorError(
                f"the dead-letter message {command_id} of the alarm test was not found; redrive it,"
                f" which is harmless: python -m scripts.dlq redrive --apply --id {command_id}"
                f" {target.flags}"
            )

    return undo


def crash(target: Target, _alarm: Mapping[str, Any]) -> Undo:
    """Invoke the worker with an event that no queue sends: it crashes and touches no command."""
    name = target.outputs["worker_function_name"]
    answer = target.client("lambda", _PATIENT).invoke(FunctionName=name, Payload=b"{}")
    if "FunctionError" not in answer:
        raise OperatorError(f"{name} did not crash on an event without records; see: make logs")
    return _nothing


def bad_requests(target: Target, alarm: Mapping[str, Any]) -> Undo:
    """Ask for a command that nobody knows, as often as it takes to count."""
    found = re.search(r">= (\d+)", _expression(alarm))
    needed = int(found[1]) if found else _DEFAULT_REQUESTS
    api = CommandsApi(target.outputs["commands_endpoint"])
    # More than enough for a minute that has begun with good requests.
    for _ in range(2 * needed):
        api.get(f"drill-{uuid.uuid4()}")
    return _nothing


def late_commands(target: Target, alarm: Mapping[str, Any]) -> Undo:
    """Write the metric of commands that ended too late, in every minute that is looked at."""
    metric = next(
        one["MetricStat"]["Metric"]
        for one in alarm["Metrics"]
        if one.get("MetricStat", {}).get("Stat", "").startswith("p")
    )
    cloudwatch, now = target.client("cloudwatch"), time.time()
    for minute in range(int(alarm["EvaluationPeriods"]) + 1):
        datum = {
            "MetricName": metric["MetricName"],
            "Dimensions": metric["Dimensions"],
            "Timestamp": now - 60 * minute,
            "Values": [float(alarm["Threshold"]) + 1],
            "Counts": [float(_SAMPLES)],
            "Unit": "Seconds",
        }
        cloudwatch.put_metric_data(Namespace=metric["Namespace"], MetricData=[datum])
    return _nothing


def state(target: Target, alarm: Mapping[str, Any]) -> Undo:
    """Say that the alarm rings; CloudWatch judges it anew within a minute."""
    target.client("cloudwatch").set_alarm_state(
        AlarmName=alarm["AlarmName"], StateValue="ALARM", StateReason="make drill"
    )
    return _nothing


def child(_target: Target, _alarm: Mapping[str, Any]) -> Undo:
    """Do nothing: another alarm of the drill makes this one ring."""
    return _nothing


STATE = Way("SetAlarmState", state, real=False)
WAYS = {
    "dead-letter-messages": Way("a dead-letter message", dead_letter),
    "worker-errors": Way("a crash of the worker", crash),
    "api-client-errors": Way("requests for unknown commands", bad_requests),
    "command-age": Way("the metric of late commands", late_commands),
    "customers-affected": Way("an alarm that it contains", child),
}


def way_of(key: str, *, states_only: bool) -> Way:
    """How that alarm is set off."""
    way = WAYS.get(key, STATE)
    return STATE if states_only and way.do is not child else way


def _expression(alarm: Mapping[str, Any]) -> str:
    return " ".join(one.get("Expression") or "" for one in alarm.get("Metrics", ()))


def _nothing() -> None:
    """Nothing to undo: it passes."""
