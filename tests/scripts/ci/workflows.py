"""The workflows as data: jobs, and the command lines in them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def load(path: Path) -> dict[Any, Any]:
    """A workflow; YAML takes its key `on` for true."""
    found: dict[Any, Any] = yaml.safe_load(path.read_text())
    return found


def each(job: dict[str, Any], command: str, environ: dict[str, Any]) -> list[list[str]]:
    """The words of a command, once for each value that its job's matrix names itself."""
    values = job.get("strategy", {}).get("matrix", {})
    lines = [command]
    for name, given in environ.items():
        if found := re.fullmatch(r"\$\{\{ matrix\.(\w+) \}\}", str(given)):
            choices = values.get(found[1])
            if isinstance(choices, list):
                lines = [it.replace(f'"${name}"', one) for it in lines for one in choices]
    return [shlex.split(it) for it in lines]


# By workflow and name.
JOBS = {
    f"{path.stem}/{name}": job for path in WORKFLOWS for name, job in load(path)["jobs"].items()
}
# Job, command line, and the variables that it may use.
RUNS = [
    (name, str(step["run"]), {**job.get("env", {}), **step.get("env", {})})
    for name, job in JOBS.items()
    for step in job.get("steps", ())
    if "run" in step
]
COMMANDS = sorted(
    {
        " ".join(words)
        for name, command, environ in RUNS
        for words in each(JOBS[name], command, environ)
    }
)
