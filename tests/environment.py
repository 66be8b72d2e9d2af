"""environments/dev on a local stack, and what tests ask of it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from scripts.build.terraform.runner import Terraform
from scripts.local.__main__ import ON_THIS_MACHINE
from scripts.stack.clients import client
from scripts.stack.deployment import Deployment
from scripts.stack.stack import LocalStack
from tests.canary import WatchedApi
from tests.deployed import Deployed
from tests.live import free_port
from tests.provider import served

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# Whatever terraform.tfvars chooses: the direct way in, a standard queue, and a validated route.
CHOSEN = {
    **ON_THIS_MACHINE,
    "api": {},
    "commands": {},
    "routes": {"POST /echoes": {"type": "echo"}},
}


@dataclass(frozen=True)
class Environment(Deployed):
    """One that a suite has applied itself, and its Terraform; clients as the account's root."""

    deployment: Deployment


@dataclass
class ServedDeployment(Deployment):
    """One whose Terraform finds its provider running."""

    provider: Mapping[str, str] = field(default_factory=dict)

    @property
    def terraform(self) -> Terraform:
        """Terraform, pointed at that provider."""
        own = super().terraform
        return Terraform(own.directory, {**own.environ, **self.provider})


@contextlib.contextmanager
def prepared(folder: Path, **settings: object) -> Iterator[Deployment]:
    """environments/dev on a fresh stack, whose state this folder keeps, before its first apply."""
    stack = LocalStack(folder, free_port())
    stack.start()
    try:
        deployment = ServedDeployment(stack, variables=settings)
        deployment.prepare()
        with served(deployment.terraform) as provider:
            yield replace(deployment, provider=provider)
    finally:
        stack.stop()


@contextlib.contextmanager
def applied(folder: Path, **settings: object) -> Iterator[Environment]:
    """environments/dev on a fresh stack whose state this folder keeps, with these settings."""
    with prepared(folder, **{**CHOSEN, **settings}) as deployment:
        outputs = deployment.apply(prepared=True)
        api = WatchedApi(outputs["commands_endpoint"])
        yield Environment(outputs, api, partial(client, deployment.stack), deployment)
