"""What the description says is what the API does, for whatever a generator can think of."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.api.conftest import ApiUnderTest

ROOT = Path(__file__).resolve().parents[2]
# A machine that is busy may come to nothing in a few.
SECONDS = (12, 60)
# API Gateway answers 404 for a method that a path does not have, where HTTP would say 405.
LEFT_OUT = ("unsupported_method", "allow_header_conformance")
# Direct submission takes any body, and says so: what is no command becomes one that has failed.
LEFT_OUT_OF = {"direct": ("negative_data_rejection",)}
TOOL = Path(sys.executable).with_name("schemathesis")


def test_every_answer_conforms(tested: ApiUnderTest, tmp_path: Path) -> None:
    """No 5xx, and every status, header and body is one that the document announces."""
    described = tested.at("/openapi.json").endpoint
    for seconds in SECONDS:
        found = asked(described, tested.name, seconds, tmp_path)
        if found.returncode:
            pytest.fail(found.stdout[-8000:] + found.stderr[-2000:])
        if re.search(r"[0-9,]+ generated", found.stdout):
            return
    pytest.fail(found.stdout[-2000:])


def asked(
    described: str, mode: str, seconds: int, folder: Path
) -> subprocess.CompletedProcess[str]:
    """What schemathesis says after so many seconds of asking a described API."""
    return subprocess.run(
        [
            *(str(TOOL), "run", described, "--url", described.removesuffix("/openapi.json")),
            *("--phases", "examples,coverage,fuzzing", "--max-time", str(seconds), "--seed", "7"),
            *("--exclude-checks", ",".join({*LEFT_OUT, *LEFT_OUT_OF.get(mode, ())})),
            *("--no-color", "--max-failures", "20", "--continue-on-failure"),
        ],
        cwd=folder,
        env={
            **os.environ,
            "NO_PROXY": "127.0.0.1",
            "PYTHONPATH": str(ROOT),
            "SCHEMATHESIS_HOOKS": "tests.api.hooks",
        },
        capture_output=True,
        text=True,
        timeout=seconds * 8,
        check=False,
    )
