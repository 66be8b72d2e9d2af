"""With whose rights a tool speaks to an environment's account."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scripts.settings import EnvironmentSettings

# Longer than a receive waits for messages.
PATIENT = Config(connect_timeout=5, read_timeout=25, retries={"mode": "standard"})
_ANY_CREDENTIALS = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL")


def session_of(
    settings: EnvironmentSettings | None, *, profile: str | None = None, region: str | None = None
) -> boto3.Session:
    """A session for an environment; `profile` and `region` are what the operator passed.

    Region: where Terraform put things comes before AWS_REGION. Profile: the operator's own
    variables come before the environment's.
    """
    chosen = any(os.environ.get(name) for name in _ANY_CREDENTIALS)
    return boto3.Session(
        profile_name=profile or (settings.profile if settings and not chosen else None),
        # boto3, unlike every other tool, does not read AWS_REGION.
        region_name=region
        or (settings.region if settings else None)
        or os.environ.get("AWS_REGION")
        or None,
    )


def session_in_role(credentials: Mapping[str, Any], region: str) -> boto3.Session:
    """A session with the credentials that STS gave for a role."""
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name=region,
    )


def client_of(session: boto3.Session, service: str, **options: Any) -> Any:  # noqa: ANN401
    """A client of any service, by its name.

    Its type is unknown: mypy would look for the name in each of the 400 overloads of `client`.
    """
    client: Callable[..., Any] = session.client
    return client(service, **options)
