"""The environments that workflows deploy: those whose state lies in a bucket."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.errors import OperatorError
from scripts.settings import ENVIRONMENTS

if TYPE_CHECKING:
    from pathlib import Path

# Applied by a person, and once for each pull request.
_NOT_DEPLOYED = re.compile(r"bootstrap.*|preview")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_ROLE = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/[\w+=,.@/-]+")
_ORDER = ("dev", "staging", "prod")  # what is promoted goes from left to right


@dataclass(frozen=True)
class Backend:
    """Where an environment's ``backend.tf`` keeps its state."""

    bucket: str
    region: str
    key: str

    @property
    def folder(self) -> str:
        """The state's place in the bucket, without the file's name."""
        return self.key.rpartition("/")[0]


def deployable(environments: Path = ENVIRONMENTS) -> list[str]:
    """Return the names of the environments with a ``backend.tf``, dev first and prod last."""
    names = {path.parent.name for path in environments.glob("*/backend.tf")}
    if strange := sorted(name for name in names if not _NAME.fullmatch(name)):
        raise OperatorError(
            f"environments/{strange[0]!a} cannot be deployed by workflows; rename it to lowercase"
            " letters, digits or hyphens, like staging-eu"
        )
    chosen = (name for name in names if not _NOT_DEPLOYED.fullmatch(name))
    known = {name: place for place, name in enumerate(_ORDER)}
    # What nobody knows comes before production.
    return sorted(chosen, key=lambda name: (known.get(name, 1.5), name))


def read_roles(text: str) -> dict[str, str]:
    """Return the role ARN of each environment, from the variable AWS_PLAN_ROLE_ARNS."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(
        isinstance(arn, str) and _ROLE.fullmatch(arn) for arn in found.values()
    ):
        raise OperatorError(
            "AWS_PLAN_ROLE_ARNS is no JSON of environments and roles, like"
            ' {"dev": "arn:aws:iam::123456789012:role/bootstrap/github-acme-jobs-plan"}'
        )
    return found


def backend_of(folder: Path) -> Backend:
    """Return what ``backend.tf`` says; OperatorError where it says no bucket, region or key."""
    path = folder / "backend.tf"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    found = dict(re.findall(r'^\s*(bucket|region|key)\s*=\s*"([^"\n]+)"', text, re.MULTILINE))
    if missing := {"bucket", "region", "key"} - found.keys():
        raise OperatorError(
            f"environments/{folder.name}/backend.tf does not set {min(missing)}; write it with:"
            f" make backend ENV={folder.name}"
        )
    return Backend(**found)
