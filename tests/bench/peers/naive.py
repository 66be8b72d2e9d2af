"""The shortest worker there is: one record after the other, no status, no protection.

A failure returns the whole batch, a duplicate runs again, and nobody can ask what became of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.bench.peers.work import work

if TYPE_CHECKING:
    from collections.abc import Mapping


def handler(event: Mapping[str, Any], _context: object) -> None:
    """Process a batch."""
    for record in event["Records"]:
        work(json.loads(record["body"])["input"])
