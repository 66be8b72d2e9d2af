"""Deliveries of one payload to a receiver on this machine."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from handlers import deliver_webhook

if TYPE_CHECKING:
    import pytest

    from tests.unit.handlers.conftest import Attempts
    from tests.unit.handlers.receiver import Receiver

HOST = "hooks.example.com"
PAYLOAD = {"order": "o-1", "name": "Grüße"}


def allow(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Open this machine on one port, and let every name resolve to it."""
    monkeypatch.setenv("WEBHOOK_ALLOWED_HOSTS", "*")
    monkeypatch.setenv("WEBHOOK_ALLOW_LOOPBACK", "true")
    monkeypatch.setenv("WEBHOOK_ALLOWED_PORTS", str(port))
    found = [(None, None, 0, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", real_or(found))


def real_or(found: list[Any]) -> Any:
    """The system's resolver for addresses, and these for names."""
    real = socket.getaddrinfo

    def resolve(host: str, *args: Any, **options: Any) -> Any:
        return real(host, *args, **options) if host[0].isdigit() else found

    return resolve


def deliver(receiver: Receiver, attempt: Attempts, scheme: str = "http", **changes: Any) -> Any:
    """Deliver the payload to a path and a query that nobody may log."""
    url = f"{scheme}://{HOST}:{receiver.port}/private-path?token=private-token"
    return deliver_webhook.handle({"url": url, "payload": PAYLOAD}, attempt(**changes))
