"""An applied preview, and what AWS knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from scripts.aws_session import client_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scripts.stack.deployment import Deployment
    from scripts.stack.stack import LocalStack


@dataclass(frozen=True)
class Preview:
    """An applied preview."""

    stack: LocalStack
    deployment: Deployment
    outputs: Mapping[str, Any]
    number: int

    def client(self, service: str) -> Any:
        """A boto3 client as the account's root."""
        session = boto3.Session("test", "test", region_name="us-east-1")
        return client_of(session, service, endpoint_url=self.stack.endpoint)

    def tagged(self) -> dict[str, dict[str, str]]:
        """The tags of everything that belongs to this preview, by ARN."""
        found = self.client("resourcegroupstaggingapi").get_resources(
            TagFilters=[{"Key": "Environment", "Values": [f"pr-{self.number}"]}]
        )["ResourceTagMappingList"]
        return {it["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in it["Tags"]} for it in found}
