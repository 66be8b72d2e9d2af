"""Where states lie: what bootstrap made, or a bucket that the operator names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scripts.build.terraform.runner import Terraform
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.settings import EnvironmentSettings

DEFAULT_REGION = "us-east-1"
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)


@dataclass(frozen=True)
class StateBucket:
    """A bucket for states; ``lock_table`` is for Terraform before 1.10, None where there is none.

    ``project``: below which name the roles of GitHub's workflows reach states.
    """

    bucket: str
    region: str
    project: str
    lock_table: str | None = None


def made_by(bootstrap: Path, settings: EnvironmentSettings) -> StateBucket:
    """Return the bucket that was applied in ``bootstrap``, a folder of environments/.

    Raises OperatorError if nothing was, or if its roles could not reach this environment's state.
    """
    name = f"environments/{bootstrap.name}"
    if not (bootstrap / "main.tf").is_file():
        raise OperatorError(f"{name} does not exist; pass the bucket with --bucket NAME")
    outputs = _outputs(bootstrap, name)
    try:
        found = StateBucket(
            bucket=outputs["state_bucket"],
            region=outputs["state_region"],
            project=outputs["project"],
            lock_table=outputs.get("state_lock_table"),
        )
    except KeyError as error:
        raise OperatorError(
            f"{name} is not applied; run: terraform -chdir={name} init, then: terraform"
            f" -chdir={name} apply (or pass --bucket NAME)"
        ) from error
    if settings.folder != bootstrap.name and settings.project not in {None, found.project}:
        raise OperatorError(
            f"environments/{settings.folder} has project {settings.project} but {name} has"
            f" {found.project}, whose roles cannot access its state; use the same project, or"
            " pass another folder with --bootstrap NAME"
        )
    return found


def named(bucket: str, region: str | None, settings: EnvironmentSettings) -> StateBucket:
    """Return the bucket that the operator named, for the project that the environment names."""
    if not _BUCKET.fullmatch(bucket):
        raise OperatorError(
            f"{bucket!r} is not a bucket name: 3-63 lowercase letters, digits, dots or hyphens,"
            " for example acme-jobs-states"
        )
    if settings.project is None:
        raise OperatorError(
            f"environments/{settings.folder}/terraform.tfvars does not set project, a part"
            ' of the state\'s key; add a line like: project = "acme-jobs"'
        )
    return StateBucket(bucket, region or settings.region or DEFAULT_REGION, settings.project)


def _outputs(bootstrap: Path, name: str) -> dict[str, Any]:
    try:
        return Terraform(bootstrap).output()
    except OperatorError as error:
        raise OperatorError(f"{error} (in {name}; to skip it, pass --bucket NAME)") from error
