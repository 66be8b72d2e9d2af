"""A small project to package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scripts.build.package import build
from tests.scripts.package.wheels import Fake

if TYPE_CHECKING:
    from pathlib import Path

REGISTRY = "from handlers import echo\nHANDLERS = {'echo': echo.handle}\n"


@dataclass(frozen=True)
class Project:
    """A source folder, a folder of installed distributions, and where the zip goes."""

    source: Path
    site: Path
    output: Path

    def write(self, path: str, content: str | bytes = "") -> None:
        """Write a file below the source folder."""
        target = self.source / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())

    def build(self) -> Path:
        """Build the zip of this project."""
        return build(self.output, source=self.source, search_path=[str(self.site)])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Framework, handlers and one pinned distribution, all as they should be."""
    project = Project(tmp_path / "src", tmp_path / "site", tmp_path / "build" / "lambda.zip")
    project.write("command_api/__init__.py")
    project.write("command_api/entrypoints/worker.py", "def handler(): ...\n")
    project.write("handlers/__init__.py", REGISTRY)
    project.write("handlers/echo.py", "def handle(): ...\n")
    project.write("requirements.txt", "# made by a tool\nacme==1.0 \\\n    --hash=sha256:00\n")
    Fake().install(project.site)
    return project
