"""Buckets of rates in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from command_api.domain.rates import changed, fits

if TYPE_CHECKING:
    from command_api.domain.rates import Bucket, Change


@dataclass
class InMemoryBuckets:
    """Buckets by their keys; `writes` are all calls, refused ones included, as DynamoDB bills."""

    found: dict[str, Bucket] = field(default_factory=dict)
    writes: int = 0
    lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def change(self, key: str, change: Change) -> tuple[Bucket | None, bool]:
        """Take, by the rules themselves."""
        if not change.starts + change.places:
            raise ValueError("An update without a change is no valid expression.")
        with self.lock:
            self.writes += 1
            known = self.found.get(key)
            if made := fits(known, change):
                self.found[key] = changed(known, change)
            return known, made
