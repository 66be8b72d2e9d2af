"""What the tests of cleaning up share."""

from __future__ import annotations

from dataclasses import dataclass

PULL = {
    "Environment": "pr-7",
    "Project": "acme-jobs",
    "PullRequest": "7",
    "CreatedAt": "2020-01-01T00:00:00Z",
    "TtlHours": "72",
    "ManagedBy": "terraform",
}


@dataclass(frozen=True)
class Result:
    """What one run of the tool left behind."""

    code: int
    out: str
    err: str
