"""The zip that ships, made to fail, and the event that a mapping would make of messages."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from scripts.package.build import build

INJECTED = Path(__file__).with_name("injected.py")


def package(handlers: Path = INJECTED) -> bytes:
    """The zip that ships, with these handlers in the place of ours: those that inject faults."""
    target = io.BytesIO()
    with tempfile.TemporaryDirectory() as scratch:
        shipped = build(Path(scratch, "lambda.zip"))
        with zipfile.ZipFile(shipped) as old, zipfile.ZipFile(target, "w") as new:
            for name in old.namelist():
                if not name.startswith("handlers/"):
                    new.writestr(name, old.read(name))
            new.write(handlers, "handlers/__init__.py")
    return target.getvalue()


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
