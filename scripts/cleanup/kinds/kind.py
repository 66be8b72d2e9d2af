"""What it takes to look at a kind of resource and to delete one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from scripts.cleanup.aws import Aws

    Call = Callable[[Aws, "Target"], dict[str, Any]]


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
    delete: Callable[[Aws, Target], object] | None
    search: Callable[[Aws], Iterable[tuple[str, Mapping[str, str]]]] | None = None
    whole: Callable[[str], str] | None = None

    def target(self, arn: str) -> Target | None:
        """The resource as this kind's functions take it; None for another kind's ARN."""
        _, _, service, _, _, resource = arn.split(":", 5)
        found = re.fullmatch(self.pattern, f"{service}:{resource}")
        return Target(arn, found[1]) if found else None


def call(service: str, operation: str, parameter: str) -> Call:
    """That operation, where one parameter says which resource is meant: by its ARN, or by its id.

    A parameter that takes several, like ``AlarmNames``, gets a list.
    """

    def answer(aws: Aws, target: Target) -> dict[str, Any]:
        value = target.arn if parameter.endswith("Arn") else target.id
        method = getattr(aws.client(service), operation)
        answered: dict[str, Any] = method(
            **{parameter: [value] if parameter.endswith("Names") else value}
        )
        return answered

    return answer


def named(look: Call, *path: str) -> Callable[[Aws, Target], Facts]:
    """Facts of what answers that call: its name is at the path in the answer, else it is its id."""

    def facts(aws: Aws, target: Target) -> Facts:
        found: Any = look(aws, target)
        for key in path:
            found = found[key]
        return Facts((found if path else target.id,))

    return facts


def tag_map(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Tags as most services list them, by key."""
    return {tag["Key"]: tag["Value"] for tag in tags}
