"""What a suite asks of an environment that is deployed, wherever that is.

`pytest tests/e2e --env dev` and `pytest tests/api --env dev` test an applied environment with the
operator's credentials; `--local` tests what `make up` has applied. Both change nothing of it but
its commands. `COMMANDS_TOKEN` is the access token where the API asks for one.
"""

from __future__ import annotations

import os
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
    from collections.abc import Callable, Mapping

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
    return Deployed(target.outputs, api, target.client)


def mode(target: Target) -> str:
    """How its API takes commands: direct, validated or rest."""
    return environ(environment_folder(target.settings.folder))["API_MODE"]
