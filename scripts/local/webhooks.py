"""Webhooks to this machine: what `make demo WEBHOOKS=1` changes in its copy of an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scripts.local.receiver import Receiver
from scripts.stack.clients import secrets_client
from scripts.stack.steps import empty_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from scripts.stack.deployment import Deployment
    from scripts.stack.stack import LocalStack

_KEY = "webhook-signing-key"


def receiver_of(deployment: Deployment, say: Callable[[str], object]) -> Receiver:
    """A receiver that the deployment may call from its next apply on.

    The port is that of the last time, if it is free: another one would change functions.
    """
    before = webhooks_of(deployment.applied_variables()).get("allowed_ports", [0])
    try:
        receiver = Receiver(before[0], say)
    except OSError:
        receiver = Receiver(0, say)
    given = deployment.chosen()
    deployment.variables = {
        **deployment.variables,
        **to_this_machine(given, receiver.server_port),
    }
    return receiver


def to_this_machine(given: Mapping[str, Any], port: int) -> dict[str, Any]:
    """Variables by which an environment calls a port of this machine, and nobody else.

    Loopback addresses and HTTP are refused unless an environment says otherwise.
    """
    keys = webhooks_of(given).get("secrets") or [_KEY]
    declared = {key: {"description": "Signs webhooks"} for key in keys}
    webhooks = {
        "secrets": keys,
        "allowed_hosts": ["localhost"],
        "allowed_ports": [port],
        "allow_http": True,
        "allow_loopback": True,
    }
    return {
        "secrets": declared | given.get("secrets", {}),
        "notifications": {**(given.get("notifications") or {}), "webhooks": webhooks},
    }


def signing_keys(deployment: Deployment) -> list[str]:
    """Purposes of the secrets that sign webhooks; none without webhooks."""
    return list(webhooks_of({**deployment.chosen(), **deployment.variables}).get("secrets", ()))


def to_seed(stack: LocalStack, names: Mapping[str, str], keys: Collection[str]) -> dict[str, str]:
    """The secrets that get a value: all, but for signing keys that have one."""
    wanted = {purpose: name for purpose, name in names.items() if purpose not in keys}
    return wanted | empty_secrets(stack, {purpose: names[purpose] for purpose in keys})


def signing_key(deployment: Deployment, outputs: Mapping[str, Any]) -> str:
    """The value of the first of them."""
    name = outputs["secret_names"][signing_keys(deployment)[0]]
    return str(secrets_client(deployment.stack).get_secret_value(SecretId=name)["SecretString"])


def webhooks_of(variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings of webhooks among the variables of an environment, empty without webhooks."""
    return (variables.get("notifications") or {}).get("webhooks") or {}
