"""docs/capacity.md shows what its command prints today."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from scripts.capacity.__main__ import main
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
