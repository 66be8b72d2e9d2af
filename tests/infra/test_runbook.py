"""The runbook: a section for every alarm, each with the same five parts."""

from __future__ import annotations

import importlib
import re

import click
import hcl2
import pytest

from tests.infra.tree import ROOT

RUNBOOK = (ROOT / "docs/runbook.md").read_text()
PARTS = ["Meaning", "First look", "Likely causes", "Repair", "Verify"]
LOCALS = hcl2.loads((ROOT / "modules/monitoring/alarms.tf").read_text())["locals"][0]
ALARMS = [*sorted(LOCALS["alarms"]), "customers-affected"]
FLAGS = re.MULTILINE | re.DOTALL


def section(alarm: str) -> str:
    """What stands under the heading that a link of that name leads to."""
    headings: dict[str, str] = {
        re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-"): body
        for title, body in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", RUNBOOK, FLAGS)
    }
    assert alarm in headings, f"docs/runbook.md has no section for {alarm}"
    return headings[alarm]


@pytest.mark.parametrize("alarm", ALARMS)
def test_every_alarm_has_its_section(alarm: str) -> None:
    """Whoever follows an alarm's link finds what it means and what to do."""
    assert re.findall(r"^\*\*(.*?)\.\*\*", section(alarm), re.MULTILINE) == PARTS


def test_every_command_can_be_run() -> None:
    """Each tool, its subcommand and its options are there under these names."""
    commands = re.findall(r"`python -m (scripts\.\w+) (\w+)(.*?)`", RUNBOOK, re.DOTALL)

    assert len(commands) > 5
    for tool, verb, rest in commands:
        module = importlib.import_module(f"{tool}.__main__")
        group = next(it for it in vars(module).values() if isinstance(it, click.Group))
        options = {name for it in group.commands[verb].params for name in it.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= options, f"{tool} {verb}{rest}"


def test_every_link_within_leads_somewhere() -> None:
    """Sections refer to sections that there are."""
    for target in re.findall(r"\]\(#([a-z-]+)\)", RUNBOOK):
        section(target)
