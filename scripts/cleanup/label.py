"""What a resource's tags say: temporary, not temporary, or not to be trusted.

The tags are those of ``modules/tagging``; the rules here are stricter than it, since what they let
through is deleted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KEYS = ("Environment", "Project", "PullRequest", "CreatedAt", "TtlHours")

# As modules/naming and modules/tagging allow them.
_PULL = re.compile(r"pr-([1-9][0-9]{0,5})")
_PROJECT = re.compile(r"(?!.*--)[a-z][a-z0-9-]{0,30}[a-z0-9]")
_HOURS = re.compile(r"[1-9][0-9]{0,3}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@dataclass(frozen=True, order=True)
class Stack:
    """One temporary environment of one project: ``test``, or ``pr-<n>`` of a pull request."""

    project: str
    environment: str

    @property
    def pull(self) -> int | None:
        """The number of the pull request; None for ``test``."""
        found = _PULL.fullmatch(self.environment)
        return int(found[1]) if found else None

    @property
    def prefix(self) -> str:
        """What its names begin with."""
        return f"{self.project}-{self.environment}"

    def owns(self, name: str) -> bool:
        """Whether ``modules/naming`` could have made this name for it."""
        own = (f"{self.prefix}-", f"/{self.environment}/{self.project}/")
        return name == self.prefix or name.startswith(own)


@dataclass(frozen=True)
class Label:
    """Tags that agree: whose the resource is, since when, and for how long at least."""

    stack: Stack
    created: datetime
    expires: datetime


@dataclass(frozen=True)
class Unclear:
    """Tags that claim to be temporary and cannot be trusted."""

    why: str
    stack: Stack | None = None


def temporary(environment: str) -> bool:
    """Whether an environment of this name may ever be removed."""
    return environment == "test" or _PULL.fullmatch(environment) is not None


def read(tags: Mapping[str, str]) -> Label | Unclear | None:
    """Read a resource's tags; None where they do not say that it is temporary."""
    environment = tags.get("Environment", "")
    if not temporary(environment):
        return None
    project = tags.get("Project", "")
    stack = Stack(project, environment) if _PROJECT.fullmatch(project) else None
    if why := _contradiction(tags, stack):
        return Unclear(why, stack)
    created, hours = tags.get("CreatedAt", ""), tags.get("TtlHours", "")
    since = _time(created)
    if since is None:
        return Unclear(_missing("CreatedAt", created), stack)
    if not _HOURS.fullmatch(hours):
        return Unclear(_missing("TtlHours", hours), stack)
    assert stack is not None  # noqa: S101 - no stack is a contradiction
    return Label(stack, since, since + timedelta(hours=int(hours)))


def _contradiction(tags: Mapping[str, str], stack: Stack | None) -> str | None:
    if stack is None:
        return _missing("Project", tags.get("Project", ""))
    known = {key.lower(): key for key in KEYS}
    # AWS tells Environment from environment; whoever set both meant something else by one of them.
    for key in tags:
        if known.get(key.lower(), key) != key:
            return f"the tags {key} and {known[key.lower()]} differ only in case"
    pull = tags.get("PullRequest")
    expected = None if stack.pull is None else str(stack.pull)
    if pull != expected:
        if pull is None:
            return _missing("PullRequest", "")
        return (
            f"the tags Environment={stack.environment} and PullRequest={pull!r} contradict each"
            " other"
        )
    return None


def _missing(key: str, value: str) -> str:
    return f"the tag {key} is malformed: {value!r}" if value else f"it has no tag {key}"


def _time(text: str) -> datetime | None:
    if not _TIME.fullmatch(text):
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
