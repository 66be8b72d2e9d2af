"""What a viewer is told of a command is what `GET /commands/{id}` answers, in every state."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from command_api.composition import deliveries as composition
from command_api.domain.delivery import CALLBACK, TYPE, delivery_id
from command_api.domain.ending import Ending
from command_api.domain.model import Callback, Status
from tests.builders import FINAL, FUNCTION_ENVIRONMENT, LATER, NOW, TEMPORARY, command
from tests.fakes.commands import InMemoryCommands
from tests.fakes.watches import InMemoryWatches

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api.domain.model import Command

RUNNING = command(Status.PROCESSING)
STATES = {
    "waiting": command(Status.PENDING, attempts=0),
    "running": RUNNING,
    "to be retried": RUNNING.released(TEMPORARY, now=NOW),
    "completed": RUNNING.completed({"n": "ü"}, now=NOW, purge_at=LATER),
    "failed": RUNNING.failed(FINAL, now=NOW, purge_at=LATER),
    "cancelled": command(Status.PENDING).cancelled(now=NOW, purge_at=LATER),
}
CALLED = Callback("https://hooks.example.com/")


class Api:
    """The status function, the push function and the notifier, with the same tables."""

    def __init__(self, *, webhooks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in FUNCTION_ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AUTHENTICATION", '{"mode": "none"}')
        if webhooks:
            monkeypatch.setenv("WEBHOOK_QUEUE_URL", "https://queue")
        else:
            monkeypatch.delenv("WEBHOOK_QUEUE_URL", raising=False)
        load: Callable[[str], Any] = lambda name: importlib.reload(  # noqa: E731
            importlib.import_module(f"command_api.entrypoints.{name}")
        )
        self.commands, self.deliveries = InMemoryCommands(), InMemoryCommands()
        self._status, self._push, self._notifier = load("status"), load("push"), load("notifier")
        told = self.deliveries if webhooks else None
        # The status function imports it for the few commands that have a callback.
        for module in (self._push, composition):
            monkeypatch.setattr(module, "deliveries", lambda _: told)
        self._status.read_status = replace(
            self._status.read_status, store=self.commands, clock=lambda: NOW
        )
        self._push.watch = replace(
            self._push.watch, store=self.commands, watches=InMemoryWatches(), clock=lambda: NOW
        )

    def get(self, command_id: str) -> Any:
        """The answer to GET."""
        event = {"pathParameters": {"id": command_id}, "requestContext": {}, "headers": {}}
        answer = self._status.handler(event, None)
        assert answer["statusCode"] == 200, answer
        return json.loads(answer["body"])

    def watched(self, command_id: str) -> Any:
        """The answer to a watch."""
        context = {"eventType": "MESSAGE", "connectionId": "a="}
        event = {"requestContext": context, "body": json.dumps({"watch": [command_id]})}
        [one] = json.loads(self._push.handler(event, None)["body"])["commands"]
        return one

    def pushed(self, one: Command) -> Any:
        """What the notifier tells of a change to this state."""
        [told] = json.loads(self._notifier._message(one))["commands"]
        return told


@pytest.mark.parametrize("webhooks", [True, False])
@pytest.mark.parametrize("called", [None, CALLED], ids=["no callback", "callback"])
@pytest.mark.parametrize("state", STATES)
def test_what_is_pushed_is_what_is_read(
    state: str,
    called: Callback | None,
    webhooks: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At each change, and in the answer to a watch."""
    api = Api(webhooks=webhooks, monkeypatch=monkeypatch)
    one = replace(STATES[state], callback=called)
    api.commands.commands[one.id] = one

    read = api.get(one.id)

    assert ("callback" in read) == (called is not None)
    assert api.pushed(one) == read
    assert api.watched(one.id) == read


@pytest.mark.parametrize("ended", ["delivered", "failed"])
def test_who_watches_what_has_ended_is_told_how_its_callback_went(
    ended: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As GET has it."""
    api = Api(webhooks=True, monkeypatch=monkeypatch)
    one = replace(STATES["completed"], callback=CALLED)
    api.commands.commands[one.id] = one
    delivery = command(id=delivery_id(Ending(one), CALLBACK), type=TYPE)
    api.deliveries.commands[delivery.id] = (
        delivery.completed(1, now=NOW, purge_at=LATER)
        if ended == "delivered"
        else delivery.failed(FINAL, now=NOW, purge_at=LATER)
    )

    assert api.watched(one.id) == api.get(one.id)
    assert api.watched(one.id)["callback"]["status"] == ended
