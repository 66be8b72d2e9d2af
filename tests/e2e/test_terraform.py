"""The environment's Terraform over its life: small changes, releases, a clean end.

The last file of the suite, since it changes and finally destroys what the others use.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scripts.build.package import build
from scripts.build.package.build import SOURCE
from tests.canary import emulated, logged, secret_values, stored_inputs
from tests.e2e.stream import Stream
from tests.live import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.build.terraform.diagnostics import Event
    from tests.environment import Environment


@pytest.mark.long
def test_one_setting_changes_one_thing(environment: Environment) -> None:
    """A larger worker is an update of that function, and of what points to its version."""
    larger = replace(
        environment.deployment,
        variables={**environment.deployment.variables, "worker_memory_size": 512},
    )
    changed: list[str] = []

    def note(event: Event) -> None:
        if event.kind == "apply_start" and ".data." not in event.address:
            changed.append(event.address)

    larger.apply(note)
    assert changed == [
        "module.worker.module.function.aws_lambda_function.this",
        "module.worker.aws_lambda_alias.live",
    ]
    configuration = environment.client("lambda").get_function_configuration(
        FunctionName=environment.outputs["worker_function_name"]
    )
    assert configuration["MemorySize"] == 512
    assert larger.terraform.plan_is_empty()


@pytest.mark.long
def test_the_mapping_of_the_api_changes_in_one_apply(environment: Environment) -> None:
    """A changed mapping replaces the integration under its route, and the API stays open."""
    submit = environment.deployment.directory / "modules" / "http_api" / "submit.tf"
    text = submit.read_text()
    attributes = "submission.id, "
    assert attributes in text
    stage = '{ stage = "$${context.stage}" }, '
    submit.write_text(text.replace(attributes, attributes + stage))
    terraform = environment.deployment.terraform
    terraform.apply()
    assert terraform.plan_is_empty()
    shown = environment.ended(environment.api.submit("echo", {"after": "the change"}))
    assert shown["status"] == "COMPLETED"


@pytest.mark.long
def test_a_release_and_its_rollback_lose_nothing(environment: Environment, tmp_path: Path) -> None:
    """Under a steady stream: new code goes live, then one variable brings the old one back.

    The zip of the old version is gone by then, and only the alias moves.
    """
    terraform, moved = environment.deployment.terraform, list[str]()
    before, dead = terraform.output()["worker_live_version"], environment.depth("sqs_dlq_url")

    def note(event: Event) -> None:
        if event.kind == "apply_start" and ".data." not in event.address:
            moved.append(event.address)

    with Stream(environment.api) as stream:
        blue = stream.echo()
        environment.ended(blue)
        build_release(environment, tmp_path)
        terraform.apply()
        released, green = terraform.output()["worker_live_version"], stream.echo()
        environment.ended(green)
        terraform.apply(note, "-var", f"worker_version={before}")
        again = stream.echo()

    assert moved == ["module.worker.aws_lambda_alias.live"]
    outputs = terraform.output()
    assert int(released) > int(before)
    assert outputs["worker_live_version"] == before
    assert outputs["worker_newest_version"] == released
    for command_id, old in ((blue, True), (again, True), (green, False)):
        assert ("release" not in environment.ended(command_id)["result"]) is old
    assert len(stream.demos) > 5, "commands were under way while the alias moved"
    eventually(lambda: environment.depth("sqs_queue_url") == 0)
    assert environment.depth("sqs_dlq_url") == dead
    ended = outcomes(environment)
    assert {ended.get(one) for one in stream.echoes + stream.demos} == {("COMPLETED", "1")}


def build_release(environment: Environment, folder: Path) -> None:
    """Put a zip whose `echo` says so where the environment's own was."""
    source = shutil.copytree(SOURCE, folder / "src")
    echo = source / "handlers" / "echo.py"
    changed = echo.read_text().replace('return {"echo"', 'return {"release": "green", "echo"')
    assert changed != echo.read_text()
    echo.write_text(changed)
    build(environment.deployment.directory / "build" / "lambda.zip", source=source)


def outcomes(environment: Environment) -> dict[str, tuple[str, str]]:
    """Status and attempts of every command that the table knows."""
    pages = environment.client("dynamodb").get_paginator("scan")
    found = pages.paginate(TableName=environment.outputs["dynamodb_table_name"])
    return {
        item["id"]["S"]: (item["status"]["S"], item["attempts"]["N"])
        for page in found
        for item in page["Items"]
        if "status" in item  # the probes of grants leave others behind
    }


def test_nothing_private_was_logged(environment: Environment) -> None:
    """No input of any command of this whole suite, no secret and no token is in any log.

    The ids of the same commands are, so this looks in the right place.
    """
    watch, watched = environment.api.watch, len(environment.api.watch.completed)
    table = environment.outputs["dynamodb_table_name"]
    watch.keep(stored_inputs(environment.client("dynamodb"), table))
    watch.keep(secret_values(environment.client("secretsmanager")))

    def complete() -> list[str] | None:
        lines = [*logged(environment.client("logs"))]
        text = "\n".join(lines)
        return lines if all(f'"{one}"' in text for one in watch.completed) else None

    lines = [*eventually(complete), *emulated(environment.deployment.stack.state_dir)]
    assert watched > 0
    assert len(watch.private) > 1
    assert not watch.told(lines)
    # And it would have been found.
    assert watch.told([f"oops: {next(iter(watch.private))}"])


def test_destroy_leaves_nothing(environment: Environment) -> None:
    """No table, queue, function, log group, role, API or secret stays behind."""
    environment.deployment.terraform.destroy()
    assert environment.client("dynamodb").list_tables()["TableNames"] == []
    assert environment.client("sqs").list_queues().get("QueueUrls", []) == []
    assert environment.client("lambda").list_functions()["Functions"] == []
    assert environment.client("lambda").list_event_source_mappings()["EventSourceMappings"] == []
    assert environment.client("logs").describe_log_groups()["logGroups"] == []
    assert environment.client("iam").list_roles()["Roles"] == []
    assert environment.client("apigatewayv2").get_apis()["Items"] == []
    assert environment.client("secretsmanager").list_secrets()["SecretList"] == []
