"""What the operator is told: the state, what it means for messages, what an apply does to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click
from botocore.exceptions import ClientError

from scripts.aws_errors import error_code
from scripts.cli import many

if TYPE_CHECKING:
    from scripts.worker.deployed import DeployedWorker
    from scripts.worker.mapping import State

_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


@dataclass(frozen=True)
class Depth:
    """How many messages a queue has, as far as SQS knows, and for how long it keeps them."""

    waiting: int
    in_flight: int
    delayed: int
    retention: timedelta


def show(deployed: DeployedWorker, state: State) -> None:
    """Print all of it on standard output, a line each, and the next command beside it."""
    depth = _depth(deployed)
    for line in _lines(deployed, state, depth, datetime.now(UTC)):
        click.echo(line)
    click.echo(f"types: {_types(deployed, state)}")
    click.echo(f"account: {_account(deployed, state)}")
    if others := [name for name in deployed.target.queues if name != deployed.queue]:
        click.echo(f"other queues: --queue {' | '.join(others)}")
    if state.paused:
        click.echo(f"next: {deployed.command('resume')}", err=True)


def _depth(deployed: DeployedWorker) -> Depth:
    known = deployed.sqs.get_queue_attributes(QueueUrl=deployed.queue_url, AttributeNames=["All"])[
        "Attributes"
    ]
    return Depth(
        waiting=int(known["ApproximateNumberOfMessages"]),
        in_flight=int(known["ApproximateNumberOfMessagesNotVisible"]),
        delayed=int(known["ApproximateNumberOfMessagesDelayed"]),
        retention=timedelta(seconds=int(known["MessageRetentionPeriod"])),
    )


def _lines(deployed: DeployedWorker, state: State, depth: Depth, now: datetime) -> list[str]:
    cap = "no limit on concurrent batches" if state.cap is None else "at most {} batches"
    most = cap.format(state.cap)
    doing = {
        "Enabled": f"receives from {deployed.queue_name}; {most}",
        "Disabled": f"is paused and does not receive from {deployed.queue_name}; once resumed,"
        f" {most}",
    }.get(state.name, f"is {state.name}; {most}")
    reason = f" (AWS: {state.reason})" if state.reason else ""
    hidden = f"{depth.in_flight} in flight (running or waiting for a retry)"
    return [
        f"state: {deployed.function} {doing}{reason}",
        f"queue: {depth.waiting} waiting, {hidden}, {depth.delayed} delayed",
        f"meanwhile: {_meanwhile(state, depth, now)}",
        f"next apply: {_next_apply(state)}",
    ]


def _types(deployed: DeployedWorker, state: State) -> str:
    try:
        # Of the version that takes the messages: a rollback brings its own variables along.
        known = deployed.lambda_.get_function_configuration(FunctionName=state.function_arn)
    except ClientError as error:
        # The switches above work without this permission, so it fails nothing.
        return f"unknown: lambda:GetFunctionConfiguration failed with {error_code(error)}"
    paused = known.get("Environment", {}).get("Variables", {}).get("PAUSED_TYPES", "")
    if not paused:
        return (
            'none paused; to pause one, set worker = { paused_types = ["TYPE"] } in'
            " terraform.tfvars"
        )
    return (
        f"{', '.join(paused.split(','))}: paused; to resume, remove it from worker.paused_types"
        " and apply"
    )


def _account(deployed: DeployedWorker, state: State) -> str:
    try:
        known = deployed.lambda_.get_account_settings()["AccountLimit"]
    except ClientError as error:
        return f"unknown: lambda:GetAccountSettings failed with {error_code(error)}"
    # Functions with a reserved concurrency have theirs; the others share what is left.
    shared = known["UnreservedConcurrentExecutions"]
    if state.cap is not None and state.cap < shared:
        return f"{many(shared, 'concurrent execution')}, shared with other functions"
    return (
        f"{many(shared, 'concurrent execution')}, which the worker may use up: the API's functions"
        f" then answer 5xx. Lower worker_max_concurrency below {shared}, or request a higher quota"
        " (L-B99A9384)"
    )


def _meanwhile(state: State, depth: Depth, now: datetime) -> str:
    kept = _words(depth.retention)
    lost = f"SQS deletes messages {kept} after they were sent, without a dead-letter message"
    if not state.paused:
        return f"further commands wait in the queue; {lost}"
    until = (now + depth.retention).strftime("%Y-%m-%d %H:%M")
    running = "nothing is in flight" if not depth.in_flight else "running batches finish"
    return (
        f"commands are accepted and wait; {running}; {lost}. Messages sent now are kept until"
        f" {until} UTC, older ones expire earlier"
    )


def _next_apply(state: State) -> str:
    # tests/integration/test_worker_switches.py asks Terraform.
    resumes = (
        "RESUMES the worker (to keep it paused, first set worker = { enabled = false } in"
        " terraform.tfvars) and "
    )
    keep = "" if state.cap is None else f" (to keep {state.cap}, set it in terraform.tfvars first)"
    return (
        f"terraform apply, or make up, {resumes if state.paused else ''}sets the cap to"
        f" worker_max_concurrency{keep}, even if nothing else changed"
    )


def _words(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    size, unit = next((size, unit) for size, unit in _UNITS if not seconds % size)
    return many(seconds // size, unit)
