"""The `$context` variables of one request.

AWS: "Customize HTTP API access logs"
(apigateway/latest/developerguide/http-api-logging-variables.html).
"""

from __future__ import annotations

import base64
import os
import time
from typing import TYPE_CHECKING

from ministack_extensions.upstream import ACCOUNT_ID

if TYPE_CHECKING:
    from ministack_extensions.apigateway.catalogue import HttpApi, Match
    from ministack_extensions.http import Request, Response


def new_request_id() -> str:
    """An id in API Gateway's form: 16 characters of URL-safe base64 that end in `=`."""
    return base64.urlsafe_b64encode(os.urandom(11)).decode()


def request_context(
    api: HttpApi, request: Request, match: Match | None, path: str, now: float
) -> dict[str, str]:
    """The variables that are known before the integration runs."""
    request_id = new_request_id()
    domain = (request.header("host") or "").partition(":")[0]
    return {
        "accountId": ACCOUNT_ID,
        "apiId": api.api_id,
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "extendedRequestId": request_id,
        "httpMethod": request.method,
        "identity.sourceIp": request.client,
        "identity.userAgent": request.header("user-agent") or "",
        "path": path,
        "protocol": "HTTP/1.1",
        "requestId": request_id,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "requestTimeEpoch": str(int(now * 1000)),
        "routeKey": match.route_key if match else "-",
        "stage": match.stage["stageName"] if match else "-",
    }


def response_context(
    response: Response, started: float, now: float, integration_error: str | None
) -> dict[str, str]:
    """The variables that are known once the answer is there."""
    milliseconds = str(round((now - started) * 1000))
    known = {
        "dataProcessed": str(len(response.body)),
        "integration.latency": milliseconds,
        "integrationLatency": milliseconds,
        "responseLatency": milliseconds,
        "responseLength": str(len(response.body)),
        "status": str(response.status),
    }
    if integration_error:
        known |= {
            "integration.error": integration_error,
            "integrationErrorMessage": integration_error,
        }
    return known
