"""The checks, by name: what `make check`, the pre-commit hooks and the CI all run."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_BIN = Path(sys.executable).parent
TOOLS_FOLDER = ROOT / ".tools" / "bin"  # where `make check-tools` puts what no registry offers
_CHECKOV = ROOT / ".tools" / "checkov" / "bin" / "checkov"


@dataclass(frozen=True)
class Check:
    """One command that must succeed.

    An `optional` one is a tool that no package registry offers: it runs where it is installed.
    """

    name: str
    command: tuple[str, ...]
    optional: bool = False
    program: str = ""

    @property
    def needs(self) -> str:
        """The program, or the Python package of a `python -m`, that must be installed."""
        return self.program or self._package or self.command[0]

    @property
    def available(self) -> bool:
        """Whether that is there."""
        found = self._package and not self.program and find_spec(self._package)
        return bool(found or shutil.which(self.needs))

    @property
    def _package(self) -> str:
        return self.command[2].split(".")[0] if self.command[1:2] == ("-m",) else ""


def _python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *arguments)


def _tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(_BIN / name), *arguments)


def _optional(name: str) -> str:
    pinned = TOOLS_FOLDER / name
    return str(pinned) if pinned.is_file() else name


def _files(*patterns: str) -> tuple[str, ...]:
    found = {path for pattern in patterns for path in ROOT.glob(pattern)}
    return tuple(str(path.relative_to(ROOT)) for path in sorted(found))


def _folders(*tops: str) -> tuple[str, ...]:
    found = (path.parent for top in tops for path in ROOT.glob(f"{top}/*/main.tf"))
    return tuple(str(path.relative_to(ROOT)) for path in sorted(found))


def all_checks() -> list[Check]:
    """Every check, the quickest first."""
    return [
        Check("ruff", _python("ruff", "check", ".")),
        Check("format", _python("ruff", "format", "--check", ".")),
        Check(
            "terraform-fmt",
            _python("scripts.build.terraform", "fmt", "-check", "-recursive", "-diff"),
        ),
        Check(
            "shellcheck", _tool("shellcheck", *_files("scripts/*.sh", "scripts/*/*.sh", ".ci/run"))
        ),
        Check("zizmor", _tool("zizmor", "--offline", "--quiet", "--pedantic", ".github")),
        Check("words", _python("scripts.build.check.words")),
        Check("readmes", _python("scripts.build.docs", "--check")),
        Check("openapi", _python("scripts.build.openapi", "--check")),
        Check("openapi-lint", _tool("openapi-spec-validator", "docs/openapi.json")),
        Check("docs-site", _python("scripts.build.docs.site")),
        Check("mypy", _python("mypy")),
        Check(
            "checkov",
            (
                str(_CHECKOV),
                *(f"--directory={folder}" for folder in _folders("environments")),
                "--framework=terraform",
                "--download-external-modules=false",
                "--skip-download",
                "--compact",
                "--quiet",
            ),
        ),
        Check(
            "tflint",
            _python(
                "scripts.build.check.tflint",
                _optional("tflint"),
                *_folders("modules", "environments"),
            ),
            optional=True,
            program=_optional("tflint"),
        ),
        Check(
            "trivy",
            # The checks that the pinned program brings, not those of the day.
            (
                *(_optional("trivy"), "config", "--skip-check-update", "--severity=HIGH,CRITICAL"),
                *("--ignorefile=.trivyignore", "--exit-code=1", "--quiet", "environments"),
            ),
            optional=True,
        ),
        Check(
            "terraform-docs",
            _python(
                "scripts.build.check.terraform_docs",
                f"--program={_optional('terraform-docs')}",
                *_folders("modules", "environments"),
            ),
            optional=True,
            program=_optional("terraform-docs"),
        ),
    ]
