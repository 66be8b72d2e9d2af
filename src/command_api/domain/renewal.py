"""Where a fresh copy of a message comes from, as the copy itself says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_TEXT = re.compile(r"([0-9]{1,9}) ([0-9]{1,15}) ([0-9]{1,15})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Renewal:
    """The how-manieth copy it is, when the first message was sent, and when this copy was."""

    number: int
    first_sent_at: datetime
    at: datetime

    def __str__(self) -> str:
        """The text of the message attribute; times are epoch milliseconds."""
        return f"{self.number} {_milliseconds(self.first_sent_at)} {_milliseconds(self.at)}"

    @staticmethod
    def read(text: str | None) -> Renewal | None:
        """What such a text says; None where it is none."""
        found = _TEXT.fullmatch(text or "")
        if found is None:
            return None
        number, first_sent, at = (int(part) for part in found.groups())
        return Renewal(number, _moment(first_sent), _moment(at))


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
