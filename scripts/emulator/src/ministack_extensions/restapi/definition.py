"""A REST API as a value: its resources, methods, models and gateway responses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

Document = dict[str, Any]


@dataclass(frozen=True)
class Match:
    """The method that answers a request, and its path's variables as the client sent them."""

    resource: Mapping[str, Any]
    method: Mapping[str, Any]
    parameters: Mapping[str, str]

    @property
    def integration(self) -> Mapping[str, Any]:
        """What the method is connected to."""
        found: Mapping[str, Any] = self.method.get("methodIntegration") or {}
        return found

    @property
    def path(self) -> str:
        """The resource's path, with its variables' names."""
        return str(self.resource["path"])


@dataclass(frozen=True)
class Definition:
    """Everything of a REST API that a deployment takes a snapshot of."""

    resources: tuple[Mapping[str, Any], ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)
    validators: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    gateway_responses: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    binary_media_types: tuple[str, ...] = ()

    def match(self, method: str, path: str) -> Match | None:
        """The method for a request: literal segments before variables, variables before greedy.

        AWS routes on resource and method together, so a resource without the method lets the
        next best one answer.
        """
        found = []
        for resource in self.resources:
            parameters = _parameters(resource["path"], path)
            methods = resource.get("resourceMethods") or {}
            chosen = methods.get(method) or methods.get("ANY")
            if parameters is not None and chosen:
                found.append((_rank(resource["path"]), Match(resource, chosen, parameters)))
        return max(found, key=lambda one: one[0])[1] if found else None


@dataclass(frozen=True)
class RestApi:
    """One stage of a REST API, ready to answer."""

    api_id: str
    region: str
    stage: Mapping[str, Any]
    definition: Definition

    @property
    def stage_name(self) -> str:
        """The first segment of the stage's URL."""
        return str(self.stage["stageName"])

    @property
    def variables(self) -> Mapping[str, str]:
        """The stage's variables."""
        found: Mapping[str, str] = self.stage.get("variables") or {}
        return found


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]


def _parameters(template: str, path: str) -> dict[str, str] | None:
    wanted, given = _segments(template), _segments(path)
    parameters: dict[str, str] = {}
    for index, part in enumerate(wanted):
        if index >= len(given):
            return None
        if part.endswith("+}"):
            return {**parameters, part[1:-2]: "/".join(given[index:])}
        if part.startswith("{"):
            parameters[part[1:-1]] = given[index]
        elif part != unquote(given[index]):
            return None
    return parameters if len(wanted) == len(given) else None


def _rank(template: str) -> tuple[int, ...]:
    return tuple(
        0 if part.endswith("+}") else 1 if part.startswith("{") else 2
        for part in _segments(template)
    )
