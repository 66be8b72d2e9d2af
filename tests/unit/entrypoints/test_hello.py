"""The hello function, from the event to the answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from command_api.entrypoints import hello

if TYPE_CHECKING:
    import pytest


def test_says_which_code_runs_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer names the environment and its package, and no other variable."""
    monkeypatch.setenv("ENVIRONMENT", "pr-7")
    monkeypatch.setenv("PACKAGE", "0a1b2c")
    monkeypatch.setenv("API_KEY", "hidden")

    answer = hello.handler({}, cast("Any", None))

    assert answer["statusCode"] == 200
    assert json.loads(str(answer["body"])) == {
        "message": "Hello from pr-7",
        "environment": "pr-7",
        "package": "0a1b2c",
    }
