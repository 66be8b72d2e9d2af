"""What an environment's files choose, without asking Terraform."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scripts.build.docs.configuration import assigned

if TYPE_CHECKING:
    from pathlib import Path


def environ(folder: Path) -> dict[str, str]:
    """What module `api` tells the openapi function, from the environment's terraform.tfvars.

    What is not chosen there takes the default that the module has.
    """
    chosen = assigned(folder / "terraform.tfvars")
    api, commands = chosen.get("api", {}), chosen.get("commands", {})
    webhooks = (chosen.get("notifications") or {}).get("webhooks") or {}
    routes = {route: target["type"] for route, target in chosen.get("routes", {}).items()}
    return {
        "API_MODE": "rest" if api.get("type") == "rest" else api.get("submission", "direct"),
        "ROUTES": json.dumps(routes),
        "AUTHENTICATION": json.dumps(api.get("authentication", {})),
        "DEFAULT_COMMAND_TYPE": commands.get("default_type", "echo"),
        "FIFO_QUEUE": json.dumps(commands.get("fifo", False)),
        "OUTCOMES": json.dumps(api.get("outcomes", False)),
        "CALLBACKS": json.dumps(bool(webhooks.get("allowed_hosts"))),
    }
