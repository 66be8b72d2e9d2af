"""The listing of texts misses none that a client or an operator reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.build.texts import __main__ as listing
from scripts.build.texts import python, terraform

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SOURCE = '''
"""A module's docstring is for its readers."""
import click

NAME = "a_name"
EXPRESSION = "SET #status = :pending"


@click.command()
@click.option("--env", help="Name of an environment.")
def show(env: str) -> None:
    """Show the environment."""
    if not env:
        raise Problem(404, "not_found", f"No environment {env}; " + "name one.")


class Field:
    """So is a class's."""
'''

CONFIGURATION = """
variable "name" {
  description = "Name of the queue."
  validation {
    condition     = var.name != ""
    error_message = <<-EOT
      name must not be empty,
      for example "jobs".
    EOT
  }
}

locals {
  problem = [404, "unknown_path", "Unknown path."]
}
"""


def test_texts_of_python_are_sentences_help_and_commands(tmp_path: Path) -> None:
    """Not docstrings of modules and classes, names, or expressions."""
    path = tmp_path / "tool.py"
    path.write_text(SOURCE)
    assert sorted(python.texts(path)) == [
        "Name of an environment.",
        "No environment {}; name one.",
        "Show the environment.",
    ]


def test_texts_of_terraform_are_descriptions_refusals_and_answers(tmp_path: Path) -> None:
    """A heredoc is one line."""
    path = tmp_path / "main.tf"
    path.write_text(CONFIGURATION)
    assert sorted(set(terraform.texts(path))) == [
        "Name of the queue.",
        "Unknown path.",
        'name must not be empty, for example "jobs".',
    ]


def test_the_listing_has_each_text_once_below_its_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A reviewer reads the API's texts without the others."""
    assert listing.main(["api"]) == 0
    said = capsys.readouterr().out
    assert "src/command_api/http/submissions.py\n" in said
    assert said.count("  The command is invalid; see `errors`.\n") == 1
    assert "modules/" not in said
