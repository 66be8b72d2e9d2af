"""A handler that uses none of a feature does not pay for its import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import FUNCTION_ENVIRONMENT

SRC = Path(__file__).resolve().parents[3] / "src"

FEATURES = (
    "domain.effects",
    "domain.hand_over",
    "domain.history",
    "domain.progress",
    "domain.cron",
    "domain.recurring",
    "adapters.dynamodb.transaction",
    "usecases.hand_over",
)


@pytest.mark.parametrize("function", ["worker", "submit", "status", "cancel"])
def test_a_cold_start_imports_no_feature_that_few_commands_use(function: str) -> None:
    """Commits, hand-overs, progress, histories, schedules: the first use of one imports it."""
    code = (
        f"import sys, command_api.entrypoints.{function};"
        "print(*[it for it in sys.modules if it.startswith('command_api.')])"
    )
    child = subprocess.run(
        [sys.executable, "-c", code],
        env={**FUNCTION_ENVIRONMENT, "PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {it.removeprefix("command_api.") for it in child.stdout.split()}
    assert f"entrypoints.{function}" in loaded
    assert loaded & {*FEATURES} == set()
