"""`--queue` means another queue of the same environment, in every tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import pytest

from scripts import cli
from scripts.dlq.deployed import resolve
from scripts.errors import OperatorError
from scripts.target.options import queue_targeted
from tests.targets import aim, target

if TYPE_CHECKING:
    from scripts.target.target import Target

OUTPUTS: dict[str, Any] = {
    "sqs_queue_url": "https://sqs/work",
    "sqs_dlq_url": "https://sqs/dlq",
    "dynamodb_table_name": "commands",
    "dynamodb_ttl_attribute": "expiresAt",
    "worker_function_name": "worker",
    "queues": {
        "slow": {
            "sqs_queue_url": "https://sqs/slow",
            "sqs_dlq_url": "https://sqs/slow-dlq",
            "worker_function_name": "worker-slow",
        }
    },
}


def test_a_queue_has_outputs_of_its_own_and_shares_the_others() -> None:
    """Its command lines name it; the default queue needs no name."""
    default = target(OUTPUTS)
    slow = default.of_queue("slow")
    assert slow.require("sqs_queue_url", "dynamodb_table_name") == ("https://sqs/slow", "commands")
    assert slow.command("dlq", "show").endswith("dlq show --env dev --queue slow")
    assert default.of_queue("default") is default
    assert default.queues == ("default", "slow")


def test_a_queue_that_is_not_there_is_named_with_those_that_are() -> None:
    """Also where an environment has one only."""
    with pytest.raises(OperatorError, match="no queue fast; queues: default, slow"):
        target(OUTPUTS).of_queue("fast")
    with pytest.raises(OperatorError, match=r"no queue slow; queues: default$"):
        target({**OUTPUTS, "queues": {}}).of_queue("slow")


def test_a_tool_is_about_the_queue_of_its_option(monkeypatch: pytest.MonkeyPatch) -> None:
    """And about the default one without it."""
    aim(monkeypatch, target(OUTPUTS))
    seen: list[str] = []

    @click.command()
    @queue_targeted
    def tool(found: Target) -> None:
        seen.append(found.outputs["worker_function_name"])

    assert cli.run(tool, ["--env", "dev", "--queue", "slow"]) == 0
    assert cli.run(tool, ["--env", "dev"]) == 0
    assert cli.run(tool, ["--env", "dev", "--queue", "fast"]) == 1
    assert seen == ["worker-slow", "worker"]


def test_dead_letter_messages_go_back_to_their_own_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """A redrive of a queue's dead-letter queue has that queue as its destination."""
    aim(monkeypatch, target(OUTPUTS))
    found = resolve(env="dev", local=False, queue="slow")
    assert (found.queue_url, found.dlq_url) == ("https://sqs/slow", "https://sqs/slow-dlq")
    assert found.table == "commands"
    assert found.command("redrive").endswith("--env dev --queue slow")
