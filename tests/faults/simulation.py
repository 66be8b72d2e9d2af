"""What a scenario in virtual time is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

# How much longer the others may wait, at the 99th percentile, beside a noisy one.
MOST_RATIO = 1.2


class Virtual(NamedTuple):
    """A scenario: what it claims, and what plays it with a seed and so many commands.

    `play` says what happened, and returns the contradictions.
    """

    claim: str
    play: Callable[[int, int, Callable[[str], None]], list[str]]
