"""An environment with webhooks, as the tool finds it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from command_api.adapters.dynamodb.item import attributes
from command_api.domain.model import Failure, Status
from tests import targets
from tests.builders import command
from tests.scripts.dlq.world import World, text

if TYPE_CHECKING:
    import pytest

AWAY = Failure(code="webhook_unreachable", message="No answer.", retryable=True)
HOUR = timedelta(hours=1)


class Webhooks(World):
    """An environment with webhooks: deliveries in a table with an index, and ended commands."""

    def put(self, table: str, name: str, status: Status, ago: timedelta, **more: Any) -> Any:
        """Store a command, or a delivery; what was stored."""
        failed = {"failure": AWAY, "attempts": 17} if status is Status.FAILED else {}
        ended = self.now - ago if status.terminal else None
        stored = command(
            status,
            id=name,
            **{"updated_at": self.now - ago, "completed_at": ended, **failed, **more},
        )
        item = {"id": {"S": name}, **attributes(stored, "gone_at")}
        self.dynamodb.real.put_item(TableName=table, Item=item)
        return stored

    def failed(self, name: str, host: str) -> None:
        """A delivery that used up its tries, with its message."""
        self.put("deliveries", name, Status.FAILED, HOUR, owner=host, type="callback")
        body = json.dumps({"type": "callback", "input": {"url": f"https://{host}/", "body": "{}"}})
        self.dead_letter(name, body=body, more={"owner": text(host)})


def aim(monkeypatch: pytest.MonkeyPatch, world: World, *, queue_url: str | None) -> None:
    """Let every command line mean this environment."""
    outputs = {
        "dynamodb_table_name": "commands",
        "dynamodb_ttl_attribute": "gone_at",
        "notifications": {
            "webhook_queue_url": queue_url,
            "webhook_dlq_url": world.dlq_url,
            "deliveries_table_name": "deliveries",
        },
    }
    clients = {"sqs": world.sqs, "dynamodb": world.dynamodb.real}
    targets.aim(monkeypatch, targets.target(outputs, clients.__getitem__))
