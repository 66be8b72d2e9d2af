"""One stack for each pull request: its state has a key of its own, and so has all that it makes."""

from __future__ import annotations

import contextlib
import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts.ci.environments import backend_of
from scripts.errors import OperatorError
from scripts.terraform.runner import Terraform

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scripts.terraform.diagnostics import Event

# Terraform's outputs by what people read.
URLS = {"PreviewUrl": "preview_url", "ApiUrl": "api_url", "JobUrl": "job_url"}
_TOLD = {"apply_complete", "apply_errored", "change_summary"}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True)
class Preview:
    """The preview of one pull request; ``created_at`` is when that was opened."""

    folder: Path
    number: int
    created_at: str

    def up(self) -> Mapping[str, str]:
        """Apply the preview, and return its URLs by output."""
        terraform = self._initialised()
        with self._settings() as options:
            terraform.apply(_tell, *options)
        outputs = terraform.output()
        if missing := sorted(name for name in URLS.values() if not outputs.get(name)):
            raise OperatorError(f"environments/preview has no output {missing[0]}")
        return {name: str(outputs[name]) for name in URLS.values()}

    def down(self) -> None:
        """Destroy the preview; one that was never there is fine, too."""
        terraform = self._initialised()
        with self._settings() as options:
            terraform.destroy(_tell, *options)

    def _initialised(self) -> Terraform:
        terraform = Terraform(self.folder)
        key = f"{backend_of(self.folder).folder}/pr-{self.number}.tfstate"
        terraform.init("-lockfile=readonly", "-reconfigure", f"-backend-config=key={key}")
        return terraform

    @contextlib.contextmanager
    def _settings(self) -> Iterator[list[str]]:
        if not _TIME.fullmatch(self.created_at):
            raise OperatorError(
                f"{self.created_at!a} is no time of GitHub's, like 2026-01-31T12:00:00Z"
            )
        values = {"pr_number": self.number, "created_at": self.created_at, "aws_profile": None}
        with tempfile.TemporaryDirectory(prefix="preview-") as scratch:
            settings = Path(scratch, "ci.tfvars.json")
            settings.write_text(json.dumps(values))
            yield [f"-var-file={settings}", "-lock-timeout=5m"]


def _tell(event: Event) -> None:
    if event.kind in _TOLD:
        click.echo(event.message)
