"""Response headers policies read back as they were written.

A policy that adds or removes no headers of its own has no list of them; the emulator shows an empty
one, which Terraform would want to take away in every plan.
AWS: "ResponseHeadersPolicyConfig" (API_ResponseHeadersPolicyConfig.html), where both are optional.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ministack_extensions.http import Request, Response
    from ministack_extensions.upstream import Emulator

_PATH = re.compile(r"^/20[0-9]{2}-[0-9]{2}-[0-9]{2}/response-headers-policy(/|$)")
_EMPTY = re.compile(
    rb"<(?P<list>(?:Custom|Remove)HeadersConfig)>\s*<Quantity>0</Quantity>\s*</(?P=list)>"
)


class HeadersPolicyReadBack:
    """Leaves out the lists that nobody wrote."""

    def matches(self, request: Request) -> bool:
        """Every operation on response headers policies; their answers all hold the policy."""
        return _PATH.match(request.path) is not None

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The emulator's answer without empty lists."""
        response = await emulator.call(request)
        return replace(response, body=_EMPTY.sub(b"", response.body))
