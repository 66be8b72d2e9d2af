"""What schemathesis is told about the document before it makes requests of it."""

from __future__ import annotations

from typing import Any

import schemathesis

# Whether a time is one that the API takes depends on when it is asked, and on the others.
TIMES = ("notBefore", "delaySeconds", "expiresAt")


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Leave out times and the key of repeated requests, which have cases of their own.

    A generator knows neither that a key which was used for another body is an error, nor that a
    header cannot carry anything but text.
    """
    del context
    _without_times(raw_schema)
    for item in raw_schema["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                kept = [
                    one
                    for one in operation.get("parameters", [])
                    if one.get("name") != "idempotency-key"
                ]
                operation["parameters"] = kept


def _without_times(node: Any) -> None:
    if isinstance(node, dict):
        for name in TIMES:
            node.pop(name, None)
    for inner in node.values() if isinstance(node, dict) else node:
        if isinstance(inner, dict | list):
            _without_times(inner)
