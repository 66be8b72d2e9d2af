"""The sizes of one queue of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.capacity.settings import read_sizes
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from pathlib import Path


def test_the_sizes_of_a_queue_are_its_own_else_those_of_the_default_one(tmp_path: Path) -> None:
    """Its retention follows from its timeout, as in Terraform."""
    home = tmp_path / "environments" / "dev"
    home.mkdir(parents=True)
    (home / "main.tf").touch()
    lines = [
        "worker_timeout = 30",
        "worker_batch_size = 5",
        "commands = {",
        "  queues = { slow = { timeout = 900, memory_size = 2048, max_concurrency = 4 } }",
        "}",
    ]
    (home / "terraform.tfvars").write_text("\n".join(lines))
    slow = read_sizes("dev", tmp_path, "slow")
    assert (slow.timeout_seconds, slow.memory_mb, slow.max_concurrency) == (900, 2048, 4)
    assert (slow.batch_size, slow.retention_seconds) == (5, 432000)
    with pytest.raises(OperatorError, match="no queue fast; queues: default, slow"):
        read_sizes("dev", tmp_path, "fast")
