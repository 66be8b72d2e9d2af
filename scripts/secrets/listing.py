"""Show secrets: a table to people, tab-separated lines to programs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scripts import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.secrets.store import Secret
    from scripts.secrets.versions import Version

_STYLES = {"seeded": "green", "empty": "yellow", "deleted": "red"}


def state(secret: Secret) -> str:
    """Return ``seeded``, ``empty`` or ``deleted``."""
    if secret.deleted:
        return "deleted"
    return "seeded" if secret.seeded else "empty"


def show(secrets: Sequence[Secret]) -> None:
    """Print name, state and last change (UTC, ISO 8601, ``-`` if unknown) of each secret."""
    rows = [(one.name, state(one), _time(one.changed)) for one in secrets]
    table.show(("secret", "state", "last change (UTC)"), rows, styles=_STYLES)


def show_versions(versions: Sequence[Version]) -> None:
    """Print id, labels, when made and the day of the last use of each version, newest first."""
    rows = [
        (one.id, ",".join(one.labels), _time(one.created), _time(one.read)[:10]) for one in versions
    ]
    table.show(("version", "labels", "made (UTC)", "last read on"), rows)


def _time(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else "-"
