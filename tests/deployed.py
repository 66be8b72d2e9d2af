"""What a suite asks of an environment that is deployed, wherever that is.

`pytest tests/e2e --env dev` and `pytest tests/api --env dev` test an applied environment with the
operator's credentials; `--local` tests what `make up` has applied. Both change nothing of it but
its commands. `COMMANDS_TOKEN` is the access token where the API asks for one.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from scripts.build.openapi.choices import environ
from scripts.commands.deployed import TOKEN_VARIABLE
from scripts.errors import OperatorError
from scripts.settings import environment_folder
from scripts.target.options import named
from tests.canary import WatchedApi
from tests.live import ended
from tests.timings import Timings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scripts.target.target import Target

TIMINGS = pytest.StashKey[Timings]()


@dataclass(frozen=True)
class Deployed:
    """An applied environment: its outputs, its API, and clients for what stands behind it."""

    outputs: Mapping[str, Any]
    api: WatchedApi
    client: Callable[[str], Any]

    def ended(self, command_id: str) -> dict[str, Any]:
        """The command once it is terminal."""
        return ended(lambda: self.api.get(command_id).json())

    def depth(self, output: str) -> int:
        """How many messages are in a queue, visible or not; `output` names its URL."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.client("sqs").get_queue_attributes(
            QueueUrl=self.outputs[output], AttributeNames=names
        )
        return sum(int(answer["Attributes"][name]) for name in names)


# What was reached first, and when (epoch).
_REACHED = pytest.StashKey[tuple[Deployed, float]]()


def target(config: pytest.Config) -> Target | None:
    """The environment that `--env` or `--local` names; None where a suite makes its own."""
    try:
        return named(env=config.getoption("--env"), local=config.getoption("--local"))
    except OperatorError as error:
        raise pytest.UsageError(str(error)) from None


def reached(target: Target, config: pytest.Config) -> Deployed:
    """The environment, whose timings this run adds up; ends the run where it is not applied."""
    try:
        (endpoint,) = target.require("commands_endpoint")
    except OperatorError as error:
        pytest.exit(str(error), returncode=1)
    token = os.environ.get(TOKEN_VARIABLE)
    headers = {"authorization": f"Bearer {token}"} if token else {}
    api = WatchedApi(endpoint, headers, timings=config.stash.setdefault(TIMINGS, Timings()))
    there = Deployed(target.outputs, api, target.client)
    config.stash.setdefault(_REACHED, (there, time.time()))
    return there


def measured(config: pytest.Config) -> list[str]:
    """How quick the environment has been in this run, for people; nothing without one."""
    if (timings := config.stash.get(TIMINGS, None)) is None:
        return []
    there, since = config.stash[_REACHED]
    timings.started = list(_waits(there, since))
    return timings.lines()


def _waits(there: Deployed, since: float) -> Iterator[float]:
    """How long each command has waited for its first attempt, as the worker's log says."""
    pages = there.client("logs").get_paginator("filter_log_events")
    group = f"/aws/lambda/{there.outputs['worker_function_name']}"
    for page in pages.paginate(
        logGroupName=group, startTime=int(since * 1000), filterPattern='"Wait"'
    ):
        lines = (json.loads(event["message"]) for event in page["events"])
        yield from (line["Wait"] for line in lines if "Wait" in line)


def mode(target: Target) -> str:
    """How its API takes commands: direct, validated or rest."""
    return environ(environment_folder(target.settings.folder))["API_MODE"]
