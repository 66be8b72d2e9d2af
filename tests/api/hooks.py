"""What schemathesis is told about the document before it makes requests of it."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Leave the key of repeated requests out, which has cases of its own.

    A generator knows neither that a key which was used for another body is an error, nor that a
    header cannot carry anything but text.
    """
    del context
    for item in raw_schema["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                kept = [
                    one
                    for one in operation.get("parameters", [])
                    if one.get("name") != "idempotency-key"
                ]
                operation["parameters"] = kept


# Whether a time is one that the API takes depends on when it is asked.
_TIMES = ("notBefore", "delaySeconds", "expiresAt")


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Leave out when a command starts, which has tests of its own."""
    del context
    for command in body.get("commands", [body]) if isinstance(body, dict) else []:
        if isinstance(command, dict):
            for name in _TIMES:
                command.pop(name, None)
    return body
