"""One request to a REST API, and everything that mappings and templates can select from it.

AWS: "Variables for data transformations for API Gateway" for `$context`, "Parameter mapping source
for REST APIs" for the expressions of mappings.
"""

from __future__ import annotations

import base64
import json
import os
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from ministack_extensions.http import Response
from ministack_extensions.restapi.paths import selected
from ministack_extensions.traces import trace_header, trace_id
from ministack_extensions.upstream import ACCOUNT_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ministack_extensions.http import Request
    from ministack_extensions.restapi.definition import Match, RestApi


@dataclass
class Call:
    """A request on its way; the context fills up as it goes."""

    api: RestApi
    request: Request
    path: str
    match: Match | None
    context: dict[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        """The last value of each header; names as most clients of HTTP/1.1 write them."""
        return {name.title(): value for name, value in self.request.headers}

    @property
    def query(self) -> list[tuple[str, str]]:
        """The query string's parameters, in their order."""
        return parse_qsl(self.request.query, keep_blank_values=True)

    @property
    def content_type(self) -> str:
        """The body's media type without parameters; JSON where the client does not say."""
        given = self.request.header("content-type") or "application/json"
        return given.partition(";")[0].strip().lower()

    @property
    def body(self) -> str:
        """The body as text."""
        return self.request.body.decode("utf-8", "replace")

    def note_error(self, kind: str, message: str) -> None:
        """Let templates and the access log know why the request is refused."""
        self.context |= {
            "error.message": message,
            "error.messageString": json.dumps(message),
            "error.responseType": kind,
        }

    def variable(self, name: str) -> str:
        """`context.x` or `stageVariables.x`; empty where there is no such thing."""
        scope, _, key = name.partition(".")
        return (self.context if scope == "context" else self.api.variables).get(key, "")

    def mapped(self, source: str, response: Response | None = None) -> str | None:
        """The value of a mapping's source; None where it has none."""
        if source.startswith("'"):
            return source.strip("'")
        if source == "method.request.body":
            return self.body
        scope, _, name = source.rpartition(".")
        if source.startswith(("context.", "stageVariables.")):
            return self.variable(source) or None
        if source.startswith("integration.response.body."):
            path = "$." + source.removeprefix("integration.response.body.")
            found = selected(response.body.decode() if response else "", path)
            return found if isinstance(found, str) else json.dumps(found)
        parameters: Mapping[str, str] = self.match.parameters if self.match else {}
        lookups: dict[str, Callable[[str], str | None]] = {
            "method.request.header": self.request.header,
            "method.request.querystring": dict(self.query).get,
            "method.request.path": parameters.get,
            "integration.response.header": (response or Response(0)).header,
        }
        return lookups[scope](name) if scope in lookups else None


def new_call(api: RestApi, request: Request, path: str) -> Call:
    """A call with the context that is known before anything is decided.

    The extended id is base64 of the standard alphabet: AWS documents none, and this is the one
    that finds templates which take it for harmless.
    """
    now = time.time()
    match = api.definition.match(request.method, path)
    domain = (request.header("host") or "").partition(":")[0]
    context = {
        "accountId": ACCOUNT_ID,
        "apiId": api.api_id,
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "extendedRequestId": base64.b64encode(os.urandom(11)).decode(),
        "httpMethod": request.method,
        "identity.sourceIp": request.client,
        "identity.userAgent": request.header("user-agent") or "",
        "path": f"/{api.stage_name}{path}",
        "protocol": "HTTP/1.1",
        "requestId": request.header("x-amzn-requestid") or str(uuid.uuid4()),
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "requestTimeEpoch": str(int(now * 1000)),
        "stage": api.stage_name,
    }
    if api.stage.get("tracingEnabled"):
        context["xrayTraceId"] = trace_id(trace_header(request))
    if match:
        context |= {"resourceId": match.resource["id"], "resourcePath": match.path}
    return Call(api, request, path, match, context)
