"""What it takes to look at a kind of resource and to delete one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from scripts.cleanup.aws import Aws


class Target(NamedTuple):
    """One resource: its whole ARN, and the part by which the service's own API knows it."""

    arn: str
    id: str


@dataclass(frozen=True)
class Facts:
    """What AWS says of a resource that is there: how it is called, why it must stay."""

    names: tuple[str, ...] = ()
    obstacle: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of resource.

    ``pattern``: its ARNs from the service on, without region and account, with one group for the
    id; ``look``: the facts, or None where it is as good as gone; ``rank``: consumers come before
    what they consume; ``search``: those that the tagging API may not list, with their tags;
    ``whole``: the ARN of what takes it along, where nothing can ``delete`` it by itself.
    """

    name: str
    rank: int
    pattern: str
    look: Callable[[Aws, Target], Facts | None]
    delete: Callable[[Aws, Target], None] | None
    search: Callable[[Aws], Iterable[tuple[str, Mapping[str, str]]]] | None = None
    whole: Callable[[str], str] | None = None
    _compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read the pattern once."""
        object.__setattr__(self, "_compiled", re.compile(self.pattern))

    def target(self, arn: str) -> Target | None:
        """The resource as this kind's functions take it; None for another kind's ARN."""
        _, _, service, _, _, resource = arn.split(":", 5)
        found = self._compiled.fullmatch(f"{service}:{resource}")
        return Target(arn, found[1]) if found else None


def tag_map(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Tags as most services list them, by key."""
    return {tag["Key"]: tag["Value"] for tag in tags}
