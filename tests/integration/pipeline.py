"""The steps of a deployment's workflow, on an environment and a zip of a test's own."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scripts.ci import __main__ as ci

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


@dataclass
class Pipeline:
    """An environment with a zip, and the steps of its workflow."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    package: Path

    def __call__(self, *arguments: str) -> tuple[int, str]:
        """Run one step; its exit code, and all it said."""
        code = ci.main(arguments)
        said = self.capsys.readouterr()
        return code, said.out + said.err

    @property
    def zip(self) -> str:
        """The hash of the zip that is there."""
        return hashlib.sha256(self.package.read_bytes()).hexdigest()

    def plan(self, *options: str, zip_: str | None = None) -> tuple[int, str, dict[str, str]]:
        """Plan and save, with the zip that is there; the outputs come third."""
        code, said = self(
            *("plan", "dev", "--save", f"--reports={self.folder / 'reports'}"),
            *(f"--package-sha256={zip_ or self.zip}", *options),
        )
        lines = [line.partition("=") for line in said.splitlines() if line.startswith(("ch", "pl"))]
        return code, said, {name: value for name, _, value in lines}

    def apply(self, plan: str, zip_: str | None = None) -> tuple[int, str]:
        """Apply a saved plan."""
        return self("apply", "dev", f"--plan-sha256={plan}", f"--package-sha256={zip_ or self.zip}")

    def report(self) -> dict[str, Any]:
        """What the last plan left for the comment."""
        found: dict[str, Any] = json.loads((self.folder / "reports/dev.json").read_text())
        return found

    def size(self, number: int) -> None:
        """Change the code."""
        (self.folder / "environments/dev/terraform.tfvars").write_text(f"size = {number}\n")
