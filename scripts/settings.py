"""Read an environment's own settings, as far as a tool outside Terraform needs them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from scripts.errors import OperatorError

ENVIRONMENTS = Path(__file__).resolve().parents[1] / "environments"
DEFAULT_ENVIRONMENT = "dev"

_ASSIGNMENT = r'^\s*{name}\s*=\s*"(?P<value>[^"\n]*)"'
_DEFAULT = r'^variable\s+"{name}"\s*\{{(?:(?!^\}}).)*?^\s*default\s*=\s*"(?P<value>[^"\n]*)"'


@dataclass(frozen=True)
class EnvironmentSettings:
    """What ``environments/<folder>/`` says; None where it says nothing."""

    folder: str
    project: str | None
    environment: str | None
    region: str | None
    profile: str | None


def environment_folder(name: str, directory: Path | None = None) -> Path:
    """The folder of one environment; OperatorError names those there are if it does not exist."""
    directory = directory or ENVIRONMENTS
    folder = directory / name
    if not folder.is_dir() or folder.parent != directory:
        there = ", ".join(sorted(path.name for path in directory.glob("*") if path.is_dir()))
        raise OperatorError(f"environments/{name} does not exist; environments: {there or 'none'}")
    return folder


def api_environment(name: str, directory: Path | None = None) -> str:
    """The name, where it is a folder with an API that stays; OperatorError names those there are.

    A preview has an API, too, but it is one of many of its folder.
    """
    directory = directory or ENVIRONMENTS
    there = sorted(path.parent.name for path in directory.glob("*/outputs.tf") if _has_api(path))
    if name not in there:
        known = ", ".join(there) or "none"
        raise OperatorError(f"environment {name!r} not found; environments with an API: {known}")
    return name


def _has_api(outputs: Path) -> bool:
    text = outputs.read_text(encoding="utf-8")
    return '"commands_endpoint"' in text and '"preview_url"' not in text


def read_settings(folder: str, directory: Path | None = None) -> EnvironmentSettings:
    """Read ``terraform.tfvars``, and the defaults of ``variables.tf``, of one environment.

    Raises OperatorError as environment_folder does.
    """
    home = environment_folder(folder, directory)

    def setting(name: str) -> str | None:
        return _find(_ASSIGNMENT, name, home / "terraform.tfvars") or _find(
            _DEFAULT, name, home / "variables.tf"
        )

    return EnvironmentSettings(
        folder=folder,
        project=setting("project"),
        environment=setting("environment"),
        region=setting("aws_region"),
        profile=setting("aws_profile"),
    )


def _find(pattern: str, name: str, path: Path) -> str | None:
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    found = re.search(pattern.format(name=re.escape(name)), text, re.MULTILINE | re.DOTALL)
    return found["value"] if found else None
