"""What an environment's files choose, without asking Terraform."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scripts.build.docs.configuration import blocks, parsed

if TYPE_CHECKING:
    from pathlib import Path


def environ(folder: Path) -> dict[str, str]:
    """What the environment's main.tf tells the openapi function, from defaults and tfvars."""
    chosen = {
        name: _plain(body["default"])
        for name, body in blocks(folder, "variable")
        if "default" in body
    }
    assigned = parsed(folder / "terraform.tfvars")
    chosen |= {name: _plain(value) for name, value in assigned.items() if not name.startswith("__")}
    routes = {route: target["type"] for route, target in chosen["routes"].items()}
    return {
        "DOOR": "rest" if chosen["api_type"] == "rest" else chosen["submission"],
        "ROUTES": json.dumps(routes),
        "AUTHENTICATION": json.dumps(chosen["authentication"]),
        "DEFAULT_COMMAND_TYPE": chosen["default_command_type"],
        "FIFO_QUEUE": json.dumps(chosen["fifo_queue"]),
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever HCL can say
    """The parser leaves the quotes on texts and keys."""
    match value:
        case str() if value.startswith('"'):
            return json.loads(value)
        case dict():
            named = {_plain(key): _plain(one) for key, one in value.items()}
            return {key: one for key, one in named.items() if not str(key).startswith("__")}
        case list():
            return [_plain(one) for one in value]
        case _:
            return value
