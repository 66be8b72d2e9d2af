"""Where Terraform's tools look for things: everything the machine around them decides."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[3] / ".tools"


@dataclass(frozen=True)
class Places:
    """The surroundings of a run; tests give their own.

    ``registry``: discovery document of the provider registry, asked whether it can be reached.
    ``optional_software``: where machines keep add-on software, searched for a provider mirror.
    """

    tools: Path = TOOLS
    registry: str = "https://registry.terraform.io/.well-known/terraform.json"
    optional_software: Path = Path("/opt")
    system: str = field(default_factory=platform.system)
    machine: str = field(default_factory=platform.machine)


_SYSTEMS = {"Linux": "linux", "Darwin": "darwin"}
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def terraform_platform(places: Places) -> str | None:
    """Return Terraform's name of this platform, ``linux_arm64`` for example, if we support it."""
    system, machine = _SYSTEMS.get(places.system), _MACHINES.get(places.machine.lower())
    return f"{system}_{machine}" if system and machine else None
