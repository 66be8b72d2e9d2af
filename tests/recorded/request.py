"""What the local stack's front writes down of a request."""

from __future__ import annotations

import base64
import functools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Request:
    """One signed request: the service and region are those of its signature."""

    service: str
    region: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    content: bytes
    # Of the answer; 0 where none came.
    status: int

    @property
    def by_terraform(self) -> bool:
        """Whether Terraform's provider sent it."""
        return "terraform-provider-aws" in self.headers.get("user-agent", "")

    @functools.cached_property
    def document(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content or b"{}")

    @functools.cached_property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.content.decode(), keep_blank_values=True))

    @functools.cached_property
    def parameters(self) -> list[tuple[str, str]]:
        """The query string's parameters."""
        return parse_qsl(self.query, keep_blank_values=True)


def read(recording: Path) -> list[Request]:
    """All requests of a recording, in the order of their answers."""
    return [_request(json.loads(line)) for line in recording.read_text().splitlines()]


def _request(line: dict[str, Any]) -> Request:
    fields = ("service", "region", "method", "path", "query", "headers", "status")
    return Request(
        content=base64.b64decode(line["body"]), **{field: line[field] for field in fields}
    )
