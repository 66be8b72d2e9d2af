"""What a provider's schema makes of Terraform files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

from tests.infra.schema.used import Block, Reference, blocks, references

# By name: `is` (required, optional, computed), `of` (the body of a block), `deprecated` (why).
Body = dict[str, dict[str, Any]]


def findings(paths: list[Path], schema: dict[str, dict[str, Body]]) -> Iterator[str]:
    """What is unknown, missing, not to be set, or deprecated."""
    for path in paths:
        for block in blocks(path):
            yield from _of_block(block, body(schema, block))
        for reference in references(path):
            known = schema[reference.kind].get(reference.type, {})
            yield from _of_reference(reference, known.get(reference.attribute))


def body(schema: dict[str, dict[str, Body]], block: Block) -> Body | None:
    """The schema of a block; None where the provider does not know it."""
    found: Body | None = schema[block.kind].get(block.type)
    for name in block.path:
        found = (found or {}).get(name, {}).get("of")
    return found


def _of_block(block: Block, known: Body | None) -> Iterator[str]:
    at = ".".join((block.at, *block.path))
    if known is None:
        renew = "" if block.path else " type; run: python -m tests.infra.schema.renew"
        yield f"{at}: unknown{renew or ' block'}"
        return
    for name in sorted(block.names):
        if name not in known:
            yield f"{at}: unknown {name}"
        elif known[name]["is"] == "computed":
            yield f"{at}: {name} is set, but only the provider sets it"
        elif "deprecated" in known[name]:
            yield f"{at}: deprecated {name}"
    for name, it in known.items():
        if it["is"] == "required" and name not in block.names:
            yield f"{at}: missing {name}"


def _of_reference(reference: Reference, known: dict[str, Any] | None) -> Iterator[str]:
    what = f"{reference.type}.{reference.attribute}"
    if known is None:
        yield f"{reference.at}: unknown {what}"
    elif "deprecated" in known:
        yield f"{reference.at}: deprecated {what}"
