"""Every API keeps what is promised of it, and what differs between them is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.cases import EXPECTED, SAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.conftest import ApiUnderTest


@pytest.mark.parametrize("case", EXPECTED, ids=lambda case: case.__name__)
def test_the_answer_is_the_apis_own(
    tested: ApiUnderTest, case: Callable[[ApiUnderTest], str], seen: dict[str, dict[str, str]]
) -> None:
    """Ask once; all cases that differ between APIs are printed at the end."""
    answer = case(tested)
    seen.setdefault(case.__name__, {})[tested.name] = answer
    expected = EXPECTED[case]
    assert answer == expected.get(tested.name, expected.get(SAME))
