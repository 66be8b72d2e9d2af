"""Where a reviewed plan waits for its approval: beside the state, named by its own hash.

A plan file may hold what the state holds, so it goes where only readers of the state get at it,
and not into an artefact. Its hash travels by the workflow's own outputs, out of the reach of
whoever may write into the bucket.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from scripts.aws_errors import error_code
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.ci.environments import Backend

_HASH = re.compile(r"[0-9a-f]{64}")


class PlanStore:
    """The saved plans of one environment, in the bucket of its state."""

    def __init__(self, backend: Backend) -> None:
        self._bucket = backend.bucket
        self._folder = f"plans/{backend.folder}"
        self._s3 = boto3.client("s3", region_name=backend.region)

    def save(self, plan: Path) -> str:
        """Store a plan and return the SHA-256 by which it is asked for."""
        content = plan.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        self._s3.put_object(
            Bucket=self._bucket, Key=self._key(digest), Body=content, ServerSideEncryption="AES256"
        )
        return digest

    def fetch(self, digest: str, target: Path) -> None:
        """Write the plan with that SHA-256; OperatorError where it is gone or was changed."""
        if not _HASH.fullmatch(digest):
            raise OperatorError(f"{digest!a} is not the SHA-256 of a plan")
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=self._key(digest))
            content = answer["Body"].read()
        except ClientError as error:
            if error_code(error) != "NoSuchKey":
                raise
            raise OperatorError(
                f"the reviewed plan {digest} was not found (plans are kept for 30 days); plan again"
            ) from error
        if (found := hashlib.sha256(content).hexdigest()) != digest:
            raise OperatorError(
                f"the plan was changed after its review: it has the SHA-256 {found} instead of"
                f" {digest}; nothing was applied: plan again, and check who wrote to the bucket"
            )
        target.write_bytes(content)

    def _key(self, digest: str) -> str:
        return f"{self._folder}/{digest}.tfplan"
