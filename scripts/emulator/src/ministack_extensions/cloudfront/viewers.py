"""Viewers of CloudFront distributions; what they see is the emulator's, found by AWS's name.

AWS: "Response headers policies" (understanding-response-headers-policies.html); a domain that
belongs to no distribution is answered with 403 (http-403-permission-denied.html).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ministack_extensions.cloudfront.names import distribution_host, local_sources
from ministack_extensions.http import Response

if TYPE_CHECKING:
    from ministack_extensions.http import Request
    from ministack_extensions.upstream import Emulator

_CSP = "content-security-policy"
# On every answer of a distribution.
_MARK = "x-amz-cf-id"
_UNKNOWN = Response(
    403,
    (("content-type", "text/html"), ("server", "CloudFront"), ("x-cache", "Error from cloudfront")),
    b"<h1>403 ERROR</h1><p>There is no distribution of this name on the local stack.</p>",
)


class Viewers:
    """Serves `http://ID.cloudfront.localhost:PORT` as `https://ID.cloudfront.net`."""

    def matches(self, request: Request) -> bool:
        """Requests to a distribution's host."""
        return distribution_host(request) is not None

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The distribution's answer, its policy naming the APIs where they are."""
        host = distribution_host(request) or ""
        headers = tuple(
            (name, host if name == "host" else value) for name, value in request.headers
        )
        response = await emulator.call(replace(request, headers=headers))
        if response.header(_MARK) is None:
            return _UNKNOWN
        policy = response.header(_CSP)
        if policy is None:
            return response
        return response.with_header(_CSP, local_sources(policy, emulator.host))
