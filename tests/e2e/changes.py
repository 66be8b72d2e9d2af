"""Changing a live environment, and what every change must leave as it was."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.live import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scripts.build.terraform.diagnostics import Event
    from tests.environment import Environment

STATEFUL = (".aws_sqs_queue.", ".aws_dynamodb_table.", ".aws_s3_bucket.", ".aws_secretsmanager_")
# What is optional takes its own data with it.
OWN_DATA = (
    *("module.examples.", "module.notifications.", "module.queue.aws_sqs_queue.unsent"),
    *("module.queues.", "module.api.module.batches"),
)
DESTROYS = {"delete", "replace", "remove", "forget"}
KEPT = ("sqs_queue_url", "sqs_dlq_url", "dynamodb_table_name", "results_bucket_name")
ENDED_SECONDS = 120


def applied(environment: Environment, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs with these settings beside the environment's own.

    The apply succeeds at once and keeps all that holds data; a second plan is empty.
    """
    before = environment.deployment
    changed = replace(before, variables={**before.variables, **settings})
    destroyed: list[str] = []

    def note(event: Event) -> None:
        if event.kind == "planned_change" and not event.address.startswith(OWN_DATA):
            holds_data = any(kind in event.address for kind in STATEFUL)
            if holds_data and event.action in DESTROYS:
                destroyed.append(event.address)

    outputs = changed.apply(note)
    assert destroyed == []
    assert {it: outputs[it] for it in KEPT} == {it: environment.outputs[it] for it in KEPT}
    left: list[str] = []
    assert changed.terraform.plan_is_empty(on_event=lambda event: left.append(event.message)), left
    return outputs


@contextmanager
def with_settings(environment: Environment, settings: Mapping[str, Any]) -> Iterator[Environment]:
    """The environment with these settings beside its own; afterwards without."""
    yield replace(environment, outputs=applied(environment, settings))
    environment.deployment.apply()


def assert_all_completed(environment: Environment, accepted: set[str]) -> None:
    """Every command that an API took comes to its end, and none to a bad one."""
    dynamodb, table = environment.client("dynamodb"), environment.outputs["dynamodb_table_name"]

    def others() -> dict[str, str]:
        pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        items = [item for page in pages for item in page["Items"]]
        statuses = {one["id"]["S"]: one["status"]["S"] for one in items if "status" in one}
        found = {one: statuses.get(one, "unknown") for one in accepted}
        return {one: status for one, status in found.items() if status != "COMPLETED"}

    assert accepted
    eventually(lambda: not others() or None, seconds=ENDED_SECONDS)
