"""What the deployed API says of itself: which types it takes, and whether it takes them from here.

Its own OpenAPI document is the source, so that the form offers what this deployment knows and not
what lies in the working tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from scripts.commands.api import CommandsApi
from scripts.local.demo import SCENES

if TYPE_CHECKING:
    from collections.abc import Mapping

_INPUT = "Input."
_CLI = "Everything else on this page works. Docs: docs/submission.md."


@dataclass(frozen=True)
class Contract:
    """`closed` says why nobody can submit or cancel from here; empty where everybody may.

    `types` has the examples of each type of command: what happens, and the input for it.
    """

    api_mode: str
    closed: str
    fifo: bool
    types: Mapping[str, list[tuple[str, Any]]]

    def shown(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "apiMode": self.api_mode,
            "closed": self.closed,
            "fifo": self.fifo,
            "types": [
                {
                    "name": kind,
                    "examples": [{"title": title, "input": work} for title, work in examples],
                }
                for kind, examples in self.types.items()
            ],
        }


def ask(commands_endpoint: str) -> Contract:
    """The contract of the API at this endpoint."""
    answer = CommandsApi(commands_endpoint.removesuffix("/commands")).request(
        "GET", "/openapi.json"
    )
    if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        closed = f"This API answers only to those who have a key or sign their requests. {_CLI}"
        return Contract("protected", closed, fifo=False, types={})
    document = answer.json() if answer.status == HTTPStatus.OK else {}
    schemas: dict[str, Any] = document.get("components", {}).get("schemas", {})
    post = document.get("paths", {}).get("/commands", {}).get("post", {})
    headers = {one.get("name") for one in post.get("parameters", [])}
    types = {
        name.removeprefix(_INPUT): _examples(name.removeprefix(_INPUT), schema)
        for name, schema in schemas.items()
        if name.startswith(_INPUT)
    }
    return Contract(_api_mode(schemas), _closed(document), "x-message-group-id" in headers, types)


def _api_mode(schemas: Mapping[str, Any]) -> str:
    # Each API answers in its own form: command_api/openapi/schemas.py.
    return "REST" if "Queued" in schemas else "validated" if "Batch" in schemas else "direct"


def _closed(document: Mapping[str, Any]) -> str:
    schemes = document.get("components", {}).get("securitySchemes", {})
    if "jwt" in schemes:
        about = str(schemes["jwt"].get("description", "A token.")).rstrip(".")
        return (
            f"This API wants a bearer token ({about}), and this page has none: submit and cancel"
            f" with a client that has. {_CLI}"
        )
    if schemes:
        return (
            "This API wants requests that AWS IAM has signed, which a browser cannot do: submit"
            f" and cancel with a client that signs. {_CLI}"
        )
    return ""


def _examples(kind: str, schema: Mapping[str, Any]) -> list[tuple[str, Any]]:
    staged = [(scene.what, dict(scene.work)) for scene in SCENES if scene.kind == kind]
    given = [("as in its schema", one) for one in schema.get("examples", [])]
    return staged + given or [("nothing", {})]
