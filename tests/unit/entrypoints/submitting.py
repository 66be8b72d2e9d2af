"""The submit function with a table and a queue in memory."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from command_api.usecases.submit import SubmitCommands
from tests.builders import FUNCTION_ENVIRONMENT, MESSAGE_LIFE
from tests.unit.usecases.harness import Harness

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    import pytest

JSON_TYPE = {"content-type": "application/json"}
CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 15_000)
ORDER = {
    "productId": "p-1",
    "quantity": 2,
    "customerEmail": "ada@example.com",
    "unitPrice": 9.5,
}


@dataclass
class Function:
    """The module, and what is behind it."""

    module: ModuleType
    harness: Harness = field(default_factory=Harness)
    # Two requests of a test may fall into the same millisecond.
    jitter: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        """Put an in-memory harness behind the module."""
        self.module.__dict__["submit"] = SubmitCommands(
            outbox=self.harness.table,
            sender=self.harness.queue,
            logger=self.module.logger,
            message_life=MESSAGE_LIFE,
            jitter=lambda: timedelta(milliseconds=next(self.jitter)),
        )

    def call(
        self,
        route: str,
        body: object,
        *,
        claims: dict[str, str] | None = None,
        command_id: str = "c-1",
        **headers: str,
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The answer to a request, and its body; a header's name has no hyphens here."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        event = {
            "version": "2.0",
            "routeKey": route,
            "headers": {**JSON_TYPE, **named},
            "pathParameters": {"id": command_id} if "{id}" in route else {},
            "requestContext": {"authorizer": {"jwt": {"claims": claims}}} if claims else {},
            "body": body if isinstance(body, str) else json.dumps(body),
        }
        answer: dict[str, Any] = self.module.handler(event, CONTEXT)
        return answer, json.loads(answer["body"])

    def post(self, body: object, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """`POST /commands`."""
        return self.call("POST /commands", body, **more)


def function(monkeypatch: pytest.MonkeyPatch, **settings: str) -> Function:
    """The function as a cold start leaves it, with these settings on top."""
    for name, value in {**FUNCTION_ENVIRONMENT, **settings}.items():
        monkeypatch.setenv(name, value)
    module = importlib.reload(importlib.import_module("command_api.entrypoints.submit"))
    return Function(module)
