"""Say what a plan came to: in the log, on the run's page, and in a file for the next job."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from scripts.ci import job, markdown
from scripts.ci.report import Report

if TYPE_CHECKING:
    from pathlib import Path

# A summary takes 1 MiB from each step.
_SUMMARY = 1_000_000


def tell(env: str, *, reports: Path, report: Report | None = None, error: str = "") -> None:
    """Write the report of an environment, with why it may not be applied, if so."""
    report = replace(report or Report(env), error=error)
    report.write(reports)
    numbers = report.changes
    click.echo(
        f"{env}: {numbers.add} to add, {numbers.change} to change, {numbers.destroy} to destroy;"
        f" {numbers.drifted} changed outside of Terraform"
    )
    job.summarise(markdown.plan_page([report], run_url="#", limit=_SUMMARY))
