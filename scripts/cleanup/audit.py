"""What is left of a pull request's stack: after its end that is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.cleanup.find import companions, find
from scripts.cleanup.label import Stack

if TYPE_CHECKING:
    from scripts.cleanup.aws import Aws
    from scripts.cleanup.resource import Resource


def left_of(aws: Aws, pull: int, project: str | None) -> list[Resource]:
    """Everything that has one of its tags, readable or not; of one project or of all."""
    environment = f"pr-{pull}"
    left = {one.arn: one for one in find(aws) if _carries(one, environment, project)}
    if project is not None:
        # Of what has no tags only the name is known, and that begins with the project's.
        left |= {one.arn: one for one in companions(aws, [Stack(project, environment)])}
    return sorted(left.values(), key=lambda one: (one.rank, one.arn))


def _carries(one: Resource, environment: str, project: str | None) -> bool:
    if one.belongs_to is not None:
        return one.belongs_to.environment == environment and project in (
            None,
            one.belongs_to.project,
        )
    # Without a tag Project it may well be ours.
    ours = project is None or one.tags.get("Project", project) == project
    return ours and one.tags.get("Environment") == environment
