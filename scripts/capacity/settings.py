"""Take the sizes from an environment's own files, as far as they are written down there."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.build.docs.configuration import assigned
from scripts.capacity.model import Sizes
from scripts.errors import OperatorError
from scripts.settings import environment_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]

# Our name: Terraform's variable, or the member of one, and what its value becomes.
_VARIABLES: dict[str, tuple[str, type]] = {
    "batch_size": ("worker_batch_size", int),
    "batch_concurrency": ("worker.batch_concurrency", int),
    "window_seconds": ("worker_batching_window_seconds", float),
    "max_concurrency": ("worker_max_concurrency", int),
    "timeout_seconds": ("worker_timeout", float),
    "memory_mb": ("worker_memory_size", int),
    "architecture": ("lambda_architecture", str),
    "retention_seconds": ("sqs_retention_seconds", float),
    "command_days": ("commands.retention_days", int),
    "submission": ("api.submission", str),
    "api_rate": ("api.throttling.requests_per_second", float),
    "api_burst": ("api.throttling.burst", float),
    "batches": ("api.batches", bool),
    "events": ("notifications.events", str),
    "webhooks": ("notifications.webhooks", bool),
    "push": ("notifications.push", bool),
    "sender_concurrency": ("notifications.webhooks.max_concurrency", int),
    "recovery": ("commands.point_in_time_recovery", bool),
}
# What a queue of `queues` says of itself, and what that is here.
_OF_A_QUEUE: dict[str, tuple[str, type]] = {
    "batch_size": ("batch_size", int),
    "batching_window_seconds": ("window_seconds", float),
    "max_concurrency": ("max_concurrency", int),
    "timeout": ("timeout_seconds", float),
    "memory_size": ("memory_mb", int),
}
_VALUE = r'(?P<value>"[^"\n]*"|[0-9.]+|true|false)'
_DEFAULT = r'^variable\s+"{name}"\s*\{{(?:(?!^\}}).)*?^\s*default\s*=\s*' + _VALUE
_MEMBER = r"\b{name}\s*=\s*optional\(\w+,\s*" + _VALUE


def read_sizes(folder: str, root: Path = ROOT, queue: str = "default") -> Sizes:
    """The sizes of `environments/<folder>/`: its terraform.tfvars, else its variables' defaults.

    Another `queue` has its own sizes, and the default queue's for what it does not say. A member
    that an environment leaves to its module has the module's default. Raises OperatorError, naming
    the environments or queues there are, if this one does not exist.
    """
    home = environment_folder(folder, root / "environments")
    chosen = assigned(home / "terraform.tfvars")
    declared = _text(
        [
            *sorted(home.glob("variables*.tf")),
            *(path for name in ("worker", "api") for path in sorted(_module(root, name))),
        ]
    )
    found: dict[str, Any] = {}
    for ours, (name, kind) in _VARIABLES.items():
        value: Any = chosen
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is None:
            pattern = _MEMBER if "." in name else _DEFAULT
            value = _find(pattern, name.split(".")[-1], declared)
        if value is not None:
            found[ours] = _converted(value, kind, f"{name} in environments/{folder}")
    sizes = replace(Sizes(), **found)
    if queue == "default":
        return sizes
    commands = chosen.get("commands")
    declared_queues = commands.get("queues") if isinstance(commands, dict) else None
    return _of_queue(sizes, declared_queues, queue, folder)


def _of_queue(sizes: Sizes, queues: object, queue: str, folder: str) -> Sizes:
    known = queues if isinstance(queues, dict) else {}
    if queue not in known:
        names = ", ".join(["default", *sorted(known)])
        raise OperatorError(f"environments/{folder} has no queue {queue}; queues: {names}")
    own = {
        ours: _converted(known[queue][name], kind, f"queues.{queue}.{name}")
        for name, (ours, kind) in _OF_A_QUEUE.items()
        if name in known[queue]
    }
    sizes = replace(sizes, **own)  # type: ignore[arg-type] # names and types are those of Sizes
    # As modules/queues derives it: 80 visibility timeouts at least.
    least = 80 * (6 * sizes.timeout_seconds + sizes.window_seconds)
    return replace(sizes, retention_seconds=max(sizes.retention_seconds, least))


def _module(root: Path, name: str) -> Iterator[Path]:
    return (root / "modules" / name).glob("variables*.tf")


def _text(paths: list[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def _find(pattern: str, name: str, text: str) -> str | None:
    found = re.search(pattern.format(name=re.escape(name)), text, re.MULTILINE | re.DOTALL)
    return found["value"].strip('"') if found else None


def _converted(value: object, kind: type, where: str) -> object:
    try:
        # An object turns on what null turns off.
        on = isinstance(value, dict) or str(value).lower() == "true"
        return on if kind is bool else kind(value)
    except ValueError:
        raise OperatorError(
            f"{where} is {value!r}, not a number; pass the option instead"
        ) from None
