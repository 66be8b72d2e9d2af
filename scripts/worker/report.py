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
    cap = "as many batches as the account allows" if state.cap is None else "at most {} batches"
    most = cap.format(state.cap)
    doing = {
        "Enabled": f"takes messages of {deployed.queue_name}, {most} at once",
        "Disabled": f"is paused and takes no messages of {deployed.queue_name}; resumed, {most}"
        " at once",
    }.get(state.name, f"is {state.name}; {most} at once")
    reason = f" (AWS: {state.reason})" if state.reason else ""
    hidden = f"{depth.in_flight} in flight (running, or hidden until their next attempt)"
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
        return f"not known, for lambda:GetFunctionConfiguration says {error_code(error)}"
    paused = known.get("Environment", {}).get("Variables", {}).get("PAUSED_TYPES", "")
    if not paused:
        return (
            'none is paused; to pause one, write worker = { paused_types = ["TYPE"] } into'
            " terraform.tfvars"
        )
    return f"{', '.join(paused.split(','))}: paused, until worker.paused_types names it no more"


def _meanwhile(state: State, depth: Depth, now: datetime) -> str:
    kept = _words(depth.retention)
    lost = f"SQS deletes a message {kept} after it was sent, and that makes no dead-letter message"
    if not state.paused:
        return f"commands beyond that wait in the queue; {lost}"
    until = (now + depth.retention).strftime("%Y-%m-%d %H:%M")
    running = "nothing is in flight" if not depth.in_flight else "batches that run go on"
    return (
        f"commands are accepted and wait; {running}; {lost}: what is sent now lasts until"
        f" {until} UTC, what waits already goes earlier"
    )


def _next_apply(state: State) -> str:
    # tests/integration/test_worker_switches.py asks Terraform.
    resumes = (
        "RESUMES the worker (to keep it paused, write worker = { enabled = false } into"
        " terraform.tfvars first) and "
    )
    keep = (
        "" if state.cap is None else f" (to keep {state.cap}, write it into terraform.tfvars first)"
    )
    return (
        f"terraform apply, or make up, {resumes if state.paused else ''}sets the cap to"
        f" worker_max_concurrency{keep}, whatever else it is about"
    )


def _words(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    size, unit = next((size, unit) for size, unit in _UNITS if not seconds % size)
    return many(seconds // size, unit)
