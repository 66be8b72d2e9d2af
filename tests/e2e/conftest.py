"""The dev environment, applied once to a local stack of its own and spoken to over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.environment import applied
from tests.issuer import local_issuer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.environment import Environment
    from tests.issuer import Issuer


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file to which every stack that a test starts appends the requests to it."""
    path = tmp_path_factory.mktemp("recorded") / "requests.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECORD_REQUESTS", str(path))
        yield path


@pytest.fixture(scope="session")
def environment(
    tmp_path_factory: pytest.TempPathFactory,
    recording: Path,  # noqa: ARG001 - before the stack starts
) -> Iterator[Environment]:
    """environments/dev on a fresh local stack."""
    with applied(tmp_path_factory.mktemp("e2e")) as environment:
        yield environment


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An issuer of tokens that can be reached while it is named."""
    with local_issuer() as running:
        yield running
