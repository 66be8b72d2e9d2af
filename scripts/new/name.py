"""The name and the choices of your project, everywhere they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping

_BLUEPRINT = re.compile(r"\basync-api\b(?!-blueprint)")
_API = re.compile(r"^api *= \{", re.MULTILINE)
_TITLES = ("README.md", "docs/index.md", "mkdocs.yml")
_CHANGELOG = "# Changelog\n\n## Unreleased\n\n- Start from the async API blueprint.\n"
_PLACES = ("environments/", "tests/", "docs/", "README.md", "mkdocs.yml")
_VALUES = (
    "environments/dev/terraform.tfvars",
    *(f"environments/dev/examples/{name}.tfvars" for name in ("dev", "staging", "prod")),
)


def valid(project: str) -> str:
    """The name; OperatorError where module `naming` would refuse it."""
    fits = re.fullmatch(r"[a-z][a-z0-9-]{1,31}", project)
    if not fits or "--" in project or project.endswith("-"):
        raise OperatorError(
            f"--project {project}: 2-32 lowercase letters, digits or single hyphens, like acme-jobs"
        )
    return project


@dataclass(frozen=True)
class Choices:
    """What a team chooses besides the parts."""

    project: str
    api: str  # http or rest
    submission: str  # direct or validated
    fifo: bool

    def __post_init__(self) -> None:
        """Refuse what module `api` would refuse."""
        if self.api == "rest" and self.submission == "validated":
            raise OperatorError("a REST API validates with models only; omit --submission")

    def made(self, files: Mapping[str, str]) -> dict[str, str]:
        """The files with the project's name and these choices."""
        found = {
            path: _BLUEPRINT.sub(self.project, text) if path.startswith(_PLACES) else text
            for path, text in files.items()
        }
        for path in _TITLES:
            renamed = found[path].replace("Async API blueprint", self.project)
            found[path] = renamed.replace(", to copy and make your own", "")
        found["pyproject.toml"] = files["pyproject.toml"].replace(
            'name = "async-api-blueprint"', f'name = "{self.project}"'
        )
        found["CHANGELOG.md"] = _CHANGELOG
        for path in _VALUES:
            found[path] = self._chosen(found[path])
        return found

    def _chosen(self, values: str) -> str:
        """A terraform.tfvars with these choices; what is the default is left out."""
        members = ['type = "rest"'] if self.api == "rest" else []
        members += ['submission = "validated"'] if self.submission == "validated" else []
        lines = []
        if members and _API.search(values):
            # An argument may be set only once.
            values = _API.sub(lambda it: f"{it[0]} {', '.join(members)},", values)
        elif members:
            lines = [f"api = {{ {', '.join(members)} }}\n"]
        lines += ["commands = { fifo = true }\n"] if self.fifo else []
        return f"{values.rstrip()}\n\n{''.join(lines)}" if lines else values
