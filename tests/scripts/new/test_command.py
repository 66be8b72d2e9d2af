"""`python -m scripts.new`: it asks, shows, refuses, and does what it has shown."""

from __future__ import annotations

import re
import shutil
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from scripts.new import __main__ as tool
from tests.scripts.new.conftest import commit, git

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    New = Callable[..., tuple[int, str]]
MINIMAL = ("--project", "billing", "--profile", "minimal")


@pytest.fixture(autouse=True)
def _untidied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the linters out, which test_minimal.py runs."""
    monkeypatch.setattr(tool, "_TIDY", ())


def test_without_yes_nothing_is_changed(origin: Path, new: New) -> None:
    """It says what would go, and how to let it go."""
    code, said = new(origin, *MINIMAL)
    assert code == 0
    assert "goes  capacity" in said
    assert "to apply the changes, add --yes" in said
    assert git(origin, "status", "--porcelain") == ""


def test_the_project_has_its_name_everywhere(copy: Path, new: New) -> None:
    """In values, titles and the state's key; the history begins anew."""
    assert new(copy, *MINIMAL, "--yes")[0] == 0
    for name in ("terraform.tfvars", "examples/prod.tfvars"):
        assert 'project     = "billing"' in (copy / "environments/dev" / name).read_text()
    assert (copy / "README.md").read_text().startswith("# billing\n")
    assert (
        'key          = "billing/dev/' in (copy / "environments/dev/backend.tf.example").read_text()
    )
    assert len((copy / "CHANGELOG.md").read_text().splitlines()) < 10


def test_choices_are_written_into_every_tfvars(copy: Path, new: New) -> None:
    """Submission mode and FIFO are settings, for dev and for what is copied from it."""
    assert new(copy, *MINIMAL, "--submission", "validated", "--fifo", "--yes")[0] == 0
    for path in (copy / "environments/dev").rglob("*.tfvars"):
        text = path.read_text()
        apis = re.findall(r"^api *= (.*)$", text, re.MULTILINE)
        assert len(apis) == 1, path  # Terraform refuses an argument that is set twice
        assert 'submission = "validated"' in apis[0], path
        assert text.endswith("\ncommands = { fifo = true }\n"), path


def test_a_choice_leaves_other_settings_of_the_api_alone(copy: Path, new: New) -> None:
    """The prod of a REST API is as closed as it was."""
    options = ("--project", "billing", "--profile", "rest", "--yes")
    assert new(copy, *options)[0] == 0
    text = (copy / "environments/dev/examples/prod.tfvars").read_text()
    assert re.findall(r"^api *= (.*)$", text, re.MULTILINE) == [
        '{ type = "rest", authentication = { mode = "iam" } }'
    ]


def test_one_part_goes_later_here_and_in_copies(copy: Path, new: New) -> None:
    """By the same list; the project's name stays, and repeating it changes nothing."""
    shutil.copytree(copy / "environments/dev", copy / "environments/staging")
    commit(copy)
    assert new(copy, "--without", "examples", "--yes")[0] == 0
    for name in ("dev", "staging"):
        assert not (copy / "environments" / name / "examples.tf").exists()
        assert "module.examples" not in (copy / "environments" / name / "handlers.tf").read_text()
    assert (copy / "scripts/capacity").is_dir()
    commit(copy)
    assert new(copy, "--without", "examples", "--yes")[0] == 0
    assert git(copy, "status", "--porcelain") == ""


def test_what_a_team_has_changed_is_named(copy: Path, new: New) -> None:
    """A line that is no longer there is nothing to fail for."""
    page = copy / "tests/scripts/test_structure.py"
    page.write_text(page.read_text().replace('"scripts.capacity":', '"scripts.sizes":'))
    commit(copy)
    code, said = new(copy, "--without", "capacity", "--yes")
    assert code == 0
    assert 'not found, check manually: tests/scripts/test_structure.py: "scripts.capacity":' in said
    assert not (copy / "scripts/capacity").exists()


def test_a_repository_with_changes_is_refused(copy: Path, new: New) -> None:
    """Git is the way back, so everything has to be in it."""
    (copy / "mine.txt").write_text("mine\n")
    code, said = new(copy, *MINIMAL, "--yes")
    assert code == 1
    assert "error: mine.txt has uncommitted changes; commit or stash them first\n" in said
    assert (copy / "scripts/new").is_dir()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--project", "Billing!", "--profile", "minimal"), "like acme-jobs"),
        (("--project", "a--b", "--profile", "minimal"), "like acme-jobs"),
        (("--project", "billing", "--profile", "tiny"), "the profiles are: minimal, standard"),
        (("--without", "nothing"), "the parts are: "),
        (("--without", "cleanup", "--with", "preview"), "both --with and --without given"),
        (
            ("--project", "billing", "--profile", "rest", "--submission", "validated"),
            "validates with models only",
        ),
        (("--profile", "minimal"), "add --project"),
        (("--project", "billing"), "add --profile"),
    ],
)
def test_what_cannot_be_is_one_line(
    origin: Path, new: New, options: tuple[str, ...], words: str
) -> None:
    """What is wrong, and what would be right."""
    code, said = new(origin, *options)
    assert code == 1
    assert said.startswith("error: ")
    assert words in said
    assert said.count("\n") == 1


def test_somebody_who_is_there_is_asked(
    origin: Path, new: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project and the profile, with a default."""
    answers = iter(["billing", "minimal"])
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(answers))
    code, said = new(origin)
    assert code == 0
    assert "standard" in said
    assert "goes  examples" in said
