"""Secret values go to Secrets Manager and nowhere else, whichever way they come."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from pytest_terraform import terraform

from tests.integration.conftest import CONTROLLED_VALUE

if TYPE_CHECKING:
    from pytest_terraform.tf import TerraformTestApi


def written(applied: TerraformTestApi) -> bytes:
    """Everything that Terraform wrote down: the state, and the plan with what is in it."""
    folder = Path(applied.work_dir)
    plan = zipfile.ZipFile(folder / "tfplan")
    parts = [plan.read(name) for name in plan.namelist()]
    return b"".join([*parts, (folder.parent / "terraform.tfstate").read_bytes()])


@terraform("generated_secret", scope="session")
def test_a_generated_value_is_in_no_state_and_no_plan(generated_secret: TerraformTestApi) -> None:
    """The provider draws the value, Secrets Manager keeps it, Terraform forgets it."""
    name = generated_secret.outputs["name"]["value"]
    value = boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    assert len(value) == 40
    assert value.isalnum()
    recorded = written(generated_secret)
    assert name.encode() in recorded
    assert value.encode() not in recorded


@terraform("secrets", scope="session")
def test_a_controlled_value_is_in_no_state_and_no_plan(secrets: TerraformTestApi) -> None:
    """A value from an ephemeral variable reaches the secret without a trace elsewhere."""
    names = secrets.outputs["names"]["value"]
    answer = boto3.client("secretsmanager").get_secret_value(SecretId=names["controlled"])
    assert answer["SecretString"] == CONTROLLED_VALUE
    recorded = written(secrets)
    assert names["controlled"].encode() in recorded
    assert CONTROLLED_VALUE.encode() not in recorded


@terraform("secrets", scope="session")
def test_a_third_party_secret_is_an_empty_shell(secrets: TerraformTestApi) -> None:
    """Terraform makes the secret, an engineer gives it its value."""
    client = boto3.client("secretsmanager")
    name = secrets.outputs["names"]["value"]["third-party"]
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_secret_value(SecretId=name)
