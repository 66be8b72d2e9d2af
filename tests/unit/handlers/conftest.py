"""AWS as moto plays it, for handlers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from command_api.adapters import clients
from command_api.aws import client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """AWS without any resource; the fixture's value makes clients as handlers do."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    clients._clients.clear()
    with mock_aws():
        yield client
    clients._clients.clear()
