"""boto3 clients for the local stack, blind to the user's own AWS settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from scripts.aws_session import client_of

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

    from scripts.stack.stack import LocalStack


# The user's HTTP proxy knows nothing of this machine's loopback address.
DIRECT = Config(proxies={})
# For whoever asks again in a moment anyway.
IMPATIENT = Config(proxies={}, connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1})


def client(stack: LocalStack, service: str, config: Config = DIRECT) -> Any:  # noqa: ANN401
    """A client for any service, as the account's root; past the user's HTTP proxy in any case."""
    return client_of(
        session(stack), service, endpoint_url=stack.endpoint, config=config.merge(DIRECT)
    )


def cloudwatch_client(stack: LocalStack, config: Config = DIRECT) -> CloudWatchClient:
    """A CloudWatch client, as the account's root."""
    return session(stack).client("cloudwatch", endpoint_url=stack.endpoint, config=config)


def dynamodb_client(stack: LocalStack, config: Config = DIRECT) -> DynamoDBClient:
    """A DynamoDB client, as the account's root."""
    return session(stack).client("dynamodb", endpoint_url=stack.endpoint, config=config)


def lambda_client(stack: LocalStack, config: Config = DIRECT) -> LambdaClient:
    """A Lambda client, as the account's root."""
    return session(stack).client("lambda", endpoint_url=stack.endpoint, config=config)


def logs_client(stack: LocalStack) -> CloudWatchLogsClient:
    """A CloudWatch Logs client, as the account's root."""
    return session(stack).client("logs", endpoint_url=stack.endpoint, config=DIRECT)


def secrets_client(stack: LocalStack) -> SecretsManagerClient:
    """A Secrets Manager client, as the account's root."""
    return session(stack).client("secretsmanager", endpoint_url=stack.endpoint, config=DIRECT)


def sqs_client(stack: LocalStack, config: Config = DIRECT) -> SQSClient:
    """An SQS client, as the account's root."""
    return session(stack).client("sqs", endpoint_url=stack.endpoint, config=config)


def session(stack: LocalStack) -> boto3.Session:
    """A session of the account's root, in the stack's region."""
    return boto3.Session(
        aws_access_key_id=stack.environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=stack.environ["AWS_SECRET_ACCESS_KEY"],
        region_name=stack.environ["AWS_REGION"],
    )
