"""Goes into the zip beside its `handlers`: the functions that tell of endings, with its faults."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

import handlers
from command_api import Retryable

if TYPE_CHECKING:
    from collections.abc import Mapping

# What `injected.py` has installed, which is this zip's package.
FAULTS: Any = handlers.FAULTS  # type: ignore[attr-defined]


def notifier(event: Mapping[str, Any], context: object) -> Any:
    """The notifier as it ships, with the faults of this package."""
    from command_api.entrypoints.notifier import handler  # noqa: PLC0415 - no sender has its settings

    return handler(event, context)


def sender(event: Mapping[str, Any], context: Any) -> Any:
    """The webhook sender as it ships, with the faults of this package, and in a hurry."""
    from command_api.entrypoints.webhook_sender import handler  # noqa: PLC0415 - as above

    return handler(event, context)


def hurry() -> None:
    """Make the pauses of a sender seconds, and put the faults between it and its receivers."""
    from command_api.domain import delivery  # noqa: PLC0415 - only the sender needs them
    from command_api.webhooks import addresses, callback, circuits, exchange  # noqa: PLC0415

    delivery.BASE_SECONDS, delivery.CAP_SECONDS = 1.0, 3.0
    callback.FIRST_SECONDS, circuits.PAUSES = 1.0, 1
    # Receivers have names that nobody resolves, and are on this machine.
    addresses.resolve = lambda *_, **__: ["127.0.0.1"]
    post, lost = exchange.post, Retryable("No answer.", code="webhook_unreachable")
    exchange.post = lambda *args, **named: FAULTS.in_turn(
        "post", partial(post, *args, **named), lost
    )


if "WEBHOOK_SECRETS" in os.environ:
    hurry()
