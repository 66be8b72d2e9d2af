"""Everything that the page shows, at one moment."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from scripts.commands.board import QUEUED
from scripts.dlq.queue import Queue
from scripts.errors import OperatorError
from scripts.framework import history, model, records, view
from scripts.local.dashboard import batched, scheduled, waiting
from scripts.stored_commands import StoredCommands

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_cloudwatch import CloudWatchClient

    from scripts.local.dashboard.deployed import Deployed
    from scripts.local.dashboard.submitted import Memory, Submitted
    from scripts.stored_commands import StoredCommand

# By default there is no index by time, and a scan reads the whole table: on a laptop that is right
# for a small one, so it is read up to here and no further.
MOST_READ = 1000
MOST_SHOWN = 100
LATELY = timedelta(minutes=5)
# What CloudWatch calls them for an HTTP API and for a REST API.
_METRICS = {
    "Count": "requests",
    "4xx": "clientErrors",
    "5xx": "serverErrors",
    "4XXError": "clientErrors",
    "5XXError": "serverErrors",
}


def look(deployed: Deployed, memory: Memory) -> dict[str, Any]:
    """The way of the commands from left to right, and the newest of them."""
    target = deployed.target
    stored = StoredCommands(target)
    known, whole = stored.scan(MOST_READ)
    submitted = memory.all(deployed.stack)
    rows = [*map(_row, known), *_queued(stored, submitted, {one.command.id for one in known})]
    for row in rows:
        if row["type"] == "-" and row["id"] in submitted:
            row["type"] = submitted[row["id"]].type
    rows.sort(key=lambda row: (row["createdAt"], row["id"]), reverse=True)
    queue, dlq = Queue(target.sqs, target.queue_url), Queue(target.sqs, target.dlq_url)
    counted = Counter(row["status"] for row in rows)
    depth, dead = queue.depth(), dlq.depth()
    queues = waiting.rows(deployed)
    others = [one for one in queues if one["name"] != waiting.DEFAULT and not one["problem"]]
    now = datetime.now(UTC)
    return {
        "version": deployed.version,
        "now": records.moment(now),
        "environment": deployed.environment,
        # A connection needs the same token as the API, which the page does not have.
        "pushUrl": "" if deployed.contract.closed else deployed.push_url,
        "api": {"endpoint": deployed.api.endpoint, **_traffic(deployed.cloudwatch)},
        # Of all queues, as the other stages.
        "queue": {
            "name": queue.name,
            "waiting": depth.visible + sum(one["waiting"] for one in others),
            "taken": depth.hidden + sum(one["taken"] for one in others),
        },
        "worker": _worker(deployed),
        "table": {
            "name": target.table,
            "read": len(known),
            "whole": whole,
            # All of them, in the order of a command's life.
            "counts": {status: counted[status] for status in (QUEUED, *model.Status)},
        },
        # The page redrives the default queue's; the others' are listed by queue.
        "dlq": {
            "name": dlq.name,
            "messages": dead.visible + dead.hidden + sum(one["deadLetters"] for one in others),
            "redrivable": dead.visible + dead.hidden,
        },
        "queues": queues,
        "batches": batched.rows(target.dynamodb, deployed.batches_table, now=now),
        "schedules": scheduled.rows(deployed.schedules, now=now),
        "commands": rows[:MOST_SHOWN],
    }


def _row(known: StoredCommand) -> dict[str, Any]:
    command = known.command
    error = command.failure
    return {
        "id": command.id,
        "type": command.type or "-",
        "status": command.status.value,
        "attempts": command.attempts,
        "maxAttempts": command.max_attempts,
        "createdAt": records.moment(command.created_at),
        "updatedAt": records.moment(command.changed_at),
        "progress": command.progress
        and {"share": command.progress.share, "note": command.progress.note},
        "handedOver": view.handed_over_of(command),
        "error": error
        and {"code": error.code, "message": error.message, "retryable": error.retryable},
        "history": history.shown(command),
        "cancellable": not command.status.terminal
        and command.status is not model.Status.CANCELLING,
        "redrivable": command.status is model.Status.FAILED and bool(error and error.retryable),
    }


def _queued(
    stored: StoredCommands, submitted: Mapping[str, Submitted], read: set[str]
) -> Iterable[dict[str, Any]]:
    # Not all of the table may have been read.
    missing = submitted.keys() - read
    missing -= stored.find(missing).keys()
    for one in (submitted[key] for key in missing):
        yield {
            "id": one.id,
            "type": one.type,
            "status": QUEUED,
            "attempts": 0,
            "maxAttempts": 0,
            "createdAt": records.moment(one.at),
            "updatedAt": records.moment(one.at),
            "progress": None,
            "handedOver": None,
            "error": None,
            "history": [],
            "cancellable": True,
            "redrivable": False,
        }


def _worker(deployed: Deployed) -> dict[str, Any]:
    try:
        state = deployed.mapping.look()
    except OperatorError as error:
        return {"name": deployed.worker, "paused": True, "cap": None, "problem": str(error)}
    return {"name": deployed.worker, "paused": state.paused, "cap": state.cap, "problem": ""}


def _traffic(client: CloudWatchClient) -> dict[str, int]:
    """What the API was asked lately, as CloudWatch counts it: submitting and everything else."""
    now = datetime.now(UTC)
    sums = Counter(dict.fromkeys(_METRICS.values(), 0))
    for page in client.get_paginator("list_metrics").paginate(Namespace="AWS/ApiGateway"):
        for metric in page["Metrics"]:
            name = metric["MetricName"]
            if name not in _METRICS:
                continue
            answer = client.get_metric_statistics(
                Namespace="AWS/ApiGateway",
                MetricName=name,
                Dimensions=[
                    {"Name": one["Name"], "Value": one["Value"]} for one in metric["Dimensions"]
                ],
                StartTime=now - LATELY,
                EndTime=now + timedelta(minutes=1),
                Period=60,
                Statistics=["Sum"],
            )
            sums[_METRICS[name]] += int(sum(point["Sum"] for point in answer["Datapoints"]))
    return sums
