"""What the top-level README shows works as it stands."""

from __future__ import annotations

import re
import types
from pathlib import Path

import pytest

from command_api import Rejected

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
TEMPLATE = (ROOT / "environments/dev/README.md").read_text()


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_handler_of_the_readme_runs() -> None:
    """Copied into a file, the example greets, and rejects what it cannot greet."""
    (source,) = (one for one in blocks(README, "python") if "def handle(" in one)
    module = types.ModuleType("greet")
    exec(compile(source, "greet.py", "exec"), module.__dict__)  # noqa: S102 - our own README
    assert module.handle({"name": "Ada"}, None) == {"greeting": "Hello, Ada!"}
    with pytest.raises(Rejected, match="name must be text"):
        module.handle({}, None)


def test_the_steps_to_another_environment_are_the_tested_ones() -> None:
    """The template's own README has the same steps, and a test runs those."""
    (steps,) = re.findall(r"<!-- steps:environment -->(.*?)<!-- /steps -->", README, re.DOTALL)
    (tested,) = re.findall(r"<!-- steps:copy -->(.*?)<!-- /steps:copy -->", TEMPLATE, re.DOTALL)
    assert steps == tested


def test_every_make_target_exists() -> None:
    """No document names a target that the Makefile does not have."""
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    documents = [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("environments/*/*.md")]
    for document in documents:
        named = set(re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text(), re.MULTILINE))
        assert named <= targets, document.name


def test_every_link_leads_somewhere() -> None:
    """Relative links of the documents point at files that exist."""
    for document in [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("modules/*/*.md")]:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
            assert (document.parent / link).exists(), f"{document.name}: {link}"


def test_every_page_has_one_job() -> None:
    """A README of 250 lines, and pages of 200; generated references may be longer.

    The runbook has a section for each alarm, of ten lines at most.
    """
    limits = {ROOT / "README.md": 250} | dict.fromkeys(ROOT.glob("docs/**/*.md"), 200)
    runbook = ROOT / "docs/runbook.md"
    limits[runbook] = 20 + 10 * len(re.findall("^## ", runbook.read_text(), re.MULTILINE))
    long = {
        str(path.relative_to(ROOT)): lines
        for path, limit in limits.items()
        if (lines := len(path.read_text().splitlines())) > limit and path.name != "api.md"
    }
    assert long == {}
