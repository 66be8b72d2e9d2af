"""The zip that ships, made to fail, and the event that a mapping would make of messages."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from scripts.build.package.build import build

INJECTED = Path(__file__).with_name("injected.py")
HTTP_FAULTS = Path(__file__).parents[1] / "http_faults.py"


def package(handlers: Path = INJECTED) -> bytes:
    """The zip that ships, with these handlers in the place of ours: those that inject faults."""
    return _with_handlers(handlers.read_text(encoding="utf-8"))


def broken_package() -> bytes:
    """The zip that ships, with handlers that cannot be imported."""
    return _with_handlers("raise ImportError('This package is broken on purpose.')\n")


def _with_handlers(code: str) -> bytes:
    target = io.BytesIO()
    with tempfile.TemporaryDirectory() as scratch:
        shipped = build(Path(scratch, "lambda.zip"))
        with zipfile.ZipFile(shipped) as old, zipfile.ZipFile(target, "w") as new:
            for name in old.namelist():
                if not name.startswith("handlers/"):
                    new.writestr(name, old.read(name))
            new.writestr("handlers/__init__.py", code)
            new.write(HTTP_FAULTS, "tests/http_faults.py")
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
