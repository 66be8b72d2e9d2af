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

from scripts.build.terraform.runner import Terraform
from scripts.errors import OperatorError
from scripts.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scripts.build.terraform.diagnostics import Event

# Terraform's outputs by what people read.
URLS = {"PreviewUrl": "preview_url", "ApiUrl": "api_url", "JobUrl": "job_url"}
_TOLD = {"apply_complete", "apply_errored", "change_summary"}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True)
class Preview:
    """The preview of one pull request; ``created_at`` is when that was opened.

    ``repository`` is where the code lives, like ``github.com/acme/jobs``, where that is known.
    """

    folder: Path
    number: int
    created_at: str
    repository: str | None = None

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
        key = f"{self._states()}/pr-{self.number}.tfstate"
        terraform.init("-lockfile=readonly", "-reconfigure", f"-backend-config=key={key}")
        return terraform

    def _states(self) -> str:
        """Where the states of previews are, which the roles of the workflows reach."""
        name = f"environments/{self.folder.name}"
        if not (self.folder / "backend.tf").is_file():
            raise OperatorError(
                f"{name}/backend.tf is missing; write it with: make backend ENV={self.folder.name}"
            )
        project = read_settings(self.folder.name, self.folder.parent).project
        if project is None:
            raise OperatorError(f'{name}/terraform.tfvars needs: project = "acme-jobs"')
        return f"{project}/{self.folder.name}"

    @contextlib.contextmanager
    def _settings(self) -> Iterator[list[str]]:
        if not _TIME.fullmatch(self.created_at):
            raise OperatorError(f"{self.created_at!a} is not a time like 2026-01-31T12:00:00Z")
        values = {
            "pr_number": self.number,
            "created_at": self.created_at,
            "repository": self.repository,
        }
        with tempfile.TemporaryDirectory(prefix="preview-") as scratch:
            settings = Path(scratch, "ci.tfvars.json")
            settings.write_text(json.dumps(values))
            yield [f"-var-file={settings}", "-lock-timeout=5m"]


def _tell(event: Event) -> None:
    if event.kind in _TOLD:
        click.echo(event.message)
