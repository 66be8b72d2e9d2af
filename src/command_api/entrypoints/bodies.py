"""Bodies of requests: how large, of which kind, and the JSON in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.domain.errors import Rejected
from command_api.domain.message import read_json
from command_api.entrypoints.problems import Problem

if TYPE_CHECKING:
    from command_api.entrypoints.requests import Request

# A message has 256 KB, its attributes included.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
ONE_BYTES = 255 * 1024
# Lambda is called with 6 MB at most, in which a body is a text inside of JSON.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MANY_BYTES = 4 * 1024 * 1024


def json_of(request: Request, *, limit: int) -> object:
    """The JSON value of a request's body; Problem 413, 415 or 400 where there is none."""
    _require_json(request)
    if len(request.body) > limit:
        raise too_large(limit)
    try:
        return read_json(request.body.decode())
    except (UnicodeDecodeError, Rejected):
        raise Problem(400, "The body is not valid JSON.") from None


def too_large(limit: int = ONE_BYTES) -> Problem:
    """The problem of a body beyond the limit, in bytes."""
    return Problem(413, f"The body may have {limit // 1024} KB; store more elsewhere and name it.")


def _require_json(request: Request) -> None:
    media, *parameters = request.headers.get("content-type", "").lower().split(";")
    kind, _, name = media.strip().partition("/")
    # Every charset but one would have to be guessed: https://www.rfc-editor.org/rfc/rfc8259#section-8.1
    charsets = {one.strip().replace('"', "") for one in parameters if "charset" in one}
    plain = request.headers.get("content-encoding", "identity").strip().lower() == "identity"
    is_json = kind == "application" and (name == "json" or name.endswith("+json"))
    if not (is_json and plain and charsets <= {"charset=utf-8", "charset=utf8"}):
        raise Problem(
            415,
            "The body must be JSON in UTF-8: content-type: application/json.",
            headers={"accept-post": "application/json"},
        )
