"""The documentation as a site: links work there as they do in the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.build.docs.mkdocs_hook import linked, pages_elsewhere
from scripts.build.docs.site import main

if TYPE_CHECKING:
    from pathlib import Path

REPOSITORY = "https://example.com/acme"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with pages in and outside of docs/, and a source file."""
    for name in (
        "docs/submission.md",
        "docs/guides/mail.md",
        "modules/queue/README.md",
        "environments/dev/README.md",
        "src/worker.py",
        "README.md",
        "CHANGELOG.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("docs/submission.md", "guides/mail.md#send", "guides/mail.md#send"),
        ("docs/guides/mail.md", "../submission.md", "../submission.md"),
        ("docs/submission.md", "../modules/queue/README.md", "reference/modules/queue.md"),
        ("docs/submission.md", "../modules/queue", "reference/modules/queue.md"),
        ("environments/dev/README.md", "../../docs/submission.md#a", "../../submission.md#a"),
        ("CHANGELOG.md", "docs/submission.md", "submission.md"),
        ("docs/submission.md", "../README.md#deploy", "index.md"),
        ("docs/submission.md", "../src/worker.py#L3", f"{REPOSITORY}/blob/main/src/worker.py#L3"),
        ("docs/submission.md", "../src", f"{REPOSITORY}/tree/main/src"),
        ("docs/submission.md", "guides", f"{REPOSITORY}/tree/main/docs/guides"),
        ("docs/submission.md", "https://example.org/x", "https://example.org/x"),
        ("docs/submission.md", "gone.md", "gone.md"),
    ],
)
def test_a_link_leads_to_the_same_thing(
    root: Path, source: str, target: str, expected: str
) -> None:
    """To a page of the site where there is one, to the repository otherwise."""
    text = linked(f"see [it]({target}), please", source, REPOSITORY, root)

    assert text == f"see [it]({expected}), please\n"


def test_a_link_to_what_is_not_there_is_told(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Also where the site has such a page; a warning fails the build."""
    linked("see [it](submission.md)", "CHANGELOG.md", REPOSITORY, root)

    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "CHANGELOG.md links to submission.md" in caplog.text


def test_code_is_left_as_it_is(root: Path) -> None:
    """What looks like a link in a fenced block is code."""
    text = "```\nx[0](../src/worker.py)\n```\n"

    assert linked(text, "docs/submission.md", REPOSITORY, root) == text


def test_every_readme_is_a_page(root: Path) -> None:
    """Of modules and environments, without anybody listing them."""
    assert pages_elsewhere(root)["modules/queue/README.md"] == "reference/modules/queue.md"
    assert pages_elsewhere(root)["environments/dev/README.md"] == "reference/environments/dev.md"


def test_a_dead_link_fails_the_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the page and the link in the message."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# Hello\n\n[there](nowhere.md)\n")
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")

    assert main(["--config", str(tmp_path / "mkdocs.yml")]) == 1

    error = capsys.readouterr().err
    assert "index.md" in error
    assert "nowhere.md" in error
