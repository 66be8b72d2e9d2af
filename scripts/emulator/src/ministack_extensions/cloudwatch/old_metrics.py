"""Metrics that are too old, looked for now and then; the emulator goes through all at each call.

With an alarm on each of many functions that is most of its time after some thousand commands.

One of the files that know the emulator from inside: nobody asks for it by a request.
"""

from __future__ import annotations

import time

from ministack.services import cloudwatch

SECONDS = 60.0


def evict_seldom() -> None:
    """Let this process look for metrics of more than two weeks ago once a minute."""
    evict, last = cloudwatch._evict_old_metrics, float("-inf")  # noqa: SLF001

    def evicted() -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS:
            last = time.monotonic()
            evict()

    cloudwatch._evict_old_metrics = evicted  # noqa: SLF001
