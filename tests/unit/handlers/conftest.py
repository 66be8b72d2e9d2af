"""What handlers run against: one attempt in memory, and AWS as moto plays it."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from moto import mock_aws

from command_api import Context
from command_api.adapters import clients
from command_api.adapters.dynamodb import transaction
from command_api.aws import client
from command_api.usecases.report import CommandLogger
from tests.builders import NOW, command
from tests.fakes.commands import InMemorySecrets
from tests.unit.handlers.delivery import allow
from tests.unit.handlers.receiver import Receiver, receiving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from command_api.domain.effects import Effect
    from command_api.domain.model import JSON, Step

SECRETS = {
    "webhook-signing-key": "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ=",
    "webhook-signing-key-2": "whsec_YW5vdGhlci1hbm90aGVyLWFub3RoZXI=",
}


class Attempts:
    """The attempts at one command: each sees the steps that earlier ones have stored."""

    def __init__(self) -> None:
        self.steps: dict[str, Step] = {}
        self.seconds = 30.0

    def __call__(self, **changes: Any) -> Context:
        """The next attempt, of the command c-1 with these changes."""
        logger = logging.getLogger("handler")
        return Context(
            command=command(steps=self.steps, **changes),
            deadline=NOW + timedelta(seconds=self.seconds),
            logger=CommandLogger(logger, {}),
            secrets=InMemorySecrets(SECRETS),
            clock=lambda: NOW,
            remember=self.steps.__setitem__,
            complete=self._complete,
            state=changes.get("state"),
            report=lambda _progress: None,
        )

    def _complete(self, _result: JSON, effects: Sequence[Effect]) -> None:
        """Write the effects as the worker does, beside an outcome that nothing depends on."""
        outcome = {
            "TableName": "commands",
            "Key": {"id": {"S": "c-1"}},
            "UpdateExpression": "SET committed = :yes",
            "ExpressionAttributeValues": {":yes": {"BOOL": True}},
        }
        transaction.write(client("dynamodb"), outcome, transaction.rendered(effects), uuid4().hex)


@pytest.fixture
def attempt() -> Attempts:
    """Attempts at the command c-1, with 30 seconds to go."""
    return Attempts()


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


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver without TLS, in an environment that lets webhooks go there."""
    with receiving() as it:
        allow(monkeypatch, it.port)
        monkeypatch.setenv("WEBHOOK_ALLOW_HTTP", "true")
        yield it
