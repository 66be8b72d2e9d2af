"""The management of WebSocket connections from outside: limits and answers as AWS has them.

AWS: "Use @connections commands in your backend service" and "Quotas for configuring and running a
WebSocket API in API Gateway". The emulator names the fields of an answer in another way, so that
clients see none, and takes messages of any size.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ministack_extensions.http import Request, Response, json_response

if TYPE_CHECKING:
    from ministack_extensions.upstream import Emulator

MESSAGE_LIMIT = 128 * 1024
_PATH = re.compile(r"^(/_aws/execute-api/[a-z0-9]+)?/[^/]+/@connections/[^/]+$")


class Connections:
    """Answers for single connections."""

    def matches(self, request: Request) -> bool:
        """Calls on a connection, by the path of the API or by its host."""
        return _PATH.match(request.path) is not None

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The emulator's answer, or the refusal of a message that is too large."""
        if request.method == "POST" and len(request.body) > MESSAGE_LIMIT:
            return json_response(413, {"message": "Request Entity Too Large"}).with_header(
                "x-amzn-errortype", "PayloadTooLargeException"
            )
        response = await emulator.call(request)
        if request.method != "GET" or not response.ok:
            return response
        document = {name[:1].lower() + name[1:]: it for name, it in response.json().items()}
        return replace(response, body=json.dumps(document).encode())
