"""Clients for the account that is cleaned up, and what their errors mean here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from scripts.aws_errors import error_code
from scripts.aws_session import client_of, session_of
from scripts.stack.clients import DIRECT, session
from scripts.target.target import running_stack

if TYPE_CHECKING:
    import boto3
    from botocore.exceptions import ClientError

    from scripts.stack.stack import LocalStack

# CloudFront's resources, and their tags, are found in this region only.
GLOBAL = "us-east-1"
# AWS deletes one REST API in 30 seconds for each account, and the retries wait for up to 20.
_PATIENT = Config(
    connect_timeout=5, read_timeout=60, retries={"mode": "standard", "max_attempts": 8}
)
_GONE = frozenset(
    {
        "404",
        "AWS.SimpleQueueService.NonExistentQueue",
        "NoSuchBucket",
        "NoSuchDistribution",
        "NoSuchEntity",
        "NoSuchOriginAccessControl",
        "NoSuchResponseHeadersPolicy",
        "NotFound",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFound",
        "ResourceNotFoundException",
    }
)


def gone(error: ClientError) -> bool:
    """Whether AWS says that there is no such thing."""
    return error_code(error) in _GONE


@dataclass
class Aws:
    """One account and region; ``wait`` is how many seconds a distribution may take to be off."""

    session: boto3.Session
    wait: float = 900
    options: dict[str, Any] = field(default_factory=dict)
    _clients: dict[tuple[str, str | None], Any] = field(default_factory=dict)

    def client(self, service: str, region: str | None = None) -> Any:  # noqa: ANN401 - of any service
        """A client of the service, made once."""
        key = (service, region)
        if key not in self._clients:
            self._clients[key] = client_of(
                self.session,
                service,
                region_name=region,
                **{"config": _PATIENT, **self.options},
            )
        return self._clients[key]

    @property
    def region(self) -> str:
        """The region that is looked at."""
        return str(self.client("sqs").meta.region_name)

    def arn(self, service: str, resource: str) -> str:
        """An ARN of this account, for what AWS gives no ARN of its own."""
        identity = self.client("sts").get_caller_identity()
        partition = str(identity["Arn"]).split(":")[1]
        return f"arn:{partition}:{service}::{identity['Account']}:{resource}"


def connect(*, local: bool, profile: str | None, region: str | None, wait: float) -> Aws:
    """The account that the options name, else the one of AWS's own variables."""
    if local:
        return of_stack(running_stack(), wait)
    return Aws(session_of(None, profile=profile, region=region), wait)


def of_stack(stack: LocalStack, wait: float = 0) -> Aws:
    """The account of a local stack that runs."""
    options = {"endpoint_url": stack.endpoint, "config": _PATIENT.merge(DIRECT)}
    return Aws(session(stack), wait, options)
