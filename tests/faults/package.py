"""The zip that ships, made to fail, and the event that a mapping would make of messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.package import with_handlers

INJECTED = Path(__file__).with_name("injected.py")
# What goes along, below `tests`.
BESIDE = [Path(__file__).parents[1] / "http_faults.py", *INJECTED.parent.glob("injected_*.py")]


def package(handlers: Path = INJECTED) -> bytes:
    """The zip that ships, with these handlers in the place of ours: those that inject faults."""
    return with_handlers(handlers.read_text(encoding="utf-8"), *BESIDE)


def broken_package() -> bytes:
    """The zip that ships, with handlers that cannot be imported."""
    return with_handlers("raise ImportError('This package is broken on purpose.')\n", *BESIDE)


def record(message: dict[str, Any]) -> dict[str, Any]:
    """A received message as a record of the event."""
    attributes = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {
            name: {"stringValue": value["StringValue"], "dataType": "String"}
            for name, value in attributes.items()
        },
        "eventSource": "aws:sqs",
    }
