"""Take the sizes from an environment's own files, as far as they are written down there."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from scripts.capacity.model import Sizes
from scripts.errors import OperatorError

ROOT = Path(__file__).resolve().parents[2]

# Our name: Terraform's variable, and what its text becomes.
_VARIABLES: dict[str, tuple[str, type]] = {
    "batch_size": ("worker_batch_size", int),
    "batch_concurrency": ("worker_batch_concurrency", int),
    "window_seconds": ("worker_batching_window_seconds", float),
    "max_concurrency": ("worker_max_concurrency", int),
    "timeout_seconds": ("worker_timeout", float),
    "memory_mb": ("worker_memory_size", int),
    "architecture": ("lambda_architecture", str),
    "retention_seconds": ("sqs_retention_seconds", float),
    "command_days": ("command_retention_days", int),
    "submission": ("submission", str),
    "recovery": ("enable_dynamodb_pitr", bool),
}
_VALUE = r'(?P<value>"[^"\n]*"|[0-9.]+|true|false)'
_ASSIGNMENT = r"^\s*{name}\s*=\s*" + _VALUE
_DEFAULT = r'^variable\s+"{name}"\s*\{{(?:(?!^\}}).)*?^\s*default\s*=\s*' + _VALUE
_FIELD = r"^\s*{name}\s*=\s*optional\(number,\s*" + _VALUE


def read_sizes(folder: str, root: Path = ROOT) -> Sizes:
    """The sizes of `environments/<folder>/`: its terraform.tfvars, else its variables' defaults.

    Raises OperatorError, naming the environments there are, if this one does not exist.
    """
    environments = root / "environments"
    home = environments / folder
    if not home.is_dir() or home.parent != environments:
        there = ", ".join(sorted(path.name for path in environments.glob("*") if path.is_dir()))
        raise OperatorError(f"there is no environments/{folder}; there are: {there or 'none'}")
    chosen = _text([home / "terraform.tfvars"])
    defaults = _text(sorted(home.glob("variables*.tf")))
    found: dict[str, Any] = {}
    for ours, (name, kind) in _VARIABLES.items():
        value = _find(_ASSIGNMENT, name, chosen) or _find(_DEFAULT, name, defaults)
        if value is not None:
            found[ours] = _converted(value, kind, f"{name} in environments/{folder}")
    api = _text([root / "modules" / "api" / "variables.tf"])
    for ours, name in (("api_rate", "requests_per_second"), ("api_burst", "burst")):
        value = _find(_FIELD, name, api)
        if value is not None:
            found[ours] = _converted(value, float, f"{name} in modules/api")
    return replace(Sizes(), **found)


def _text(paths: list[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths if path.is_file())


def _find(pattern: str, name: str, text: str) -> str | None:
    found = re.search(pattern.format(name=re.escape(name)), text, re.MULTILINE | re.DOTALL)
    return found["value"].strip('"') if found else None


def _converted(value: str, kind: type, where: str) -> object:
    try:
        return value == "true" if kind is bool else kind(value)
    except ValueError:
        raise OperatorError(
            f"{where} is {value!r}, not a number; pass the option instead"
        ) from None
