"""What `up` and `demo` do, in order, telling what they wait for."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from typing import TYPE_CHECKING, Any

from scripts.stack.clients import secrets_client
from scripts.stack.interruption import step
from scripts.stack.progress import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from rich.console import Console

    from scripts.stack.deployment import Deployment
    from scripts.stack.stack import LocalStack


@step("deploying")
def deploy(console: Console, deployment: Deployment) -> dict[str, Any]:
    """Start the emulator and apply the environment to it; Terraform's outputs."""
    stack = deployment.stack
    with step("starting the emulator"):
        if deployment.start_over():
            console.print("The last apply was interrupted: starting with an empty emulator.")
        was_running = stack.running()
        with stack.starting():
            deployment.prepare()
    console.print(f"Emulator: {'already runs' if was_running else 'runs'} at {stack.endpoint}")
    with shown(console, "Terraform") as on_event:
        return deployment.apply(on_event, prepared=True)


@step("seeding secrets")
def seed(
    console: Console,
    stack: LocalStack,
    outputs: Mapping[str, Any],
    signing_keys: Collection[str] = (),
) -> None:
    """Give every secret of the environment a random value.

    `signing_keys` are the purposes of those that sign webhooks.
    """
    client = secrets_client(stack)
    for purpose, name in sorted(outputs["secret_names"].items()):
        value = json.dumps({"api_key": secrets.token_urlsafe(24)})
        if purpose in signing_keys:
            value = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
        client.put_secret_value(SecretId=name, SecretString=value)
        console.print(f"Secret:   seeded {name}")


def empty_secrets(stack: LocalStack, secrets: Mapping[str, str]) -> dict[str, str]:
    """Those of the secrets, names by purpose, that have no value yet."""
    client = secrets_client(stack)
    return {
        purpose: name
        for purpose, name in secrets.items()
        if not client.describe_secret(SecretId=name).get("VersionIdsToStages")
    }
