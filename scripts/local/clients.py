"""boto3 clients for the local stack, blind to the user's own AWS settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_sqs import SQSClient

    from scripts.local.stack import LocalStack


# The user's HTTP proxy knows nothing of this machine's loopback address.
_DIRECT = Config(proxies={})


def client(stack: LocalStack, service: str, config: Config | None = None) -> Any:  # noqa: ANN401
    """A client for any service, as the account's root; past the user's HTTP proxy in any case."""
    config = config.merge(_DIRECT) if config else _DIRECT
    return _session(stack).client(  # type: ignore[call-overload]
        service, endpoint_url=stack.endpoint, config=config
    )


def dynamodb_client(stack: LocalStack) -> DynamoDBClient:
    """A DynamoDB client, as the account's root."""
    return _session(stack).client("dynamodb", endpoint_url=stack.endpoint, config=_DIRECT)


def lambda_client(stack: LocalStack) -> LambdaClient:
    """A Lambda client, as the account's root."""
    return _session(stack).client("lambda", endpoint_url=stack.endpoint, config=_DIRECT)


def logs_client(stack: LocalStack) -> CloudWatchLogsClient:
    """A CloudWatch Logs client, as the account's root."""
    return _session(stack).client("logs", endpoint_url=stack.endpoint, config=_DIRECT)


def sqs_client(stack: LocalStack) -> SQSClient:
    """An SQS client, as the account's root."""
    return _session(stack).client("sqs", endpoint_url=stack.endpoint, config=_DIRECT)


def _session(stack: LocalStack) -> boto3.Session:
    return boto3.Session(
        aws_access_key_id=stack.environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=stack.environ["AWS_SECRET_ACCESS_KEY"],
        region_name=stack.environ["AWS_REGION"],
    )
