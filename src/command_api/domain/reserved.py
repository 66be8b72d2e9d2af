"""Ids that clients cannot choose, because commands have them that are made in another way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from command_api.domain.model import BATCH_ID_PATTERN

if TYPE_CHECKING:
    from collections.abc import Collection

# A run: its schedule and its time. Schedules of clients have no names that Terraform's could have.
_RUN_PATTERN = re.compile(
    r"(?P<name>(?P<by_api>api\.)?[a-z0-9-]{1,63}):\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII
)


def is_reserved(command_id: str, schedules: Collection[str]) -> bool:
    """Whether an id is that of a batch's member, or of a run; `schedules` are Terraform's."""
    if BATCH_ID_PATTERN.fullmatch(command_id):
        return True
    run = _RUN_PATTERN.fullmatch(command_id)
    return run is not None and (run["by_api"] is not None or run["name"] in schedules)
