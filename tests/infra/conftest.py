"""Copies of the Terraform code for the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.infra.tree import copy_tree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy that the tests of one worker share; none of them changes a source in it."""
    return copy_tree(tmp_path_factory.mktemp("tree"))


@pytest.fixture
def own_tree(tmp_path: Path) -> Path:
    """Return a copy that the test may change."""
    return copy_tree(tmp_path)
