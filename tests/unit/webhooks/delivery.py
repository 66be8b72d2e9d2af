"""Deliveries to a receiver on this machine."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Any

from command_api.webhooks import delivery
from command_api.webhooks.destination import Destination
from command_api.webhooks.rules import Rules
from tests.unit.webhooks.receiver import receiving

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from tests.unit.attempts import Attempts
    from tests.unit.webhooks.receiver import Receiver

HOST = "hooks.example.com"


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


@contextlib.contextmanager
def reachable(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver without TLS, in an environment that lets webhooks go there."""
    with receiving() as it:
        allow(monkeypatch, it.port)
        monkeypatch.setenv("WEBHOOK_ALLOW_HTTP", "true")
        yield it


def url_of(receiver: Receiver, scheme: str = "http") -> str:
    """A receiver's URL, with a path and a query that nobody may log."""
    return f"{scheme}://{HOST}:{receiver.port}/private-path?token=private-token"


def deliver(receiver: Receiver, attempt: Attempts, scheme: str = "http") -> Any:
    """Deliver something to the receiver once, unsigned."""
    rules = Rules.read()
    to = Destination.of(url_of(receiver, scheme), rules)
    return delivery.deliver(to, b"{}", rules, attempt(), secrets=(), later=range(500, 600))
