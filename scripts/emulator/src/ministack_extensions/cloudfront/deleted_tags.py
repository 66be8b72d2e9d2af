"""A distribution's tags go with it.

The emulator keeps them, and the tagging API would go on finding what is no longer there. It does
not let anybody untag what is gone, so they are taken away first, and put back if it stays.
AWS: "DeleteDistribution" (API_DeleteDistribution.html).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ministack_extensions.http import Request
from ministack_extensions.upstream import ACCOUNT_ID, DEFAULT_REGION

if TYPE_CHECKING:
    from ministack_extensions.http import Response
    from ministack_extensions.upstream import Emulator

_PATH = re.compile(r"^/20[0-9-]{8}/distribution/[A-Z0-9]+$")
_KEY = re.compile(rb"<Key>.*?</Key>", re.DOTALL)


class DeletedTags:
    """Answers the deletion of distributions."""

    def matches(self, request: Request) -> bool:
        """DELETE of one distribution."""
        return request.method == "DELETE" and _PATH.match(request.path) is not None

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The emulator's answer, and no tags of what is gone."""
        _, version, _, distribution = request.path.split("/")
        arn = f"arn:aws:cloudfront::{ACCOUNT_ID}:distribution/{distribution}"

        async def tagging(method: str, operation: str, body: bytes) -> Response:
            query = urlencode({"Resource": arn} | ({"Operation": operation} if operation else {}))
            asked = Request(method, f"/{version}/tagging", query=query, body=body)
            return await emulator.call(emulator.signed("cloudfront", DEFAULT_REGION, asked))

        tags = (await tagging("GET", "", b"")).body
        keys = b"".join(_KEY.findall(tags))
        await tagging("POST", "Untag", b"<TagKeys><Items>%s</Items></TagKeys>" % keys)
        response = await emulator.call(request)
        if not response.ok:
            await tagging("POST", "Tag", tags)
        return response
