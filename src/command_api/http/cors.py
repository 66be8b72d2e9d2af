"""Which web pages may read a function's answers.

HTTP APIs see to that themselves; a REST API hands on what its functions say.
https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aws_lambda_powertools.utilities.typing import LambdaContext

    Handler = Callable[[Mapping[str, Any], LambdaContext], dict[str, object]]

EXPOSED = "Etag,Location,Retry-After,x-command-id,x-correlation-id"


def readable_by(origins: Sequence[str]) -> Callable[[Handler], Handler]:
    """Let pages of these origins, or of any (`*`), read the answers; none changes nothing."""

    def decorated(handler: Handler) -> Handler:
        @wraps(handler)
        def answered(event: Mapping[str, Any], context: LambdaContext) -> dict[str, object]:
            answer = handler(event, context)
            if not origins:
                return answer
            headers: Any = answer.get("headers") or {}
            return {**answer, "headers": {**headers, **_allowed(event, origins)}}

        return answered

    return decorated


def _allowed(event: Mapping[str, Any], origins: Sequence[str]) -> dict[str, str]:
    asks = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    origin = asks.get("origin")
    told = {"vary": "Origin"}
    if "*" in origins or origin in origins:
        allowed = "*" if "*" in origins else str(origin)
        told |= {"access-control-allow-origin": allowed, "access-control-expose-headers": EXPOSED}
    return told
