"""What one environment's plan came to, on its way from the job that plans to the one that tells."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from scripts.ci.changes import Changes
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from pathlib import Path

_SAFE = re.compile(r"[a-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Report:
    """A plan's outcome: its numbers and Terraform's text, which shows no sensitive value.

    ``error`` says why there is no plan, or why this one may not be applied; ``changed`` is also
    true where only outputs differ.
    """

    environment: str
    changed: bool = False
    changes: Changes = field(default_factory=Changes)
    text: str = ""
    error: str = ""

    def write(self, folder: Path) -> None:
        """Keep it as a file of the folder, named after the environment."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.environment}.json"
        path.write_text(json.dumps(asdict(self), indent=2), encoding="utf-8")


def read_reports(folder: Path) -> list[Report]:
    """Return the reports of a folder and of the folders in it, by name.

    They come from a job that ran the code of a pull request, so nothing of them is trusted but
    their form.
    """
    return [_read(path) for path in sorted(folder.rglob("*.json"))]


def _read(path: Path) -> Report:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        numbers = found.pop("changes")
        changes = Changes(
            add=int(numbers["add"]),
            change=int(numbers["change"]),
            destroy=int(numbers["destroy"]),
            lost=tuple(str(it) for it in numbers["lost"]),
            drifted=int(numbers["drifted"]),
            warnings=tuple(str(it) for it in numbers["warnings"]),
        )
        one = Report(
            environment=str(found["environment"]),
            changed=bool(found["changed"]),
            text=str(found["text"]),
            error=str(found["error"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise OperatorError(f"{path} is not a report of: python -m scripts.ci plan") from error
    if not _SAFE.fullmatch(one.environment):
        raise OperatorError(f"{path} does not name an environment")
    return replace(one, changes=changes)
