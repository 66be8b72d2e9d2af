"""The zip that runs in one environment is the zip of the next one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from scripts.errors import OperatorError
from scripts.worker.deployed import worker_of
from scripts.worker.promote import fetch
from tests.targets import target

if TYPE_CHECKING:
    from pathlib import Path

    from tests.environment import Environment


@pytest.mark.long
def test_what_runs_is_fetched_byte_by_byte_and_another_zip_is_refused(
    environment: Environment, tmp_path: Path
) -> None:
    """The zip that Lambda hands out is the one that was applied, and a plan wants no other."""
    outputs, zip_ = environment.outputs, tmp_path / "lambda.zip"
    fetch(worker_of(target(outputs, environment.client, local=True)), zip_)
    applied = environment.deployment.directory / "build" / "lambda.zip"
    assert zip_.read_bytes() == applied.read_bytes()

    terraform, digest = environment.deployment.terraform, outputs["package_sha256"]
    assert terraform.plan_is_empty(f"-var=package_sha256={digest}")
    other = hashlib.sha256(b"another zip").hexdigest()
    with pytest.raises(OperatorError, match=f"{digest}.* wants {other}"):
        terraform.plan_is_empty(f"-var=package_sha256={other}")
