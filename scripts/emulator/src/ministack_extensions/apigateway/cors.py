"""CORS headers of HTTP APIs on answers; preflight requests stay the emulator's.

AWS: "Configure CORS for HTTP APIs" (http-api-cors.html): API Gateway adds them to the answer of an
integration, whatever that says itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.http import Request, Response


def with_cors(response: Response, cors: Mapping[str, Any], request: Request) -> Response:
    """The response with the API's headers, if the request's origin is one that it allows."""
    allowed = [str(origin).lower() for origin in cors.get("allowOrigins") or []]
    origin = request.header("origin") or ""
    if allowed == ["*"]:
        origin = "*"
    elif origin.lower() not in allowed:
        return response
    headers = {"access-control-allow-origin": origin, "vary": "Origin"}
    if cors.get("allowCredentials") and origin != "*":
        headers["access-control-allow-credentials"] = "true"
    if exposed := cors.get("exposeHeaders"):
        headers["access-control-expose-headers"] = ",".join(exposed)
    for name, value in headers.items():
        response = response.with_header(name, value)
    return response
