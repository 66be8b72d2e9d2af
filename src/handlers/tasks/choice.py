"""Where tasks run, as the function's environment says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from handlers.tasks.task import Task


def start_of(environ: Mapping[str, str]) -> Callable[[Task], str] | None:
    """What starts a task and returns its name; None where tasks are off.

    It raises Rejected or Retryable where a task cannot be started. The process is for the local
    stack alone: a Lambda function is frozen between invocations, and its processes with it.
    """
    if definition := environ.get("TASK_DEFINITION"):
        from handlers.tasks import ecs  # noqa: PLC0415 - the other one needs no AWS

        cluster = ecs.Cluster(
            arn=environ["TASK_CLUSTER"],
            definition=definition,
            subnets=environ["TASK_SUBNETS"].split(","),
            security_groups=environ["TASK_SECURITY_GROUPS"].split(","),
            public_ip=environ.get("TASK_PUBLIC_IP") == "true",
        )
        return cluster.start
    if source := environ.get("TASK_SOURCE"):
        from handlers.tasks import process  # noqa: PLC0415 - ECS needs no subprocess

        return lambda task: process.start(task, source)
    return None
