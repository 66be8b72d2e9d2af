"""The same work for every worker: wait for somebody else, as I/O-bound handlers do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def work(command_input: Mapping[str, Any]) -> dict[str, Any]:
    """Sleep for `seconds`, the stand-in for a call to a slow partner."""
    time.sleep(command_input["seconds"])
    return {"slept": command_input["seconds"]}
