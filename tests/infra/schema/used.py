"""What Terraform files use of the AWS provider: blocks with their arguments, and references."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from scripts.build.docs.configuration import parsed, plain
from tests.infra.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KINDS = ("resource", "data", "ephemeral")
# Terraform's own, in every block: https://developer.hashicorp.com/terraform/language/resources
META = {
    "connection",
    "count",
    "depends_on",
    "dynamic",
    "for_each",
    "lifecycle",
    "provider",
    "provisioner",
    "timeouts",
}
_REFERENCE = re.compile(r"(?<![\w.])(?:(data|ephemeral)\.)?(aws_\w+)\.\w+(?:\[[^\]]*\])?\.(\w+)")
_COMMENT = re.compile(r"^\s*(#|//).*$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One block and the names of what is set in it; `path` are the blocks that it is nested in."""

    at: str
    kind: str
    type: str
    path: tuple[str, ...]
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reference:
    """An attribute that is read from a resource."""

    at: str
    kind: str
    type: str
    attribute: str


def files() -> list[Path]:
    """The Terraform files of all modules, environments and roots of the integration tests."""
    folders = ("modules", "environments", "tests/integration/terraform")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.tf")]
    return sorted(path for path in found if ".terraform" not in path.parts)


@cache
def blocks(path: Path) -> tuple[Block, ...]:
    """Every block of the provider in a file, the nested ones too."""
    return tuple(_blocks(path, parsed(path)))


def references(path: Path) -> Iterator[Reference]:
    """Every attribute that a file reads, comments left out."""
    at = f"{path.parent.name}/{path.name}"
    for kind, type_, attribute in sorted(
        set(_REFERENCE.findall(_COMMENT.sub("", path.read_text())))
    ):
        yield Reference(at, kind or "resource", type_, attribute)


def _blocks(path: Path, content: dict[str, Any]) -> Iterator[Block]:
    for kind in KINDS:
        for found in content.get(kind, []):
            ((type_, named),) = _labels(found)
            ((name, body),) = _labels(named)
            if type_.startswith("aws_"):
                at = f"{path.parent.name}/{path.name}: {type_}.{name}"
                yield from _walk(Block(at, kind, type_, ()), body)


def _walk(block: Block, body: dict[str, Any]) -> Iterator[Block]:
    inner = [
        (name, it)
        for name, value in body.items()
        for it in (value if isinstance(value, list) else [])
        if isinstance(it, dict) and it.get("__is_block__")
    ]
    inner += [
        (name, content)
        for it in body.get("dynamic", [])
        for name, one in _labels(it)
        for content in one["content"]
    ]
    names = {name for name, _ in inner} | {name for name, _ in _labels(body)}
    yield replace(block, names=frozenset(names - META))
    for name, content in inner:
        if name not in META:
            yield from _walk(replace(block, path=(*block.path, name)), content)


def _labels(block: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(plain(key), value) for key, value in block.items() if not key.startswith("__")]
