"""The rooms of `scripts`: what each may import, and that imports point one way."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "scripts"

# The ground, from the bottom up. `scripts` itself: the modules beside the packages.
EDGE = {"scripts"}
GROUND = EDGE | {"scripts.build", "scripts.stack", "scripts.target"}
# What each package may import of the others. Only the local stack's commands use other tools'
# commands; dlq and drill submit and follow commands, and webhooks' deliveries are commands.
MAY_IMPORT = {
    "scripts": set[str](),
    "scripts.build": EDGE,
    "scripts.stack": EDGE | {"scripts.build"},
    "scripts.new": EDGE,
    "scripts.target": EDGE | {"scripts.build", "scripts.stack"},
    "scripts.capacity": EDGE | {"scripts.build"},
    "scripts.secrets": EDGE | {"scripts.target"},
    "scripts.ci": EDGE | {"scripts.build"},
    "scripts.cleanup": EDGE | {"scripts.stack", "scripts.target"},
    "scripts.commands": GROUND,
    "scripts.batches": EDGE | {"scripts.commands"},
    "scripts.dlq": EDGE | {"scripts.target"},
    "scripts.drill": EDGE | {"scripts.target", "scripts.commands"},
    "scripts.prove": EDGE | {"scripts.target"},
    "scripts.schedules": EDGE | {"scripts.target"},
    "scripts.webhooks": EDGE | {"scripts.target", "scripts.commands", "scripts.dlq"},
    "scripts.worker": EDGE | {"scripts.build", "scripts.target"},
    "scripts.local": EDGE
    | {"scripts.stack", "scripts.cleanup", "scripts.commands", "scripts.dlq", "scripts.schedules"}
    | {"scripts.worker"},
}
PACKAGES = {f"scripts.{path.parent.name}" for path in SCRIPTS.glob("*/__init__.py")}


def package(module: str) -> str:
    """The package that a module belongs to."""
    name = ".".join(module.split(".")[:2])
    return name if name in PACKAGES else "scripts"


def imported(path: Path) -> set[str]:
    """The packages that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "scripts":
            found |= {f"scripts.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {package(name) for name in found if name.split(".")[0] == "scripts"}


def arrows() -> dict[str, set[str]]:
    """By package, the other packages that it imports."""
    found: dict[str, set[str]] = {name: set() for name in {"scripts", *PACKAGES}}
    for path in SCRIPTS.rglob("*.py"):
        here = package(".".join(path.relative_to(ROOT).with_suffix("").parts))
        if not path.is_relative_to(SCRIPTS / "emulator"):
            found[here] |= imported(path) - {here}
    return found


def test_a_package_imports_only_what_is_below_it() -> None:
    """Ground, then operators' tools, then the local stack's commands on top of both."""
    found = arrows()
    print(f"scripts: {len(PACKAGES)} packages, {sum(map(len, found.values()))} arrows")
    for name in TopologicalSorter(found).static_order():  # refuses a circle
        print(f"  {name} -> {', '.join(sorted(found[name])) or 'nothing'}")
    upward = {name: needs - MAY_IMPORT[name] for name, needs in found.items()}
    assert {name: needs for name, needs in upward.items() if needs} == {}


def test_the_ground_may_import_no_command_and_nothing_the_roof() -> None:
    """What the tools stand on works without any of them."""
    assert all(MAY_IMPORT[name] <= GROUND for name in GROUND)
    assert not any("scripts.local" in allowed for allowed in MAY_IMPORT.values())
    assert MAY_IMPORT.keys() == {"scripts", *PACKAGES}
