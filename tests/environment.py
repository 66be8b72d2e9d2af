"""environments/dev on a local stack, and what tests ask of it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from scripts.errors import OperatorError
from scripts.local.__main__ import ON_THIS_MACHINE
from scripts.stack.clients import client
from scripts.stack.deployment import Deployment
from scripts.stack.stack import LocalStack
from tests.canary import WatchedApi
from tests.deployed import Deployed
from tests.live import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
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


def apply_or_start_over(deployment: Deployment) -> dict[str, Any]:
    """Apply it; once more, to an empty emulator, where that failed, as its error says."""
    try:
        return deployment.apply()
    except OperatorError:
        deployment.stack.stop()
        deployment.stack.start()
        return deployment.apply()


@contextlib.contextmanager
def applied(folder: Path, **settings: object) -> Iterator[Environment]:
    """environments/dev on a fresh stack whose state this folder keeps, with these settings."""
    stack = LocalStack(folder, free_port())
    stack.start()
    try:
        deployment = Deployment(stack, variables={**CHOSEN, **settings})
        outputs = apply_or_start_over(deployment)
        api = WatchedApi(outputs["commands_endpoint"])
        yield Environment(outputs, api, partial(client, stack), deployment)
    finally:
        stack.stop()
