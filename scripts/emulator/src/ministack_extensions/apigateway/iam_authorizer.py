"""IAM authorization of HTTP API routes: what the emulator leaves out, and the words of AWS.

AWS: "Control access to HTTP APIs with IAM authorization" (http-api-access-control-iam.html). The
emulator checks signature, time and policies, and knows the caller. It takes a signature for any
service, and believes the body's digest in a header; a refusal of an HTTP API is always the same.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ministack_extensions.http import Response, json_response
from ministack_extensions.upstream import signed_for

if TYPE_CHECKING:
    from ministack_extensions.http import Request

FORBIDDEN = json_response(403, {"message": "Forbidden"})
_DIGEST = "x-amz-content-sha256"


def well_signed(request: Request, region: str) -> bool:
    """Whether the signature, if it is good, is one for this API and for this body."""
    if signed_for(request) != (region, "execute-api"):
        return False
    digest = request.header(_DIGEST)
    return digest is None or digest == hashlib.sha256(request.body).hexdigest()


def refused(response: Response) -> bool:
    """Whether the emulator turned the caller away; functions name no error type."""
    return not response.ok and response.header("x-amzn-errortype") is not None
