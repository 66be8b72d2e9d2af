"""Fields of event source mappings that the emulator accepts and forgets.

AWS: the Lambda API reference (CreateEventSourceMapping, UpdateEventSourceMapping). They are read
back so that Terraform's second plan is empty; they have no effect here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ministack_extensions.functions.queue_source_rules import invalid_queue_source
from ministack_extensions.http import json_response
from ministack_extensions.service_roles import ServiceRoles

if TYPE_CHECKING:
    from ministack_extensions.http import Request, Response
    from ministack_extensions.upstream import Emulator

_PATH = re.compile(r"^/2015-03-31/event-source-mappings(?:/([^/]*))?$")
KEPT_FIELDS = (
    *("MetricsConfig", "ProvisionedPollerConfig", "KMSKeyArn", "LoggingConfig"),
    # Obeyed in stream_delivery.
    "TumblingWindowInSeconds",
)


@dataclass
class EventSourceReadBack:
    """Keeps what was sent and gives it back."""

    _dropped: dict[str, dict[str, Any]] = field(default_factory=dict)
    _roles: ServiceRoles = field(default_factory=lambda: ServiceRoles("lambda.amazonaws.com"))

    def matches(self, request: Request) -> bool:
        """Every call on event source mappings."""
        return _PATH.match(request.path) is not None

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The emulator's answer, completed."""
        if request.method == "POST":
            problem = await invalid_queue_source(request, self._roles, emulator)
            if problem:
                error = {"Type": "User", "Message": problem}
                return json_response(400, error).with_header(
                    "x-amzn-errortype", "InvalidParameterValueException"
                )
        response = await emulator.call(request)
        document = response.json()
        if not response.ok:
            return response
        if request.method == "DELETE":
            self._dropped.pop(document.get("UUID", ""), None)
            return response
        if request.method in ("POST", "PUT") and "UUID" in document:
            sent = request.json()
            kept = {name: sent[name] for name in KEPT_FIELDS if name in sent}
            self._dropped.setdefault(document["UUID"], {}).update(kept)
        for mapping in document.get("EventSourceMappings", [document]):
            for name, value in self._dropped.get(mapping.get("UUID", ""), {}).items():
                mapping.setdefault(name, value)
        return replace(response, body=json.dumps(document).encode())
