"""Blocks are cut out of code whole, and nothing else goes with them."""

from __future__ import annotations

import pytest

from scripts.new.code import cut

PYTHON = '''import a
import b

LIST = [
    "one",
    # About two.
    "two": Thing(
        x=1,
    ),
    "three",
]


@decorated(
    "x",
    y=1,
)
@again
def gone(
    a: int,
) -> None:
    """Say so."""
    if a:

        return


def stays() -> None:
    """Stay."""
'''
TERRAFORM = """module "a" {
  x = 1
}

# About b.
module "b" {
  y = {
    z = 1
  }
}

module "c" {}
"""
YAML = """jobs:
  # About a.
  a:
    steps:
      - run: one

      - run: two

  b:
    steps: []
"""


def test_a_function_goes_with_its_decorators() -> None:
    """Whatever lines these take, and whatever blank lines are in it."""
    left = cut(PYTHON, "def gone(")
    assert "decorated" not in left
    assert "return" not in left
    assert left.endswith(']\n\n\ndef stays() -> None:\n    """Stay."""\n')


def test_an_entry_goes_with_its_comment() -> None:
    """Its neighbours close up."""
    left = cut(PYTHON, '"two":')
    assert '    "one",\n    "three",\n]\n' in left


@pytest.mark.parametrize("start", ['module "b"', "# About b"])
def test_a_block_of_terraform_goes_with_its_comment(start: str) -> None:
    """By its own first line, or by the comment's."""
    assert cut(TERRAFORM, start) == 'module "a" {\n  x = 1\n}\n\nmodule "c" {}\n'


def test_a_job_of_a_workflow_goes() -> None:
    """The first one leaves no gap behind."""
    assert cut(YAML, "a:") == "jobs:\n  b:\n    steps: []\n"


def test_a_line_of_a_recipe_goes_alone() -> None:
    """It begins like a decorator, and those above it do, too."""
    recipe = "docs: tools\n\t@$(PY) -m one\n\t@sh two\n"
    assert cut(f"{recipe}\t@$(PY) -m three\n", "@$(PY) -m three") == recipe


def test_what_is_not_there_changes_nothing() -> None:
    """The text is the same, so that the caller can tell."""
    assert cut(PYTHON, "def nobody") == PYTHON
