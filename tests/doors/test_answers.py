"""Every door keeps what is promised of it, and what differs between them is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.doors.cases import EXPECTED, SAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.doors.conftest import Door


@pytest.mark.parametrize("case", EXPECTED, ids=lambda case: case.__name__)
def test_the_answer_is_the_doors_own(
    door: Door, case: Callable[[Door], str], seen: dict[str, dict[str, str]]
) -> None:
    """Ask once; all cases that differ between doors are printed at the end."""
    answer = case(door)
    seen.setdefault(case.__name__, {})[door.name] = answer
    expected = EXPECTED[case]
    assert answer == expected.get(door.name, expected.get(SAME))
