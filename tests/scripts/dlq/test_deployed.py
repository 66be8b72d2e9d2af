"""Which environment a command line is about, and what is said where it is none."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from scripts.dlq import __main__ as tool
from scripts.dlq import deployed
from tests.targets import aim, target

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.scripts.dlq.world import Result

    Run = Callable[..., Result]

NAMES = ("q/work", "q/work-dlq", "commands", "gone_at")
OUTPUTS = dict(
    zip(
        ("sqs_queue_url", "sqs_dlq_url", "dynamodb_table_name", "dynamodb_ttl_attribute"),
        NAMES,
        strict=True,
    )
)


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own."""
    for name in deployed.VARIABLES:
        monkeypatch.delenv(name, raising=False)


def names(found: deployed.DeployedQueues) -> tuple[str, ...]:
    """What a target consists of."""
    return (found.queue_url, found.dlq_url, found.table, found.ttl_attribute)


def test_nobody_said_where(run: Run) -> None:
    """The line names all three ways."""
    line = run("show").line
    assert "--env NAME or --local, or set QUEUE_URL, DLQ_URL, TABLE_NAME, TTL_ATTRIBUTE" in line
    assert "missing" not in line


def test_half_of_the_variables_is_not_enough(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is named."""
    monkeypatch.setenv("DLQ_URL", "q/work-dlq")
    assert "(missing: QUEUE_URL, TABLE_NAME, TTL_ATTRIBUTE)" in run("show").line


def test_no_such_environment(run: Run) -> None:
    """Those that there are get named."""
    assert "there is no environments/moon; there are: " in run("show", "--env", "moon").line


def test_two_places_at_once_are_wrong_usage(run: Run) -> None:
    """Pass one."""
    assert run("show", "--env", "dev", "--local").code == 2


def test_no_local_stack(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With how to start it."""
    monkeypatch.setattr("scripts.stack.stack.LocalStack.current", lambda _: None)
    assert "the local stack does not run; run: make up" in run("show", "--local").line


def test_an_environment_of_an_older_version(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its outputs lack something."""
    aim(monkeypatch, target({**OUTPUTS, "sqs_dlq_url": None}))
    line = run("show", "--env", "dev").line
    assert "has no output sqs_dlq_url; apply it again" in line


@pytest.mark.parametrize("options", [{"env": "dev", "local": False}, {"env": None, "local": True}])
def test_an_environment_says_it_all(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its outputs, and a client for each service."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    aim(monkeypatch, target(OUTPUTS, partial(boto3.client, region_name="us-east-1")))
    found = deployed.resolve(**options)
    assert names(found) == NAMES
    assert found.sqs.meta.service_model.service_name == "sqs"
    assert found.command("show") == "python -m scripts.dlq show " + found.flags
    assert found.flags == ("--local" if options["local"] else "--env dev")


def test_the_workers_own_variables_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no Terraform."""
    for name, value in zip(deployed.VARIABLES, NAMES, strict=True):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    found = deployed.resolve(env=None, local=False)
    assert names(found) == NAMES
    assert found.sqs.meta.region_name == "eu-west-1"
    assert found.command("show") == "python -m scripts.dlq show"


@pytest.mark.parametrize("name", tool.dlq.commands)
def test_every_subcommand_has_its_help(name: str, run: Run) -> None:
    """And says how to name the target."""
    result = run(name, "--help")
    assert result.code == 0
    assert "--env" in result.out
