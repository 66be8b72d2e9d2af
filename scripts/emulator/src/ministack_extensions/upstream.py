"""The emulator itself, called in process through its public ASGI entry point."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from ministack_extensions.http import (
    App,
    Headers,
    Message,
    Request,
    Response,
    header_pairs,
    lower_headers,
    request_scope,
)

if TYPE_CHECKING:
    from botocore.credentials import Credentials

DEFAULT_REGION = "us-east-1"
ACCOUNT_ID = "000000000000"
_CREDENTIAL = re.compile(r"Credential=[^/,\s]+/\d+/([^/]+)/([^/]+)/aws4_request")
_CHECKED = re.compile(r"Credential=A[KS]IA")


def signed_for(request: Request) -> tuple[str, str]:
    """Region and service that a SigV4 request names; the default region and "" for others."""
    found = _CREDENTIAL.search(request.header("authorization") or "")
    return (found[1], found[2]) if found else (DEFAULT_REGION, "")


def signature_is_checked(request: Request) -> bool:
    """Whether an IAM user or a role's session signed it; the account's root may sign anything."""
    return _CHECKED.search(request.header("authorization") or "") is not None


@dataclass(frozen=True)
class Emulator:
    """ministack behind plain method calls."""

    app: App
    host: str

    async def call(self, request: Request) -> Response:
        """Run one request through the emulator and collect its answer."""
        status, body = 500, b""
        headers: Headers = ()
        received = False

        async def receive() -> Message:
            nonlocal received
            if received:
                return {"type": "http.disconnect"}
            received = True
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status, headers, body
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = lower_headers(message.get("headers", ()))
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")

        await self.app(request_scope(request), receive, send)
        return Response(status, headers, body)

    def signed(
        self,
        service: str,
        region: str,
        request: Request,
        credentials: Credentials | None = None,
    ) -> Request:
        """The request, signed: as the account's root, or with a role's session credentials."""
        own = dict(request.headers) | {"host": self.host, "x-forwarded-proto": "https"}
        if credentials is None:
            scope = f"test/20200101/{region}/{service}/aws4_request"
            own["authorization"] = (
                f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
            )
        else:
            url = f"http://{self.host}{request.path}"
            signable = AWSRequest(request.method, url, data=request.body, headers=own)
            SigV4Auth(credentials, service, region).add_auth(signable)
            own = dict(signable.headers.items())
        return Request(request.method, request.path, header_pairs(own), request.query, request.body)

    async def json_api(
        self, service: str, region: str, target: str, document: dict[str, Any]
    ) -> Response:
        """Call an operation of a JSON protocol, as the account's root."""
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": target}
        request = Request("POST", "/", header_pairs(headers), body=json.dumps(document).encode())
        return await self.call(self.signed(service, region, request))
