"""JSON patches of the API Gateway V1 API, applied as AWS applies them.

AWS: "Patch operations" in the API Gateway API reference. The emulator takes `~1` in a path for
itself, keeps numbers and booleans as text, and knows no patches of method responses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ministack_extensions.restapi.definition import Document

_BOOLEANS = {"true": True, "false": False}
# Patch values are text, whatever the field is.
_NUMBERS = ("burstLimit", "limit", "offset", "rateLimit", "timeoutInMillis")
_FLAGS = ("apiKeyRequired", "requestParameters", "responseParameters")


def patched(document: Document, operations: Iterable[Mapping[str, Any]]) -> Document:
    """The document after the operations; the caller's own copy is changed."""
    for operation in operations:
        keys = [_decoded(key) for key in str(operation.get("path", "")).split("/") if key]
        if not keys:
            continue
        if keys[0] == "apiStages" and len(keys) == 1:
            _patch_stages(document, operation)
        elif operation.get("op") == "remove":
            _parent(document, keys).pop(keys[-1], None)
        else:
            _parent(document, keys)[keys[-1]] = _typed(keys, operation.get("value"))
    return document


def _parent(document: Document, keys: list[str]) -> Document:
    for key in keys[:-1]:
        if not isinstance(document.get(key), dict):
            document[key] = {}
        document = document[key]
    return document


def _typed(keys: list[str], value: object) -> object:
    if not isinstance(value, str):
        return value
    if keys[-1] in _NUMBERS:
        return float(value) if "." in value else int(value)
    # Of an integration's parameters the values are mappings; of a method's they are flags.
    if keys[0] in _FLAGS and value in _BOOLEANS:
        return _BOOLEANS[value]
    return value


def _patch_stages(plan: Document, operation: Mapping[str, Any]) -> None:
    api_id, _, stage = str(operation.get("value")).partition(":")
    named = {"apiId": api_id, "stage": stage}
    rest = [
        one
        for one in plan.get("apiStages") or []
        if (one["apiId"], one["stage"]) != (api_id, stage)
    ]
    plan["apiStages"] = rest if operation.get("op") == "remove" else [*rest, named]


def _decoded(key: str) -> str:
    return key.replace("~1", "/").replace("~0", "~")
