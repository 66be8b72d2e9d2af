"""``python -m scripts.build.audit``: pip-audit on every requirements file, with its hashes.

Exit codes: 0 nothing is known, or nobody could be asked; 1 something is known, or nobody could be
asked and REQUIRE_TOOLS=1 insists.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scripts import cli
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[3]
FILES = tuple(
    ROOT / folder / "requirements.txt" for folder in ("src", "scripts", "tests", "tests/checkov")
)
PROGRAM = Path(sys.executable).parent / "pip-audit"


@click.command()
def audit() -> int:
    """Check pinned packages for known vulnerabilities on PyPI; one line per file and finding."""
    passed = [_passes(path) for path in FILES]  # each is asked about, whatever is said of another
    return 0 if all(passed) else 1


def _passes(path: Path) -> bool:
    name = path.relative_to(ROOT)
    packages, reason = _ask(path)
    unknown = [one for one in packages if "skip_reason" in one]
    weak = [(one, weakness) for one in packages for weakness in one.get("vulns", ())]
    if not packages or len(unknown) == len(packages):
        return _skipped(name, reason or "a package is missing in the index")
    checked = cli.many(len(packages) - len(unknown), "package")
    click.echo(
        f"{'FAILED ' if weak else 'ok     '} {name}: {checked} checked,"
        f" {len(unknown)} missing in the index"
    )
    for one, weakness in weak:
        fixed = ", ".join(weakness.get("fix_versions", ())) or "none yet"
        click.echo(f"  {one['name']} {one['version']}: {weakness['id']}, fixed in {fixed}")
    return not weak


def _ask(path: Path) -> tuple[list[dict[str, Any]], str]:
    if not PROGRAM.is_file():
        raise OperatorError("pip-audit is not installed; run: make audit")
    # Without pip: what is pinned and hashed needs no resolving, and nothing of it is installed.
    options = ["--disable-pip", "--require-hashes", "--progress-spinner=off", "--format=json"]
    done = subprocess.run(
        [PROGRAM, *options, f"--requirement={path}"], capture_output=True, text=True, check=False
    )
    try:
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return [], cli.one_line(done.stderr)[-200:] or f"pip-audit ended with {done.returncode}"
    return packages, ""


def _skipped(name: Path, reason: str) -> bool:
    required = os.environ.get("REQUIRE_TOOLS") == "1"
    click.echo(f"{'MISSING' if required else 'SKIPPED'} {name}: {reason}")
    return not required


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(audit, args)


if __name__ == "__main__":
    sys.exit(main())
