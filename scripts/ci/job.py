"""What a job hands to GitHub: outputs for later jobs, and the summary on its page."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from scripts.errors import OperatorError

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def set_output(name: str, value: str) -> None:
    """Give later jobs a value; it is printed, too, and that is all outside of GitHub.

    One line only: a second one would be read as another output.
    """
    if not _NAME.fullmatch(name) or not value.isprintable():
        raise OperatorError(f"the output {name!a} must be a single line of text")
    click.echo(f"{name}={value}")
    _append("GITHUB_OUTPUT", f"{name}={value}\n")


def summarise(markdown: str) -> None:
    """Show something on the page of the run, where there is one."""
    _append("GITHUB_STEP_SUMMARY", f"{markdown}\n")


def _append(variable: str, text: str) -> None:
    if path := os.environ.get(variable):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
