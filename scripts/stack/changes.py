"""What Terraform has begun and ended, by its events and its state.

An interrupted Terraform cancels the calls that are under way, so that it ends at once. AWS and the
emulator may have carried out such a call. A resource that it created is in no state then, and the
next apply is told that it already exists; whether an update was carried out, nobody knows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scripts.build.terraform.diagnostics import Event

_GROWTH = {"create": 1, "delete": -1}


@dataclass
class Changes:
    """The changes to one state; `doing` is a word for them, as in "applying"."""

    state: Path
    doing: str
    _planned: bool = False
    _total: int = 0
    _unfinished: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the resources that are there."""
        self._total += len(resources(self.state))

    def take(self, event: Event) -> None:
        """Note an event of Terraform."""
        if event.kind == "planned_change":
            self._total += _GROWTH.get(event.action, 0)
        elif event.kind == "change_summary":
            self._planned = True
        elif event.kind == "apply_start":
            self._unfinished[event.address] = event.action
        elif event.kind == "apply_complete":
            self._unfinished.pop(event.address, None)

    def in_doubt(self) -> set[str]:
        """The resources of which Terraform's state does not say what became of them.

        One that was cut off while it was waited for is known, as tainted: the next apply replaces
        it. A deleted one is looked up again by the next plan.
        """
        known = resources(self.state)
        return {
            address
            for address, action in self._unfinished.items()
            if action == "update" or (action == "create" and address not in known)
        }

    def so_far(self) -> str:
        """What is being done, and how many resources done."""
        there = len(resources(self.state))
        of = f" of {self._total}" if self._total > there else ""
        return f"{self.doing if self._planned else 'planning'}; {there}{of} resources done"


def resources(state: Path) -> set[str]:
    """The addresses of the resources in a state file.

    Terraform makes the file to lock it, and writes into it once there is something.
    """
    text = state.read_text() if state.is_file() else ""
    if not text:
        return set()
    return {
        _address(resource, instance)
        for resource in json.loads(text)["resources"]
        if resource["mode"] == "managed"
        for instance in resource["instances"]
        if "deposed" not in instance
    }


def _address(resource: Mapping[str, str], instance: Mapping[str, object]) -> str:
    parts = (resource.get("module"), resource["type"], resource["name"])
    key = f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""
    return ".".join(part for part in parts if part) + key
