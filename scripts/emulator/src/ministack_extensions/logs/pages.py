"""Log events beyond the first ten thousand, which the emulator gives nobody.

AWS: the CloudWatch Logs API reference, FilterLogEvents. An answer has the oldest events that fit,
at most 10,000, and a token for those that follow.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ministack_extensions.http import json_response
from ministack_extensions.upstream import signed_for

if TYPE_CHECKING:
    from ministack_extensions.http import Request, Response
    from ministack_extensions.upstream import Emulator

_TARGET = "Logs_20140328.FilterLogEvents"
_JSON = "application/x-amz-json-1.1"
_MOST = 10_000
# The time that the next page begins with, and how many events of that time were given already.
_TOKEN = re.compile(r"(\d{1,15})-(\d{1,9})")
_INVALID = {
    "__type": "InvalidParameterException",
    "message": "The specified nextToken is invalid.",
}


class LogPages:
    """Turns pages; what is on one, the emulator says."""

    def matches(self, request: Request) -> bool:
        """The one call that lists events of a group."""
        return request.header("x-amz-target") == _TARGET

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """One page, with a token where more may follow."""
        asked = request.json()
        token = asked.pop("nextToken", None)
        known = _TOKEN.fullmatch(str(token)) if token else None
        if token and not known:
            return json_response(400, _INVALID, _JSON)
        # The emulator knows no token, but whether the caller may ask.
        answer = await emulator.call(request)
        since, given = (int(known[1]), int(known[2])) if known else (0, 0)
        if answer.ok and known:
            region, service = signed_for(request)
            after = {**asked, "startTime": since, "limit": _MOST}
            answer = await emulator.json_api(service, region, _TARGET, after)
        if not answer.ok:
            return answer
        limit = min(asked.get("limit") or _MOST, _MOST)
        events = answer.json()["events"][given:][:limit]
        page: dict[str, Any] = {"events": events, "searchedLogStreams": []}
        if len(events) == limit:
            last = events[-1]["timestamp"]
            same = sum(event["timestamp"] == last for event in events)
            page["nextToken"] = f"{last}-{same + (given if last == since else 0)}"
        return json_response(200, page, _JSON)
