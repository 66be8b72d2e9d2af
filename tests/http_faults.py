"""Fail HTTP requests to DynamoDB inside a function; goes into zips that are made to fail.

The faults sit where botocore hands a request to its HTTP library, below its retries: every attempt
counts by itself, no failed one reaches the table, and each client waits as its own settings say.
"""

from __future__ import annotations

import io
import json
import socket
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError
from botocore.httpsession import URLLib3Session
from urllib3 import HTTPResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest


class Fault(Enum):
    """What happens to a request instead of being sent."""

    CONNECTION = "nobody listens"
    SERVER_ERROR = "status 500"
    THROTTLED = "ProvisionedThroughputExceededException"
    HANG = "no answer until the client's own timeout"


_JSON = "application/x-amz-json-1.0"
_ANSWERS = {
    Fault.SERVER_ERROR: (500, "InternalServerError"),
    Fault.THROTTLED: (400, "ProvisionedThroughputExceededException"),
}


def install(fault_for: Callable[[AWSPreparedRequest], Fault | None]) -> None:
    """Ask about every request of every DynamoDB client whether it fails; None lets it pass."""
    send = URLLib3Session.send

    def faulty(session: URLLib3Session, request: Any) -> AWSResponse:
        fault = fault_for(request) if _for_dynamodb(request) else None
        if fault is Fault.CONNECTION:
            raise EndpointConnectionError(endpoint_url=request.url)
        if fault is Fault.HANG:
            request.url = _silent_url()
        elif fault is not None:
            return _answer(request.url, *_ANSWERS[fault])
        return send(session, request)

    URLLib3Session.send = faulty  # type: ignore[method-assign, assignment]


def _for_dynamodb(request: AWSPreparedRequest) -> bool:
    target = request.headers.get("X-Amz-Target", "")
    name = target.decode() if isinstance(target, bytes) else str(target)
    return name.startswith("DynamoDB_")


def _answer(url: str, status: int, error: str) -> AWSResponse:
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{error}", "message": "Injected."}
    raw = HTTPResponse(body=io.BytesIO(json.dumps(body).encode()), preload_content=False)
    return AWSResponse(url, status, HTTPHeaders.from_dict({"content-type": _JSON}), raw)


@cache
def _listener() -> socket.socket:
    # Nobody accepts: connections wait in the backlog, and once that is full, they never come about.
    return socket.create_server(("127.0.0.1", 0))


def _silent_url() -> str:
    return f"http://127.0.0.1:{_listener().getsockname()[1]}/"
