"""A task on ECS with Fargate, its refusals told apart by what the worker must do."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from command_api import Rejected, Retryable
from command_api.aws import client

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.tasks.task import Task

# Of the container, in module `container_task`.
CONTAINER = "task"
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html
LONGEST_OVERRIDES = 8192
_BUSY = {"ThrottlingException", "LimitExceededException", "ServerException"}
_TOO_MANY, _SERVER_ERROR = 429, 500


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Where tasks run, and what they are."""

    arn: str
    # ARN of the task definition's revision.
    definition: str
    subnets: Sequence[str]
    security_groups: Sequence[str]
    # Needed in subnets whose only way out is an internet gateway.
    public_ip: bool

    def start(self, task: Task) -> str:
        """Start the task and return its ARN.

        A call whose answer got lost is repeated by botocore and starts no second task. Another
        hand-over of the same command has another token, so it gets a task of its own: the first
        one can no longer report, and ends at its first try.

        Raises Rejected for an input that is too long, and Retryable where ECS has no room,
        throttles or cannot be reached; other refusals are an operator's to see. No text has the
        token.
        """
        environment = [{"name": key, "value": value} for key, value in task.environment.items()]
        size = sum(len(f"{key}{value}".encode()) + 40 for key, value in task.environment.items())
        if size > LONGEST_OVERRIDES:
            raise Rejected("The input is too long for a task.", code="input_too_long")
        try:
            answer = client("ecs").run_task(
                cluster=self.arn,
                taskDefinition=self.definition,
                launchType="FARGATE",
                count=1,
                clientToken=client_token(task),
                startedBy=started_by(task),
                networkConfiguration={
                    "awsvpcConfiguration": {
                        "subnets": list(self.subnets),
                        "securityGroups": list(self.security_groups),
                        "assignPublicIp": "ENABLED" if self.public_ip else "DISABLED",
                    }
                },
                overrides={"containerOverrides": [{"name": CONTAINER, "environment": environment}]},
            )
        except ClientError as error:
            raise _verdict(error) from None
        except BotoCoreError:
            raise _later("ECS is unreachable, or its response was lost.") from None
        if not answer["tasks"]:
            reasons = ", ".join(str(one.get("reason")) for one in answer.get("failures", []))
            raise _later(f"ECS has started no task: {reasons or 'no reason given'}.")
        return str(answer["tasks"][0]["taskArn"])


def client_token(task: Task) -> str:
    """The same for the same hand-over, and for no other: it tells nothing of the token.

    ECS refuses one that was used with other parameters in the last 24 hours.
    """
    return sha256(f"run-task/{task.command_id}/{task.token}".encode()).hexdigest()


def started_by(task: Task) -> str:
    """The command's id as far as ECS takes it, for `aws ecs list-tasks --started-by`."""
    return re.sub(r"[^A-Za-z0-9/_-]", "_", task.command_id)[:128]


def _verdict(error: ClientError) -> Retryable | ClientError:
    code = error.response["Error"]["Code"]
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if code in _BUSY or status == _TOO_MANY or status >= _SERVER_ERROR:
        return _later(f"ECS is busy ({code}).")
    return error


def _later(text: str) -> Retryable:
    # Spread, so that a burst that was refused does not come back as one.
    return Retryable(text, code="task_not_started", after=30 * random.uniform(1, 3))  # noqa: S311
