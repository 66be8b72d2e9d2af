"""What a handler may report of its progress."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from command_api.domain.model import Progress

if TYPE_CHECKING:
    from datetime import datetime

NOTE_LENGTH = 200
# A command's progress is written no more often than that.
INTERVAL = timedelta(seconds=5)
# Control characters, line separators, and what is no UTF-8.
_REFUSED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def reported(share: float, note: str, *, at: datetime) -> Progress:
    """A report that can be stored; a longer note is cut to 200 characters.

    Raises ValueError for a share outside 0 to 1, and for control characters in the note.
    """
    if not 0 <= share <= 1:
        raise ValueError("The share of the progress must be 0 to 1, for example 0.4.")
    if _REFUSED.search(note):
        raise ValueError("The note of the progress must be one line without control characters.")
    return Progress(round(float(share), 3), note[:NOTE_LENGTH], at)
