"""Median and 99th percentile of measured times."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def p99(seconds: Sequence[float]) -> float:
    """The 99th percentile of at least one value."""
    return sorted(seconds)[math.ceil(0.99 * len(seconds)) - 1]


def spread(seconds: Sequence[float]) -> str:
    """Median and 99th percentile, for people."""
    return f"p50 {statistics.median(seconds):.2f} s, p99 {p99(seconds):.2f} s"
