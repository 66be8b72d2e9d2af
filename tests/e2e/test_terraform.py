"""The environment's Terraform over its life: no drift, small changes, a clean end.

The last file of the suite, since it changes and finally destroys what the others use.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.terraform.diagnostics import Event
    from tests.environment import Environment


def test_a_second_plan_is_empty(environment: Environment) -> None:
    """What was applied reads back as it was written."""
    changes: list[str] = []

    def note(event: Event) -> None:
        if event.kind == "planned_change":
            changes.append(event.message)

    assert environment.deployment.terraform.plan_is_empty(on_event=note), changes


def test_one_setting_changes_one_thing(environment: Environment) -> None:
    """A larger worker is an update of that function and of nothing else."""
    larger = replace(environment.deployment, variables={"worker_memory_size": 512})
    changed: list[str] = []

    def note(event: Event) -> None:
        if event.kind == "apply_start" and ".data." not in event.address:
            changed.append(event.address)

    larger.apply(note)
    assert changed == ["module.worker.module.function.aws_lambda_function.this"]
    configuration = environment.client("lambda").get_function_configuration(
        FunctionName=environment.outputs["worker_function_name"]
    )
    assert configuration["MemorySize"] == 512
    assert larger.terraform.plan_is_empty()


def test_the_mapping_of_the_door_changes_in_one_apply(environment: Environment) -> None:
    """A changed mapping replaces the integration under its route, and the door stays open."""
    submit = environment.deployment.directory / "modules" / "api" / "submit.tf"
    text = submit.read_text()
    attribute = "command_id = { DataType"
    assert attribute in text
    stage = 'stage = { DataType = "String", StringValue = "$${context.stage}" }\n        '
    submit.write_text(text.replace(attribute, stage + attribute))
    terraform = environment.deployment.terraform
    terraform.apply()
    assert terraform.plan_is_empty()
    shown = environment.ended(environment.api.submit("echo", {"after": "the change"}))
    assert shown["status"] == "COMPLETED"


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
