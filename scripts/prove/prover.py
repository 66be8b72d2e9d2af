"""All probes side by side, each for itself, and what they found."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts import interrupts
from scripts.aws_errors import explain
from scripts.cli import one_line
from scripts.errors import OperatorError
from scripts.parallel import in_threads
from scripts.prove.assumption import NotTried, Refuted
from scripts.prove.scene import Run, Scene

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence

    from scripts.prove.assumption import Assumption
    from scripts.target.target import Target

HELD, REFUTED, NOT_TRIED = "held", "refuted", "not tried"
# Probes mostly wait.
_WORKERS = 24


@dataclass(frozen=True)
class Finding:
    """What one probe found."""

    assumption: Assumption
    # HELD, REFUTED or NOT_TRIED.
    verdict: str
    # What was seen, or why it was not tried; one line.
    seen: str
    seconds: float = 0.0


class Prover:
    """Probes of one target; `left` names what could not be removed."""

    def __init__(self, target: Target) -> None:
        self.run = Run(target)
        self._scenes: list[Scene] = []

    @property
    def left(self) -> list[str]:
        """Temporary resources that are still there, each with the reason."""
        return [one for scene in self._all for one in scene.temporary.left]

    @property
    def _all(self) -> list[Scene]:
        return [*self._scenes, self.run.common]

    def prove(self, chosen: Sequence[Assumption], *, patient: bool = False) -> Iterator[Finding]:
        """Yield findings as they come; everything temporary is gone afterwards, also on Ctrl-C.

        Without `patient`, what takes too long for a run is not tried.
        """
        tried: list[Assumption] = []
        for one in chosen:
            if self.run.target.local and not one.answered_locally:
                yield Finding(one, NOT_TRIED, f"The local stack cannot answer. {one.local}")
            elif one.minutes and not patient:
                yield Finding(one, NOT_TRIED, f"Takes {one.minutes} minutes: --only {one.id}")
            else:
                tried.append(one)
        try:
            for _, finding in in_threads(self._tried, tried, _WORKERS):
                yield finding
        finally:
            self.run.stop.set()
            with interrupts.deferred():
                for scene in self._all:
                    scene.temporary.close()

    def _tried(self, assumption: Assumption, _: threading.Event) -> Finding:
        scene = Scene(self.run)
        self._scenes.append(scene)
        began = time.monotonic()
        try:
            verdict, seen = HELD, assumption.probe(scene)
        except Refuted as refuted:
            verdict, seen = REFUTED, str(refuted)
        except Exception as error:  # noqa: BLE001 - one probe's failure concerns it alone
            verdict, seen = NOT_TRIED, _why(error)
        finally:
            scene.temporary.close()
        return Finding(assumption, verdict, one_line(seen), time.monotonic() - began)


def _why(error: Exception) -> str:
    if isinstance(error, NotTried | OperatorError):
        return str(error)
    # Not the text of an unexpected error: it may quote what it was about.
    return explain(error) or f"the probe failed with {type(error).__name__}"
