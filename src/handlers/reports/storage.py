"""Where reports are put: a private bucket."""

from __future__ import annotations

from command_api.aws import client


def put(bucket: str, key: str, content: bytes, content_type: str) -> None:
    """Store one file under the key, over what an earlier attempt has left there."""
    client("s3").put_object(Bucket=bucket, Key=key, Body=content, ContentType=content_type)
