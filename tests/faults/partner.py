"""Goes into the zip as its `handlers` package: work that needs a partner's consent each time.

The pattern is that of docs/operations.md.
"""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from command_api import Retryable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api import JSON, Context, Handlers

REFUSED = 401


def handle(_input: Mapping[str, JSON], context: Context) -> JSON:
    """Ask with what the cache has, then once more with what is current."""
    status = ask(context.secrets.get("partner"))
    if status == REFUSED:
        status = ask(context.secrets.refresh("partner"))
    if status == REFUSED:
        raise Retryable("The partner refuses us.", code="partner_refuses", after=30)
    return status


def ask(credential: str) -> int:
    """The status of the partner's answer."""
    headers = {"authorization": credential}
    request = urllib.request.Request(os.environ["PARTNER"], headers=headers)  # noqa: S310
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


HANDLERS: Handlers = {"work": handle}
