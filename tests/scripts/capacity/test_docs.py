"""docs/capacity.md shows what its command prints today."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from scripts.capacity.__main__ import main
from scripts.capacity.cost import month, told
from scripts.capacity.model import Load, Sizes
from scripts.cli import ROOT

if TYPE_CHECKING:
    import pytest

DOCUMENT = (ROOT / "docs" / "capacity.md").read_text()


def test_the_example_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    """The block below the markers is the output of the command at the top, to the character."""
    [command] = re.findall(r"python -m scripts\.capacity (--.*)", DOCUMENT)
    args, _, _plot = command.partition(" --plot ")
    assert main(shlex.split(args)) == 0
    [shown] = re.findall(r"<!-- output:capacity -->\n```\n(.*?)```", DOCUMENT, re.DOTALL)
    assert shown == capsys.readouterr().out


def test_every_source_is_named_where_the_numbers_are() -> None:
    """The document and limits.py name the same pages."""
    code = (ROOT / "scripts" / "capacity" / "limits.py").read_text()
    pages = set(re.findall(r"https://[^\s)]+", code))
    assert pages
    for page in pages:
        assert page in DOCUMENT, page


def test_the_costs_of_being_told_are_those_of_the_model() -> None:
    """docs/costs.md and docs/push.md show what the one list of prices comes to."""
    of = {name: f"${dollars:.2f}" for name, dollars in told(Sizes()).items()}
    costs, push = ((ROOT / "docs" / page).read_text() for page in ("costs.md", "push.md"))
    table = costs.partition("## Costs of being told")[2].partition("\n- ")[0]

    assert re.findall(r"\| (\$[0-9.]+) \|", table) == list(of.values())
    assert f"| **watched** | **{of['watched']}** |" in push
    assert f"**{of['five polls']}**" in push


def test_the_costs_at_twenty_a_second_are_those_of_the_model() -> None:
    """The notifier's batches of a load that is steady."""
    text = (ROOT / "docs" / "costs.md").read_text()
    [line] = re.findall(r"\*\*At 20 commands a second\*\*(.*?)\n- ", text, re.DOTALL)
    load, nothing = Load(rate=20), Sizes()
    off = month(load, nothing)
    for sizes in (
        replace(nothing, events="eventbridge"),
        replace(nothing, events="sns"),
        replace(nothing, webhooks=True),
        replace(nothing, push=True),
    ):
        more = month(load, sizes).total - off.total
        assert f"${more / off.commands * 1e6:.2f}" in line, sizes


def test_the_costs_of_counting_are_those_of_the_model() -> None:
    """The row of batches: members that begin and end with others, and alone."""
    [row] = re.findall(r"\| `api.batches` \|(.*)", (ROOT / "docs" / "costs.md").read_text())
    bills = [month(Load(rate=rate), Sizes(batches=True)) for rate in (20, 0.01)]
    counting = [f"${it.items['batch counter'] / it.commands * 1e6:.2f}" for it in bills]

    assert re.findall(r"\$[0-9.]+", row) == counting
