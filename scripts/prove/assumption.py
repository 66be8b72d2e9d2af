"""An assumption about AWS: a sentence, its source, and a probe that tries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.prove.scene import Scene

    Probe = Callable[[Scene], str]

SAME = "Behaves the same."


class Refuted(Exception):
    """AWS behaves differently; the text says what was seen."""


class NotTried(Exception):
    """The probe cannot answer here; the text says why."""


@dataclass(frozen=True)
class Assumption:
    """One statement about AWS that the design rests on."""

    id: str
    says: str
    # Address of the documentation that states it, or that is silent where it should.
    source: str
    # What a refutation means for whoever runs the API.
    means: str
    # The setting to use then.
    plan_b: str
    # Returns what was seen; raises Refuted or NotTried.
    probe: Probe
    # How the local stack stands to it; where it cannot answer, why.
    local: str
    answered_locally: bool
    # How long it takes, where that is too long for a run that does not name it; 0 otherwise.
    minutes: int = 0

    @property
    def topic(self) -> str:
        """The module of its probe: http_api, queue, …"""
        return self.probe.__module__.rpartition(".")[2]


def assumed(
    source: str,
    *,
    means: str,
    plan_b: str,
    local: str = SAME,
    unanswered: str = "",
    minutes: int = 0,
) -> Callable[[Probe], Assumption]:
    """Make a probe the assumption of its name; the probe's docstring is the statement.

    `unanswered` says why the local stack cannot answer. An assumption that takes `minutes` is
    tried only where it is asked for by its id.
    """

    def of(probe: Probe) -> Assumption:
        return Assumption(
            id=probe.__name__.replace("_", "-"),
            says=" ".join((probe.__doc__ or "").split()),
            source=source,
            means=means,
            plan_b=plan_b,
            probe=probe,
            local=unanswered or local,
            answered_locally=not unanswered,
            minutes=minutes,
        )

    return of


def expect(holds: object, seen: str) -> None:
    """Raise Refuted with what was seen, unless it holds."""
    if not holds:
        raise Refuted(seen)
