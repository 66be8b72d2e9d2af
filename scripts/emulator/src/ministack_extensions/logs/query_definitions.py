"""Saved queries of CloudWatch Logs Insights, which the emulator does not keep.

AWS: the CloudWatch Logs API reference, PutQueryDefinition, DescribeQueryDefinitions and
DeleteQueryDefinition. A definition belongs to a region; its text is not read before it is run.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ministack_extensions.http import json_response
from ministack_extensions.upstream import signed_for

if TYPE_CHECKING:
    from ministack_extensions.http import Request, Response
    from ministack_extensions.upstream import Emulator

_TARGET = "Logs_20140328."
_OPERATIONS = {"PutQueryDefinition", "DescribeQueryDefinitions", "DeleteQueryDefinition"}
_JSON = "application/x-amz-json-1.1"
_MOST = 1000

Document = dict[str, Any]


@dataclass
class QueryDefinitions:
    """The definitions by region and id."""

    _known: dict[tuple[str, str], Document] = field(default_factory=dict)

    def matches(self, request: Request) -> bool:
        """The three operations; those that run queries are the emulator's."""
        target = request.header("x-amz-target") or ""
        return target.startswith(_TARGET) and target.removeprefix(_TARGET) in _OPERATIONS

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The answer; nothing of it needs the emulator."""
        del emulator
        region, asked = signed_for(request)[0], request.json()
        match (request.header("x-amz-target") or "").removeprefix(_TARGET):
            case "PutQueryDefinition":
                return self._put(region, asked)
            case "DeleteQueryDefinition":
                return self._delete(region, asked)
        return self._describe(region, asked)

    def _put(self, region: str, asked: Document) -> Response:
        missing = [name for name in ("name", "queryString") if not asked.get(name)]
        if missing:
            return _error("InvalidParameterException", f"{missing[0]} must not be empty")
        given = asked.get("queryDefinitionId")
        if given and (region, given) not in self._known:
            return _unknown()
        found = str(given or uuid.uuid4())
        self._known[region, found] = {
            "queryDefinitionId": found,
            "name": asked["name"],
            "queryString": asked["queryString"],
            "logGroupNames": asked.get("logGroupNames") or [],
            "lastModified": int(time.time() * 1000),
        }
        return _answer({"queryDefinitionId": found})

    def _describe(self, region: str, asked: Document) -> Response:
        prefix = asked.get("queryDefinitionNamePrefix") or ""
        found = [
            known
            for (there, _), known in self._known.items()
            if there == region and known["name"].startswith(prefix)
        ]
        return _answer({"queryDefinitions": found[: int(asked.get("maxResults") or _MOST)]})

    def _delete(self, region: str, asked: Document) -> Response:
        if self._known.pop((region, str(asked.get("queryDefinitionId"))), None) is None:
            return _unknown()
        return _answer({"success": True})


def _answer(document: Document) -> Response:
    return json_response(200, document, _JSON)


def _unknown() -> Response:
    return _error("ResourceNotFoundException", "The specified query definition does not exist.")


def _error(code: str, message: str) -> Response:
    return json_response(400, {"__type": code, "message": message}, _JSON)
