"""Plan an environment, and apply the plan that was reviewed and no other."""

from __future__ import annotations

import contextlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts.build.package.build import OUTPUT, lay_manifest, sha256
from scripts.build.terraform.runner import Terraform
from scripts.ci.changes import read_changes
from scripts.ci.environments import backend_of
from scripts.ci.plan_store import PlanStore
from scripts.ci.report import Report
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.build.terraform.diagnostics import Event

_TOLD = {"apply_start", "apply_complete", "apply_errored", "change_summary", "planned_change"}


@dataclass(frozen=True)
class Environment:
    """One folder of environments/, and the Lambda zip that it is deployed with."""

    folder: Path
    package: Path = OUTPUT

    @property
    def name(self) -> str:
        """What the folder is called."""
        return self.folder.name

    def look(self, digest: str | None) -> Report:
        """Plan without a lock and without keeping the plan: nothing is applied from it."""
        with _scratch() as scratch:
            return self._plan(scratch, digest, "-lock=false")

    def plan(self, digest: str | None) -> tuple[Report, str]:
        """Plan, and store the plan for `apply`; the report, and the plan's SHA-256."""
        with _scratch() as scratch:
            report = self._plan(scratch, digest, "-lock-timeout=5m")
            return report, PlanStore(backend_of(self.folder)).save(scratch / "plan")

    def apply(self, plan_sha256: str, digest: str) -> None:
        """Apply the stored plan with that SHA-256, with the zip that it was made for.

        Terraform itself refuses a plan whose state has moved on since.
        """
        self._check_package(digest)
        terraform = self._initialised()
        with _scratch() as scratch:
            PlanStore(backend_of(self.folder)).fetch(plan_sha256, scratch / "plan")
            terraform.apply(_tell, "-lock-timeout=5m", str(scratch / "plan"))

    def validate(self) -> None:
        """Check the configuration alone, without its state and without AWS."""
        terraform = Terraform(self.folder)
        terraform.init("-backend=false", "-lockfile=readonly")
        terraform.run("validate", "-no-color")

    def _plan(self, scratch: Path, digest: str | None, *options: str) -> Report:
        if digest is not None:
            self._check_package(digest)
        terraform, plan = self._initialised(), scratch / "plan"
        settings = scratch / "ci.tfvars.json"
        # A profile is of somebody's own machine; here the job's role is the only one there is.
        settings.write_text(json.dumps({"aws_profile": None, "package_sha256": digest}))
        empty = terraform.plan_is_empty(f"-out={plan}", f"-var-file={settings}", *options)
        return Report(
            environment=self.name,
            changed=not empty,
            changes=read_changes(json.loads(terraform.run("show", "-json", str(plan)).stdout)),
            text=terraform.run("show", "-no-color", str(plan)).stdout.strip(),
        )

    def _initialised(self) -> Terraform:
        terraform = Terraform(self.folder)
        terraform.init("-lockfile=readonly")
        return terraform

    def _check_package(self, digest: str) -> None:
        if not self.package.is_file():
            raise OperatorError("build/lambda.zip is missing; run: make package")
        if (found := sha256(self.package)) != digest:
            raise OperatorError(
                f"build/lambda.zip has the SHA-256 {found} instead of {digest} of the plan;"
                " nothing was applied"
            )
        lay_manifest(self.package)  # of this zip, which came without it


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    # Gone afterwards: a plan file may hold what the state holds.
    with tempfile.TemporaryDirectory(prefix="plan-") as folder:
        yield Path(folder)


def _tell(event: Event) -> None:
    if event.kind in _TOLD:
        click.echo(event.message)
