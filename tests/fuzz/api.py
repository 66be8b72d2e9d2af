"""The functions behind an HTTP or a REST API, called as API Gateway calls them."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from command_api.domain.message import parse
from command_api.usecases.cancel import CancelCommand
from command_api.usecases.status import ReadStatus
from tests.fakes.commands import InMemoryResults
from tests.unit.entrypoints.submitting import function
from tests.unit.usecases.harness import Harness

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pytest

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 15_000)
Answer = tuple[dict[str, Any], Any]


@dataclass
class Api:
    """Every request is made of an empty table and an empty queue."""

    handlers: Mapping[str, Callable[[Any, Any], dict[str, Any]]]
    start: Callable[[], Harness]

    @classmethod
    def started(cls, patch: pytest.MonkeyPatch) -> Api:
        """The functions as a cold start leaves them."""
        submit = function(patch)
        status = importlib.reload(importlib.import_module("command_api.entrypoints.status"))
        cancel = importlib.reload(importlib.import_module("command_api.entrypoints.cancel"))

        def start() -> Harness:
            submit.harness = Harness()
            submit.__post_init__()
            store = submit.harness.table.store_
            status.__dict__["read_status"] = ReadStatus(store=store, results=InMemoryResults())
            use_case = CancelCommand(store=store, retention=timedelta(days=30))
            cancel.__dict__["cancel_command"] = use_case
            return submit.harness

        handlers = {"GET": status.handler, "DELETE": cancel.handler}
        return cls({**handlers, "POST": submit.module.handler, "PUT": submit.module.handler}, start)

    def ask(self, event: Mapping[str, Any]) -> Answer:
        """The answer to a request and its body, held to what is promised of every answer."""
        harness = self.start()
        method = (event.get("routeKey") or event["httpMethod"]).partition(" ")[0]
        answer = self.handlers[method](event, CONTEXT)
        status, text = answer["statusCode"], answer["body"]
        assert status < 500, (event, answer)
        # Both fail on what is no JSON or no Unicode.
        body: Any = json.loads(text.encode()) if text else None
        assert all(name.isascii() and value.isprintable() for name, value in _headers(answer))
        if status >= 400:
            assert answer["headers"]["content-type"] == "application/problem+json", answer
            assert body["status"] == status
        for message in harness.mail:
            # What an entry point takes, the worker can read: nothing waits for ever.
            assert parse(message, default_type="echo").id in harness.table.store_.commands
        return answer, body


def _headers(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [*answer["headers"].items()]
