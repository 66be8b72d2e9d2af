"""Build both packages from the sources and an OpenAPI document."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from scripts.cli import ROOT
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SOURCE = ROOT / "src"
_UV = ROOT / ".tools" / "uv" / "bin" / "uv"  # which `make test-tools` installs
# Scripts of packages are not run, and nothing is asked of the registry but the locked versions.
_INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund")


def npm_package(folder: Path, document: Mapping[str, object]) -> Path:
    """Build the TypeScript client in a folder of its own there, and return the package's file."""
    if not shutil.which("npm"):
        raise OperatorError("the TypeScript client is built with npm; install Node.js 20 or newer")
    project = folder / "typescript"
    shutil.rmtree(project, ignore_errors=True)
    left_out = shutil.ignore_patterns("node_modules", "dist", "openapi.*")
    shutil.copytree(SOURCE / "typescript_client", project, ignore=left_out)
    (project / "openapi.json").write_text(json.dumps(document))
    _run(project, "npm", *_INSTALL)
    _run(project, "npm", "run", "build")
    _run(project, "npm", "pack", "--pack-destination", str(folder))
    about = json.loads((project / "package.json").read_text())
    return folder / f"{about['name']}-{about['version']}.tgz"


def keep_for_pages(folder: Path) -> None:
    """Keep what `npm_package` has built there beside its sources, where our own pages find it.

    It depends on no API, and whoever opens a page needs no npm.
    """
    kept = SOURCE / "typescript_client" / "dist"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    for name, text in for_pages(folder / "typescript").items():
        (kept / name).write_text(text)


def for_pages(project: Path) -> dict[str, str]:
    """The modules by file name, without those that have types only."""
    built = sorted((project / "dist").glob("*.js"))
    return {path.name: path.read_text() for path in built if path.stem not in ("openapi", "types")}


def wheel(folder: Path) -> Path:
    """Build the Python client there, and return the wheel."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.whl"):
        old.unlink()
    words = ("build", "--wheel", "--python", sys.executable, "--out-dir", str(folder))
    _run(SOURCE, str(_UV), *words)
    (built,) = folder.glob("*.whl")
    return built


def _run(folder: Path, *command: str) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        said = next((line for line in lines if "error" in line.lower()), lines[-1] if lines else "")
        shown = " ".join([command[0].rpartition("/")[2], *command[1:3]])
        raise OperatorError(f"{shown} failed in {folder}: {said.strip()}")
