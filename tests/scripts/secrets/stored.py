"""What Secrets Manager holds after a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.scripts.secrets.conftest import PREFIX

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

SEED = ["seed", "stripe", "--prefix", PREFIX]


def stored(aws: SecretsManagerClient, name: str = f"{PREFIX}stripe") -> str:
    """The current value."""
    return aws.get_secret_value(SecretId=name)["SecretString"]


def is_empty(aws: SecretsManagerClient, name: str) -> bool:
    """Whether the secret still has no value."""
    return "VersionIdsToStages" not in aws.describe_secret(SecretId=name)
