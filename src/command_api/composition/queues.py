"""The queues of an environment, for the functions that send commands or move them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from command_api.domain.context import registered
from command_api.domain.queues import DEFAULT, Queues
from command_api.settings import json_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.domain.context import Handlers


def queues(environ: Mapping[str, str]) -> Queues:
    """The queues that take commands, and which of them a worker consumes."""
    found = json_object(environ, "QUEUES")
    return Queues(
        here=environ.get("QUEUE_NAME") or DEFAULT,
        lives={name: timedelta(seconds=it["retention_seconds"]) for name, it in found.items()},
        priorities=frozenset(name for name, it in found.items() if it["priority"]),
    )


def queue_urls(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The URLs of the queues by their names, empty with one queue."""
    return {name: it["url"] for name, it in json_object(environ, "QUEUES").items()}


def queue_of(known: Queues, handlers: Handlers, command_type: str, priority: str = "") -> str:
    """The queue of a command, by its type and the client's wish; empty for the default one."""
    own = registered(handlers[command_type]).queue if command_type in handlers else ""
    return known.named(own, priority)
