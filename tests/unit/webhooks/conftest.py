"""A receiver on this machine that webhooks may go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.webhooks.delivery import reachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.webhooks.receiver import Receiver


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver without TLS, in an environment that lets webhooks go there."""
    with reachable(monkeypatch) as it:
        yield it
