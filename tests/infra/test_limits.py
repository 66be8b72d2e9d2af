"""AWS's limits stand in one table: botocore's models and the code agree with it."""

from __future__ import annotations

import re
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import pytest

from scripts.build.docs.limits import Limit, limits, stated
from tests.infra.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMITS = limits()
_NUMBER = re.compile(r"\b\d+(?:_\d{3})*(?: \* \d+(?:_\d{3})*)*\b")
# From here on a number is hardly anything but the limit that it equals.
DISTINCT = 40_000


def value(text: str) -> int:
    """The last number in a text, which may be a product."""
    return prod(int(it) for it in _NUMBER.findall(text)[-1].split(" * "))


def moved(limit: Limit) -> list[str]:
    """How botocore's model differs from what the table has of it."""
    text, most = stated(limit)
    found = (
        [] if limit.says in text else [f"{limit.limit}: no more {limit.says!r} in: {text[:999]}"]
    )
    return found if limit.max in (None, most) else [*found, f"{limit.limit}: max is {most}"]


@pytest.mark.parametrize("limit", [it for it in LIMITS if it.model], ids=lambda it: it.limit)
def test_aws_has_not_moved_a_limit(limit: Limit) -> None:
    """What the installed service models state is what the table says."""
    assert limit.says or limit.max
    assert moved(limit) == []
    if limit.max != limit.value:
        assert limit.says or limit.why


def test_a_moved_limit_is_found() -> None:
    """Other words and another bound."""
    timeout = next(it for it in LIMITS if it.limit == "Lambda: timeout")

    assert len(moved(replace(timeout, max=900))) == 1
    assert len(moved(replace(timeout, says="maximum allowed value is 1,000 seconds"))) == 1


@pytest.mark.parametrize("limit", LIMITS, ids=lambda it: it.limit)
def test_the_code_repeats_the_table(limit: Limit) -> None:
    """Every place that repeats a limit has its value; a part that was taken out has no places."""
    for place in limit.places:
        name, _, text = place.partition(": ")
        if (ROOT / name).exists():
            assert text in (ROOT / name).read_text(), place
            assert value(text) in (limit.here, limit.value), place


def test_no_limit_stands_anywhere_else() -> None:
    """A number that is a limit is in the list of its places."""
    named = {tuple(place.split(": ", 1)) for it in LIMITS for place in it.places}
    distinct = {it for limit in LIMITS for it in (limit.here, limit.value) if it and it > DISTINCT}
    elsewhere = [
        f"{name}: {line.strip()}"
        for name, line in _lines()
        if distinct & {value(it) for it in _NUMBER.findall(line)}
        and not any(name == place and text in line for place, text in named)
        # Messages and defaults that the limit's own condition is beside.
        and not re.search(r"error_message|description|default +=", line)
    ]

    assert elsewhere == []


def _lines() -> Iterator[tuple[str, str]]:
    for folder, kind in (("src", "*.py"), ("scripts", "*.py"), ("modules", "*.tf")):
        for path in sorted((ROOT / folder).rglob(kind)):
            # Probes ask AWS itself, on both sides of a limit.
            if not {"tests", ".terraform", "probes"} & set(path.parts):
                yield from ((str(path.relative_to(ROOT)), line) for line in _code(path))


def _code(path: Path) -> list[str]:
    return [line.partition("#")[0] for line in path.read_text().splitlines()]
