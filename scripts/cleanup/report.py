"""Say what became of each resource: a table for each stack, or JSON for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from scripts import table
from scripts.cleanup.remove import Done

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from scripts.cleanup.remove import Result
    from scripts.cleanup.resource import Resource

_STYLES = {Done.DELETED: "green", Done.GONE: "green", Done.FAILED: "red"}


def show(results: Sequence[Result], now: datetime) -> None:
    """Print a table of each stack; to programs, lines of words between tabs."""
    stacks = sorted({_stack(one) for one in results})
    for stack in stacks:
        rows = [one for one in results if _stack(one) == stack]
        styles = {one.words: "yellow" if one.trouble else _STYLES.get(one.done, "") for one in rows}
        columns = ("kind", "name", "age", "action", "why")
        table.show(columns, [_row(one, now) for one in rows], title=stack, styles=styles)
    click.echo(summary(results))


def summary(results: Sequence[Result]) -> str:
    """One line that counts."""
    if not results:
        return "no temporary resources found"
    counts = _counts(results)
    return ", ".join(f"{number} {words}" for words, number in counts.items())


def show_json(results: Sequence[Result], now: datetime, *, applied: bool) -> None:
    """Print everything as one JSON document."""
    document: dict[str, Any] = {
        "applied": applied,
        "counts": _counts(results),
        "trouble": sum(one.trouble for one in results),
        "resources": [
            {
                "stack": _stack(one),
                "kind": one.verdict.resource.kind,
                "name": one.verdict.resource.name,
                "arn": one.verdict.resource.arn,
                "age": _age(one, now),
                "done": one.words,
                "why": one.why,
            }
            for one in results
        ],
    }
    click.echo(json.dumps(document, indent=2))


def show_left(resources: Iterable[Resource], *, as_json: bool) -> int:
    """Print what is left of a stack; returns how many that are."""
    left = list(resources)
    if as_json:
        rows = [{"kind": one.kind, "name": one.name, "arn": one.arn} for one in left]
        click.echo(json.dumps({"left": len(left), "resources": rows}, indent=2))
        return len(left)
    for one in left:
        click.echo(f"{one.kind}\t{one.name}\t{one.arn}")
    click.echo("1 resource is left" if len(left) == 1 else f"{len(left)} resources are left")
    return len(left)


def _row(one: Result, now: datetime) -> tuple[str, str, str, str, str]:
    resource = one.verdict.resource
    return resource.kind, resource.name, _age(one, now), one.words, one.why


def _stack(one: Result) -> str:
    return one.verdict.stack.prefix if one.verdict.stack else "unknown stack"


def _age(one: Result, now: datetime) -> str:
    if one.verdict.created is None:
        return "-"
    hours = int((now - one.verdict.created).total_seconds() // 3600)
    return f"{hours} h" if hours < 72 else f"{hours // 24} d"  # noqa: PLR2004 - three days


def _counts(results: Sequence[Result]) -> dict[str, int]:
    words = [one.words for one in results]
    return {word: words.count(word) for word in dict.fromkeys(words)}
