"""Who watches a command: a connection, for whoever opened it, until some time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from command_api.domain.access import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """An open connection."""

    connection: str
    # Whose commands it may see.
    caller: Caller
    # The connection or its token has ended by then.
    until: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """A viewer that is told what becomes of a command, whether or not there is one yet."""

    command_id: str
    viewer: Viewer
