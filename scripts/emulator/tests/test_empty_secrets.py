"""Secrets without a value look as they do on AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from tests.aws import Aws


def test_a_secret_without_a_value_cannot_be_read(aws: Aws) -> None:
    """An empty shell answers ResourceNotFoundException, and no version is listed."""
    client, name = aws.client("secretsmanager"), f"/dev/{uuid4().hex}"
    assert "VersionId" not in client.create_secret(Name=name)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_secret_value(SecretId=name)
    assert not client.describe_secret(SecretId=name).get("VersionIdsToStages")
    (listed,) = client.list_secrets(Filters=[{"Key": "name", "Values": [name]}])["SecretList"]
    assert not listed.get("SecretVersionsToStages")


def test_a_seeded_secret_has_one_version(aws: Aws) -> None:
    """After the first value there is that version and no invented one before it."""
    client, name = aws.client("secretsmanager"), f"/dev/{uuid4().hex}"
    client.create_secret(Name=name)
    version = client.put_secret_value(SecretId=name, SecretString="v")["VersionId"]
    assert client.get_secret_value(SecretId=name)["SecretString"] == "v"
    stages = client.describe_secret(SecretId=name)["VersionIdsToStages"]
    assert stages == {version: ["AWSCURRENT"]}
    versions = client.list_secret_version_ids(SecretId=name, IncludeDeprecated=True)["Versions"]
    assert [one["VersionId"] for one in versions] == [version]


def test_a_secret_created_with_a_value_keeps_its_version(aws: Aws) -> None:
    """Nothing is hidden of a secret that had a value from the start."""
    client, name = aws.client("secretsmanager"), f"/dev/{uuid4().hex}"
    version = client.create_secret(Name=name, SecretString="v")["VersionId"]
    assert client.get_secret_value(SecretId=name)["VersionId"] == version
