"""An OpenAPI document as a Markdown page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

METHODS = ("get", "put", "post", "delete")
HEAD = """# The API of `environments/dev`

Generated from its routes and from the schemas beside the handlers: `make docs` writes this page and
[openapi.json](openapi.json), and an API serves its own document at `GET /openapi.json`.
"""


def page(document: Mapping[str, Any]) -> str:
    """The whole page."""
    parts = [HEAD, document["info"]["description"], ""]
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                parts += _operation(document, f"{method.upper()} {path}", item[method], item)
    for name, schema in sorted(document["components"]["schemas"].items()):
        kind, _, command_type = name.partition(".")
        if kind in ("Input", "Result"):
            parts += [f"## {kind} of `{command_type}`", "", *_json(schema)]
    return "\n".join(parts).rstrip() + "\n"


def _operation(
    document: Mapping[str, Any], title: str, operation: Mapping[str, Any], item: Mapping[str, Any]
) -> Iterator[str]:
    yield from (f"## `{title}`", "", operation["summary"] + ".", "")
    parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
    if parameters:
        yield from ("| parameter | in | meaning |", "| --- | --- | --- |")
        for raw in parameters:
            one = _resolved(document, raw)
            yield f"| `{one['name']}` | {one['in']} | {_cell(one.get('description', ''))} |"
        yield ""
    yield from ("| status | headers | meaning |", "| --- | --- | --- |")
    for status, raw in operation["responses"].items():
        answer = _resolved(document, raw)
        headers = ", ".join(f"`{name}`" for name in answer.get("headers", {}))
        yield f"| {status} | {headers} | {_cell(answer['description'])} |"
    yield ""
    for status, raw in operation["responses"].items():
        content = _resolved(document, raw).get("content", {}).get("application/json", {})
        if status.startswith("2") and "example" in content:
            yield from (f"A {status}, for example:", "", *_json(content["example"]))


def _json(value: object) -> list[str]:
    return ["```json", json.dumps(value, indent=2, ensure_ascii=False), "```", ""]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _resolved(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference points to, or the node itself."""
    if "$ref" not in node:
        return node
    found: Any = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    resolved: Mapping[str, Any] = found
    return resolved
