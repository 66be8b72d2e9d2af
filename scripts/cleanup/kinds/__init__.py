"""The kinds of resources that the blueprint's modules make, and how each is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.cleanup.kinds import apis, data, functions, sites, watching

if TYPE_CHECKING:
    from scripts.cleanup.kinds.kind import Kind, Target

KINDS: tuple[Kind, ...] = (
    *functions.KINDS,
    *apis.KINDS,
    *sites.KINDS,
    *watching.KINDS,
    *data.KINDS,
)


def kind_of(arn: str) -> tuple[Kind, Target] | None:
    """The kind that an ARN is of, and the resource as its functions take it."""
    for kind in KINDS:
        if target := kind.target(arn):
            return kind, target
    return None
