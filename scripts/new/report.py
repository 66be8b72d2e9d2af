"""What goes and what stays, for whoever is asked to agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scripts.new.parts import Parts
    from scripts.new.prune import Pruned

# Written by tools: nobody reads them.
_MADE = ("requirements.txt", ".terraform.lock.hcl")


def lines(files: Mapping[str, str]) -> int:
    """Lines of all texts, but for lock files and pictures."""
    return sum(
        text.count("\n")
        for path, text in files.items()
        if not path.endswith(_MADE) and "\0" not in text
    )


def shown(parts: Parts, files: Mapping[str, str], left: Pruned, *, each: bool) -> Iterator[str]:
    """A line for each part that there is, with `each` one for each file, and the sum."""
    there = parts.there(files)
    for name, part in parts.parts.items():
        if name not in there:
            continue
        owned = part.owned(files)
        goes = all(path in left.removed for path in owned)
        yield (
            f"{'goes' if goes else 'stays':<5} {name:<15} {len(owned):>3} files"
            f" {lines(owned):>6,} lines"
        )
        if goes and each:
            yield from (f"        {path}" for path in sorted(owned))
    yield f"edited: {len(left.changed)} files"
    if each:
        yield from (f"        {path}" for path in sorted(left.changed))
    yield from (f"not found, check manually: {one}" for one in left.missed)
    yield f"{lines(files):,} lines become {lines(left.files):,}"
