"""The dev environment, applied once to a local stack of its own and spoken to over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.environment import applied
from tests.issuer import local_issuer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.environment import Environment
    from tests.issuer import Issuer


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """environments/dev on a fresh local stack."""
    with applied(tmp_path_factory.mktemp("e2e")) as environment:
        yield environment


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An issuer of tokens that can be reached while it is named."""
    with local_issuer() as running:
        yield running
