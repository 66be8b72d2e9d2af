"""Alarms and dashboard on a real (emulated) CloudWatch: no drift, and every alarm is heard."""

from __future__ import annotations

import functools
import json
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from scripts.build.terraform.runner import Terraform
from scripts.drill.__main__ import verdict
from scripts.drill.rounds import Drill
from scripts.stack.clients import client
from scripts.stack.process import ROOT
from tests.targets import target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scripts.stack.stack import LocalStack

FOLDER = "tests/integration/terraform/monitoring"


@dataclass(frozen=True)
class Applied:
    """The root of this test after `terraform apply`."""

    terraform: Terraform
    outputs: dict[str, Any]
    client: Callable[[str], Any]


@pytest.fixture(scope="module")
def applied(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    """A copy of the root with its modules, applied to the stack."""
    tree: Path = tmp_path_factory.mktemp("monitoring")
    ignored = shutil.ignore_patterns(".terraform*", "*.tfstate*", "tests")
    shutil.copytree(ROOT / FOLDER, tree / FOLDER, ignore=ignored)
    shutil.copytree(ROOT / "modules", tree / "modules", ignore=ignored)
    shutil.copytree(ROOT / "build", tree / "build")
    terraform = Terraform(tree / FOLDER, dict(os.environ))
    terraform.init()
    terraform.apply()
    yield Applied(terraform, terraform.output(), functools.partial(client, stack))
    terraform.destroy()


def test_a_second_plan_is_empty(applied: Applied) -> None:
    """Alarms, composite alarm, dashboard, topic and key read back as they were written."""
    changes: list[str] = []

    assert applied.terraform.plan_is_empty(on_event=lambda event: changes.append(event.message)), (
        changes
    )


def test_the_dashboard_is_there(applied: Applied) -> None:
    """Its body is the one that the module wrote."""
    name = applied.outputs["dashboard_name"]
    body = applied.client("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"]
    assert [one["type"] for one in json.loads(body)["widgets"]].count("metric") == 16


def test_every_alarm_is_heard(applied: Applied) -> None:
    """The drill rings them all, and leaves nothing behind; there is no API to send requests to."""
    queues = applied.client("sqs").list_queues()["QueueUrls"]

    alarms = sorted(set(applied.outputs["alarm_names"]) - {"api-client-errors"})
    root = target(applied.outputs, applied.client, local=True)
    rings = Drill(root, print, timeout=240).run(alarms)

    assert verdict(rings) == 0
    assert sorted(ring.key for ring in rings) == alarms
    assert {ring.key for ring in rings if ring.way.real} == {
        "command-age",
        "customers-affected",
        "dead-letter-messages",
        "worker-errors",
    }
    assert applied.client("sqs").list_queues()["QueueUrls"] == queues
    wanted = {"TopicArn": applied.outputs["alarm_topic_arn"]}
    subscriptions = applied.client("sns").list_subscriptions_by_topic(**wanted)["Subscriptions"]
    assert [one["Protocol"] for one in subscriptions] == ["email"]
    received = applied.client("sqs").receive_message(QueueUrl=applied.outputs["sqs_dlq_url"])
    assert "Messages" not in received
