"""A workflow's surroundings: GitHub's API, the files of a job, and the tool by its ``main``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scripts.ci.__main__ import main
from tests.scripts.ci.fake_github import REPOSITORY, TOKEN, FakeGitHub, fake_github

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Job:
    """One job of a workflow."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> tuple[int, str]:
        """Run the tool; its exit code, and all it said."""
        code = main(arguments)
        said = self.capsys.readouterr()
        assert said.err.count("\n") <= 1, said.err
        return code, said.out + said.err

    @property
    def outputs(self) -> dict[str, str]:
        """What later jobs are handed."""
        path = self.folder / "output"
        lines = path.read_text().splitlines() if path.exists() else []
        return dict(line.split("=", 1) for line in lines)

    @property
    def summary(self) -> str:
        """What the run's page shows."""
        path = self.folder / "summary"
        return path.read_text() if path.exists() else ""


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Job:
    """A job with files of its own."""
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    return Job(tmp_path, capsys)


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGitHub]:
    """GitHub, known to the job."""
    with fake_github() as one:
        monkeypatch.setenv("GITHUB_API_URL", one.url)
        monkeypatch.setenv("GITHUB_REPOSITORY", REPOSITORY)
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        yield one
