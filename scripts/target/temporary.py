"""An environment of its own for a while: a copy of a folder, applied, and destroyed in any case."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scripts import interrupts
from scripts.build.package import build
from scripts.build.terraform.runner import Terraform
from scripts.cli import ROOT
from scripts.errors import OperatorError
from scripts.settings import environment_folder
from scripts.stack.addresses import reachable
from scripts.stack.progress import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from rich.console import Console

    from scripts.settings import EnvironmentSettings
    from scripts.target.target import Target

FOLDER = ROOT / ".local" / "temporary"
_IGNORED = shutil.ignore_patterns(
    ".terraform", "*.tfstate*", "backend.tf", "*.example", "tests", "README.md"
)
# The tagging API goes on naming what is deleted for a while.
_AUDIT_SECONDS = {True: 10.0, False: 300.0}
_AUDIT_PAUSE_SECONDS = {True: 0.5, False: 15.0}


def new_name(settings: EnvironmentSettings) -> str:
    """A name for a copy; module `naming` knows by its end what a copy of dev may do."""
    environment = settings.environment or ""
    development = environment == "dev" or environment.endswith("-dev")
    return f"prove-{uuid.uuid4().hex[:6]}{'-dev' if development else ''}"


@dataclass(frozen=True)
class Temporary:
    """A copy of an environment's folder under a name of its own.

    `base` has its settings and clients, `environ` Terraform's environment, `parent` the folder
    where copy and state are kept until everything is destroyed; `variables` override those of
    terraform.tfvars.
    """

    base: Target
    name: str
    environ: Mapping[str, str]
    parent: Path = FOLDER
    variables: Mapping[str, object] = field(default_factory=dict)

    @property
    def _root(self) -> Path:
        return self.parent / self.name

    @property
    def _terraform(self) -> Terraform:
        return Terraform(self._root / "environments" / self.base.settings.folder, self.environ)

    @contextlib.contextmanager
    def applied(self, console: Console) -> Iterator[Target]:
        """Apply it, and destroy it afterwards; OperatorError says how to go on where that fails."""
        terraform = self._terraform
        try:
            self._copy()
            terraform.init()
        except BaseException:
            shutil.rmtree(self._root, ignore_errors=True)
            raise
        try:
            with shown(console, f"Creating {self.name}") as on_event:
                terraform.apply(on_event)
            outputs = terraform.output()
            if self.base.local:
                outputs = reachable(outputs, self.environ["AWS_ENDPOINT_URL"])
            settings = replace(self.base.settings, environment=self.name)
            yield replace(self.base, settings=settings, read=lambda: outputs)
        finally:
            with interrupts.deferred():
                self._destroy(console)

    def _destroy(self, console: Console) -> None:
        terraform = self._terraform
        try:
            with shown(console, f"Destroying {self.name}") as on_event:
                terraform.destroy(on_event)
        except BaseException as error:
            raise OperatorError(
                f"{self.name} is not destroyed ({error}); run: terraform"
                f" -chdir={terraform.directory} destroy"
            ) from error
        shutil.rmtree(self._root)

    def left(self) -> list[str]:
        """What still has its tags or its role names, once AWS has had time to forget: nothing."""
        deadline = time.monotonic() + _AUDIT_SECONDS[self.base.local]
        while found := [*self._tagged(), *self._roles()]:
            if time.monotonic() > deadline:
                return found
            interrupts.sleep(_AUDIT_PAUSE_SECONDS[self.base.local])
        return []

    def _tagged(self) -> Iterator[str]:
        tags = {"Project": self.base.settings.project, "Environment": self.name}
        filters = [{"Key": key, "Values": [value]} for key, value in tags.items()]
        client = self.base.client("resourcegroupstaggingapi")
        for page in client.get_paginator("get_resources").paginate(TagFilters=filters):
            for resource in page["ResourceTagMappingList"]:
                if not self._going(resource["ResourceARN"]):
                    yield resource["ResourceARN"]

    def _going(self, arn: str) -> bool:
        """Whether it is a key that waits for its deletion, for at least a week."""
        if ":kms:" not in arn or ":key/" not in arn:
            return False
        metadata = self.base.client("kms").describe_key(KeyId=arn)["KeyMetadata"]
        return bool(metadata["KeyState"] == "PendingDeletion")

    def _roles(self) -> Iterator[str]:
        """Roles, which that API does not list."""
        prefix = f"{self.base.settings.project}-{self.name}-"
        for page in self.base.client("iam").get_paginator("list_roles").paginate():
            yield from (one["Arn"] for one in page["Roles"] if one["RoleName"].startswith(prefix))

    def _copy(self) -> None:
        folder = self.base.settings.folder
        target = self._root / "environments" / folder
        shutil.copytree(environment_folder(folder), target, ignore=_IGNORED)
        shutil.copytree(ROOT / "modules", self._root / "modules", ignore=_IGNORED)
        build(self._root / "build" / "lambda.zip")
        variables: dict[str, object] = {
            "environment": self.name,
            "other_environments": [self.name],
            "secrets_recovery_window_days": 0,
            # Nobody is told of an environment that nobody uses.
            "monitoring": {},
            **({"aws_profile": None} if self.base.local or _chosen(self.environ) else {}),
            **self.variables,
        }
        (target / "temporary.auto.tfvars.json").write_text(json.dumps(variables))


def _chosen(environ: Mapping[str, str]) -> bool:
    """Whether the operator's own variables say who they are, before the environment's profile."""
    return any(environ.get(name) for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID"))
