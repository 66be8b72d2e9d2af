"""The runbook, with a section of five parts for every alarm, and the procedures."""

from __future__ import annotations

import importlib
import re
import shlex

import boto3
import click
import hcl2
import pytest
from botocore import xform_name

from scripts.aws_session import client_of
from tests.infra.tree import ROOT
from tests.runbook import PAGES, steps

RUNBOOK, PROCEDURES = (page.read_text() for page in PAGES)
PARTS = ["Meaning", "First look", "Likely causes", "Repair", "Verify"]
# Each alarm is an entry of a local value that says what it means. No other file is parsed: that
# takes a second, in each process that collects tests.
LOCALS = [
    local
    for text in (path.read_text() for path in sorted((ROOT / "modules/monitoring").glob("*.tf")))
    if "means" in text
    for block in hcl2.loads(text).get("locals", [])
    for local in block.values()
    if isinstance(local, dict)
]
ALARMS = [
    *sorted(
        alarm
        for group in LOCALS
        for alarm, said in group.items()
        if isinstance(said, dict) and "means" in said
    ),
    "customers-affected",
]
# The AWS CLI's own, and how it writes ScanIndexForward = false.
CLI_OPTIONS = {"query", "output", "max-items", "no-scan-index-forward"}
FLAGS = re.MULTILINE | re.DOTALL


def section(anchor: str, page: str = RUNBOOK) -> str:
    """The section of a page that a link with this anchor leads to."""
    headings: dict[str, str] = {
        re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-"): body
        for title, body in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", page, FLAGS)
    }
    assert anchor in headings, f"no section for {anchor}"
    return headings[anchor]


@pytest.mark.parametrize("alarm", ALARMS)
def test_every_alarm_has_its_section(alarm: str) -> None:
    """The section that an alarm links to has its meaning and its remedy."""
    assert re.findall(r"^- \*\*(.*?)\.\*\*", section(alarm), re.MULTILINE) == PARTS


def test_every_command_can_be_run() -> None:
    """Each tool, its subcommand and its options are there under these names."""
    commands = re.findall(r"`python -m (scripts\.\w+) (\w+)(.*?)`", RUNBOOK + PROCEDURES, re.DOTALL)

    assert len(commands) > 5
    for tool, verb, rest in commands:
        module = importlib.import_module(f"{tool}.__main__")
        group = next(it for it in vars(module).values() if isinstance(it, click.Group))
        options = {name for it in group.commands[verb].params for name in it.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= options, f"{tool} {verb}{rest}"


@pytest.mark.parametrize("page", [RUNBOOK, PROCEDURES], ids=["runbook", "procedures"])
def test_every_link_between_the_pages_leads_somewhere(page: str) -> None:
    """Sections link to sections that exist."""
    for target in re.findall(r"\]\(#([a-z-]+)\)", page):
        section(target, page)
    for target in re.findall(r"\]\(runbook.md#([a-z-]+)\)", page):
        section(target)
    for target in re.findall(r"\]\(procedures.md#([a-z-]+)\)", page):
        section(target, PROCEDURES)


@pytest.mark.parametrize(
    "line", sorted({step.line for step in steps() if step.line.startswith("aws ")})
)
def test_what_only_aws_can_answer_is_at_least_well_put(line: str) -> None:
    """Each `aws` command names an operation that there is, and parameters that it has."""
    _, service, operation, *rest = shlex.split(line)
    options = {word[2:] for word in rest if word.startswith("--")} - CLI_OPTIONS
    client = client_of(boto3.Session(region_name="us-east-1"), service)
    if operation == "wait":
        assert rest[0].replace("-", "_") in client.waiter_names
        operation = "describe-table"  # what this waiter asks, with the same parameters
    name = client.meta.method_to_api_mapping[operation.replace("-", "_")]
    shape = client.meta.service_model.operation_model(name).input_shape
    names = {member: xform_name(member, "-") for member in shape.members}
    assert options <= set(names.values())
    assert {names[member] for member in shape.required_members} <= options


def test_state_addresses_are_those_of_the_environment() -> None:
    """What is handed over in the state is the table."""
    assert 'resource "aws_dynamodb_table" "this"' in (ROOT / "modules/data/main.tf").read_text()
    assert 'module "data"' in (ROOT / "environments/dev/main.tf").read_text()
    moved = {step.line.split()[3] for step in steps() if " import " in step.line and step.aws_only}
    assert "module.data.aws_dynamodb_table.this" in moved
