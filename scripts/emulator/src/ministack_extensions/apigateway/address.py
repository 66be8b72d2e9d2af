"""Which API a data plane request is for: by path, or by host as on AWS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ministack_extensions.http import Request

_PATH = re.compile(r"^/_aws/execute-api/([a-z0-9]+)(?=/)(?!/[^/]+/@connections)")
_HOST = re.compile(r"^([a-z0-9]+)\.execute-api\.")


def address(request: Request) -> tuple[str, str] | None:
    """API id and path within the API; None for requests to anything else."""
    if found := _PATH.match(request.path):
        return found[1], request.path[found.end() :]
    host = _HOST.match(request.header("host") or "")
    if host and not re.match(r"^/[^/]+/@connections", request.path):
        return host[1], request.path
    return None
