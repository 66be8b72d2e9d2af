"""Saved queries of the logs: the files that Terraform saves, as the documentation shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "modules/monitoring/queries"
PAGE = "docs/queries.md"
# Folder by folder, with the logs that its queries are put to.
LOGS = {"all": "functions and API", "functions": "functions", "api": "API"}


def queries(root: Path) -> dict[str, str]:
    """The text of each query by its place, `functions/failures`."""
    return {
        f"{logs}/{path.stem}": path.read_text().strip()
        for logs in LOGS
        for path in sorted((root / FOLDER / logs).glob("*.txt"))
    }


def shown(root: Path) -> str:
    """All queries for the page: name, logs, what for, and the text without that line."""
    parts = []
    for place, text in queries(root).items():
        logs, _, name = place.partition("/")
        purpose, _, query = text.partition("\n")
        parts.append(
            f"**`{name}`** ({LOGS[logs]}): {purpose.removeprefix('# ')}\n\n```\n{query}\n```\n"
        )
    return "\n".join(parts)
