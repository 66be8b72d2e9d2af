"""States of Terraform and their locks: objects of the state bucket, which keeps old versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.cleanup.kinds.kind import Facts, Kind, Target
from scripts.cleanup.resource import STATE

if TYPE_CHECKING:
    from scripts.cleanup.aws import Aws


def _look(aws: Aws, target: Target) -> Facts | None:
    bucket, _, key = target.id.partition("/")
    aws.client("s3").head_object(Bucket=bucket, Key=key)
    return Facts((key,))


def _delete(aws: Aws, target: Target) -> None:
    bucket, _, key = target.id.partition("/")
    aws.client("s3").delete_object(Bucket=bucket, Key=key)


KINDS = (Kind("state", STATE, r"s3:([^/]+/.+)", _look, _delete),)
