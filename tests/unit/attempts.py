"""Attempts at a command in memory, as a handler sees them."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from command_api import Context
from command_api.adapters.dynamodb import transaction
from command_api.aws import client
from command_api.usecases.report import CommandLogger
from tests.builders import NOW, command
from tests.fakes.commands import InMemorySecrets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

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
            report=lambda _progress: False,
            look=lambda: False,
            give=lambda _timeout, _retry: "token-of-the-hand-over",
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
