"""With whose rights a tool speaks to an environment's account."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from scripts.settings import EnvironmentSettings


def session_of(settings: EnvironmentSettings) -> boto3.Session:
    """A session in the environment's region, with its profile unless the operator chose another."""
    chosen = any(os.environ.get(name) for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID"))
    return boto3.Session(
        profile_name=None if chosen else settings.profile, region_name=settings.region
    )
