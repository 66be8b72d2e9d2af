"""Secrets, and the keys that encrypt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.cleanup.kinds.kind import Facts, Kind, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.cleanup.aws import Aws

_PENDING = ("PendingDeletion", "PendingReplicaDeletion")


def _look_at_secret(aws: Aws, target: Target) -> Facts | None:
    secret = aws.client("secretsmanager").describe_secret(SecretId=target.arn)
    # Deleted, whenever Secrets Manager comes to it.
    return None if secret.get("DeletedDate") else Facts((secret["Name"],))


def _delete_secret(aws: Aws, target: Target) -> None:
    aws.client("secretsmanager").delete_secret(SecretId=target.arn, ForceDeleteWithoutRecovery=True)


def _look_at_key(aws: Aws, target: Target) -> Facts | None:
    key = aws.client("kms").describe_key(KeyId=target.id)["KeyMetadata"]
    if key["KeyState"] in _PENDING:
        return None
    return Facts(tuple(alias.removeprefix("alias/") for alias in _aliases(aws, target.id)))


def _delete_key(aws: Aws, target: Target) -> None:
    client = aws.client("kms")
    # An alias would keep its name taken for as long as the key waits.
    for alias in list(_aliases(aws, target.id)):
        client.delete_alias(AliasName=alias)
    client.schedule_key_deletion(KeyId=target.id, PendingWindowInDays=7)


def _aliases(aws: Aws, key: str) -> Iterator[str]:
    for page in aws.client("kms").get_paginator("list_aliases").paginate(KeyId=key):
        for one in page["Aliases"]:
            yield one["AliasName"]


KINDS = (
    Kind("key", 60, r"kms:key/([^/]+)", _look_at_key, _delete_key),
    Kind("secret", 70, r"secretsmanager:secret:(.+)", _look_at_secret, _delete_secret),
)
