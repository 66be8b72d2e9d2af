"""AWS's names for what this machine serves.

`https://ID.cloudfront.net` is at `http://ID.cloudfront.localhost:PORT`: browsers take every name
below localhost for this machine, without DNS (RFC 6761, section 6.3). An HTTP API is a path on
127.0.0.1. Terraform knows the names of AWS only, so they are translated where a browser meets them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ministack_extensions.http import Message, Request, Scope, Send

_LOCAL = re.compile(rb"^http://([a-z0-9]+)\.cloudfront\.localhost(:[0-9]{1,5})?$")
_HOST = re.compile(r"^([a-z0-9]+)\.cloudfront\.(?:net|localhost)(?::[0-9]{1,5})?$")
_APIS = re.compile(r"(https|wss)://(?:\*|[a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com")

_PLAIN = {"https": "http", "wss": "ws"}


def distribution_host(request: Request) -> str | None:
    """The domain name of the distribution that a request is for; None for all other requests."""
    found = _HOST.match((request.header("host") or "").lower())
    return f"{found[1]}.cloudfront.net" if found else None


def local_sources(policy: str, host: str) -> str:
    """A content security policy with the hosts of APIs replaced by the one that serves them."""
    return _APIS.sub(lambda found: f"{_PLAIN[found[1]]}://{host}", policy)


def with_aws_origin(scope: Scope, send: Send) -> tuple[Scope, Send]:
    """The request as if it came from the distribution's own origin, and its answer the way back.

    Who is allowed stays the service's decision: an origin of another form, AWS's own included, is
    passed on as it is.
    """
    origin = dict(scope["headers"]).get(b"origin", b"")
    if not (found := _LOCAL.match(origin)):
        return scope, send
    on_aws = b"https://%s.cloudfront.net" % found[1]
    headers = [(name, on_aws if name == b"origin" else value) for name, value in scope["headers"]]

    async def send_back(message: Message) -> None:
        if message["type"] == "http.response.start":
            answered = [
                (name, origin if _allows(name, value, on_aws) else value)
                for name, value in message.get("headers", ())
            ]
            message = {**message, "headers": answered}
        await send(message)

    return {**scope, "headers": headers}, send_back


def _allows(name: bytes, value: bytes, origin: bytes) -> bool:
    return name.lower() == b"access-control-allow-origin" and value == origin
