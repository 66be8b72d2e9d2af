"""Who may ask: this page in this machine's browser, and no other page.

Every web page can make the browser send requests to 127.0.0.1. It cannot choose their `Origin`, nor
send JSON without asking first; and a page whose name was made to resolve to 127.0.0.1 (DNS
rebinding) betrays itself by the `Host`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from scripts.local.dashboard.problem import Problem

if TYPE_CHECKING:
    from scripts.local.dashboard.http import Headers, Request

# A message has 256 KB, and the page sends a little around it.
BODY_BYTES = 300 * 1024
_READING = {"GET", "HEAD"}

# Nothing but the page's own files runs, nothing is fetched from elsewhere, nobody frames it, and
# no text becomes markup. Changes are pushed by the stack's WebSocket API, which is on this machine.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self' ws://127.0.0.1:*;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS: Headers = (
    ("content-security-policy", _POLICY),
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
)


def require_own_page(request: Request, port: int) -> None:
    """Problem where the request does not come from a page of this server."""
    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
    host = request.header("host") or ""
    if host not in hosts:
        raise Problem(
            HTTPStatus.MISDIRECTED_REQUEST,
            f"This server is available only at http://127.0.0.1:{port}/.",
        )
    if request.method in _READING:
        return
    if request.header("origin") != f"http://{host}":
        raise Problem(HTTPStatus.FORBIDDEN, "Only the dashboard page may send this request.")
    if request.header("content-type") != "application/json":
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "The body must be JSON (Content-Type: application/json).",
        )
    length = request.header("content-length") or ""
    if not length.isdecimal():
        raise Problem(HTTPStatus.LENGTH_REQUIRED, "The header Content-Length is required.")
    if int(length) > BODY_BYTES:
        raise Problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"Body exceeds {BODY_BYTES // 1024} KB. Upload larger payloads, for example to S3,"
            " and pass a reference.",
        )
