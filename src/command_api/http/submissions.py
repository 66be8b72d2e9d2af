"""Submissions: from a request to the commands that it asks for, and what it is answered."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from command_api.domain.context import registered
from command_api.domain.errors import Rejected
from command_api.domain.json_text import moment
from command_api.domain.message import beyond_limits, body_of, read_json
from command_api.domain.model import Callback, Status, Submission
from command_api.domain.timing import (
    DELAY,
    FIELDS,
    LONGEST_DELAY,
    NOT_BEFORE,
    timing_of,
    unreachable,
)
from command_api.domain.violations import UNKNOWN_FIELD, Violation, pointer
from command_api.http import idempotency
from command_api.http.origin import HEADER as CORRELATION
from command_api.http.problems import Problem
from command_api.http.requests import choice
from command_api.http.responses import respond
from command_api.usecases.submit import Refusal, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from command_api.domain.context import Handlers
    from command_api.domain.model import JSON, Command
    from command_api.domain.timing import Timing
    from command_api.domain.violations import Path
    from command_api.http.requests import Request

POST, PUT = "POST /commands", "PUT /commands/{id}"
BATCH = "POST /commands:batch"
MOST = 100
# A message has 256 KB, its attributes included.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
ONE_BYTES = 255 * 1024
# Lambda is called with 6 MB at most, in which a body is a text inside of JSON.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MANY_BYTES = 4 * 1024 * 1024
_GROUP = re.compile(r"[!-~]{1,128}", re.ASCII)
_UNAVAILABLE = "The command cannot be accepted right now. Try again later."
_RETRY_SECONDS = 2


class Asked(NamedTuple):
    """What the body of a command says."""

    type: str
    input: Mapping[str, JSON]
    callback: Callback | None
    priority: str
    timing: Timing


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Accepted submissions of a deployment; `check` returns the violations of a type's input."""

    types: Collection[str]
    routes: Mapping[str, str]
    default_type: str
    fifo: bool
    check: Callable[[str, Mapping[str, JSON]], Sequence[Violation]]
    # What is wrong with a callback's URL, empty where nothing is.
    refuse_url: Callable[[str], str]
    # How far ahead a command may be scheduled.
    reach: timedelta
    # Queues that clients may choose, and the queue of a type and a choice; "" without one.
    priorities: Collection[str] = ()
    queue_of: Callable[[str, str], str] = lambda *_: ""

    def one(self, request: Request, command_id: str, *, now: datetime) -> Submission:
        """The command of a request; Problem where there is none."""
        body = json_of(request, limit=ONE_BYTES)
        pinned = self.routes.get(request.route)
        if pinned is not None:
            return self._checked(request, command_id, pinned, object_of(body, ()), (), now=now)
        asked = self.command(body, (), now)
        _, chosen = choice(request.route)
        if chosen and chosen not in self.priorities:
            raise Problem(404, "unknown_path", "Unknown path.")
        if chosen and asked.priority not in ("", chosen):
            raise invalid(
                [Violation(("priority",), f"must be {chosen}, as in the path, or absent")]
            )
        asked = asked._replace(priority=chosen or asked.priority)
        return self.made(request, command_id, asked, ("input",), now)

    def many(self, request: Request, *, now: datetime) -> list[Submission | Problem]:
        """The commands of a batch, each or its problem; Problem where it is no batch."""
        found = commands_of(object_of(json_of(request, limit=MANY_BYTES), ()), MOST)
        return [self._item(request, number, one, now) for number, one in enumerate(found)]

    def _item(
        self, request: Request, number: int, item: object, now: datetime
    ) -> Submission | Problem:
        at = ("commands", number)
        try:
            command = dict(object_of(item, at))
            command_id = idempotency.new_id()
            if "key" in command:
                key = command.pop("key")
                if not isinstance(key, str):
                    raise invalid([Violation((*at, "key"), "must be a string")])
                # The same as alone, so that a client may come back for one of them.
                command_id = idempotency.id_of(idempotency.key_of(key), request.caller, POST)
            asked = self.command(command, at, now)
            return self.made(request, command_id, asked, (*at, "input"), now)
        except Problem as refused:
            return refused

    def command(self, body: object, at: Path, now: datetime) -> Asked:
        """What the body of a command says; Problem where it is none. `at` is where it stands."""
        command = object_of(body, at)
        fields = {"type", "input", "callback", *FIELDS}
        fields |= {"priority"} if self.priorities else set()
        unknown = sorted(set(command) - fields)
        if unknown:
            raise invalid(Violation((*at, name), UNKNOWN_FIELD) for name in unknown[:20])
        command_type = command.get("type", self.default_type)
        if not isinstance(command_type, str) or command_type not in self.types:
            known = ", ".join(sorted(self.types))
            detail = f"unknown command type; known types: {known}"
            raise invalid([Violation((*at, "type"), detail)])
        callback = self._callback(command["callback"], at) if "callback" in command else None
        priority = self._priority(command["priority"], at) if "priority" in command else ""
        command_input = object_of(command.get("input", {}), (*at, "input"))
        timing = self._timing(command, at, now)
        return Asked(command_type, command_input, callback, priority, timing)

    def made(
        self, request: Request, command_id: str, asked: Asked, at: Path, now: datetime
    ) -> Submission:
        """The command of a body, whose input is `at` that place; Problem where that is invalid."""
        made = self._checked(request, command_id, asked.type, asked.input, at, now=now)
        # Schedules send to the first queue alone, whose worker moves what belongs elsewhere.
        far = asked.timing.wait(now) > LONGEST_DELAY
        queue = "" if far else self.queue_of(asked.type, asked.priority)
        return replace(made, callback=asked.callback, queue=queue, timing=asked.timing)

    def _timing(self, command: Mapping[str, object], at: Path, now: datetime) -> Timing:
        found = timing_of(command, submitted_at=now)
        if not isinstance(found, Violation):
            unfit = unreachable(found, now=now, reach=self.reach)
            if unfit is None:
                return found
            # The field that the client has written.
            found = replace(unfit, path=(DELAY if DELAY in command else NOT_BEFORE,))
        raise invalid([found], at=at)

    def _priority(self, found: object, at: Path) -> str:
        if isinstance(found, str) and found in self.priorities:
            return found
        detail = f"must be one of {', '.join(sorted(self.priorities))}, or absent"
        raise invalid([Violation((*at, "priority"), detail)])

    def _callback(self, found: object, at: Path) -> Callback:
        at = (*at, "callback")
        named = object_of(found, at)
        unknown = sorted(set(named) - {"url", "includeResult"})
        if unknown:
            raise invalid(Violation((*at, name), UNKNOWN_FIELD) for name in unknown[:20])
        url, include = named.get("url"), named.get("includeResult", False)
        if not isinstance(url, str):
            raise invalid([Violation((*at, "url"), "must be a string")])
        if not isinstance(include, bool):
            raise invalid([Violation((*at, "includeResult"), "must be true or false")])
        if refusal := self.refuse_url(url):
            raise invalid([Violation((*at, "url"), refusal)])
        return Callback(url, include)

    def _checked(
        self,
        request: Request,
        command_id: str,
        command_type: str,
        command_input: Mapping[str, JSON],
        at: Path,
        *,
        now: datetime,
    ) -> Submission:
        unfit = beyond_limits(command_input)
        violations = [unfit] if unfit else self.check(command_type, command_input)
        if violations:
            raise invalid(violations, at=at)
        # Numbers may be written longer than they came: 1e15 is 1000000000000000.0.
        if len(body_of(command_type, command_input).encode()) > ONE_BYTES:
            raise too_large()
        return Submission(
            id=command_id,
            type=command_type,
            input=command_input,
            submitted_at=now,
            owner=request.caller.owner,
            group=self._group(request),
            queue=self.queue_of(command_type, ""),
        )

    def _group(self, request: Request) -> str:
        if not self.fifo:
            return ""
        group = request.headers.get("x-message-group-id", "")
        if not _GROUP.fullmatch(group):
            raise Problem(
                400,
                "invalid_message_group",
                "A FIFO queue requires the header x-message-group-id with 1-128 visible ASCII "
                "characters, for example x-message-group-id: customer-7.",
            )
        return group


def commands_of(body: Mapping[str, JSON], most: int, *beside: str) -> list[JSON]:
    """The commands of a batch, which may have members `beside` them; Problem otherwise."""
    found = body.get("commands")
    if not set(body) <= {"commands", *beside} or not isinstance(found, list):
        detail = 'A batch must be a JSON object like {"commands": [{"type": "echo"}]}.'
        raise Problem(422, "invalid_batch", detail)
    if not 1 <= len(found) <= most:
        raise invalid([Violation(("commands",), f"must have 1 to {most} items")])
    return found


def object_of(value: object, at: Path) -> Mapping[str, JSON]:
    """A value that is an object; Problem where it is none."""
    if not isinstance(value, dict):
        raise invalid([Violation(at, "must be an object")])
    return value


def json_of(request: Request, *, limit: int) -> object:
    """The JSON value of a request's body; Problem 413, 415 or 400 where there is none."""
    _require_json(request)
    if len(request.body) > limit:
        raise too_large(limit)
    if not request.body.strip():
        raise Problem(400, "invalid_json", "The body is empty; send a JSON object.")
    try:
        return read_json(request.body.decode())
    except (UnicodeDecodeError, Rejected):
        raise Problem(400, "invalid_json", "The body is not valid JSON.") from None


def too_large(limit: int = ONE_BYTES) -> Problem:
    """The problem of a body beyond the limit, in bytes."""
    return Problem(
        413,
        "body_too_large",
        f"Body exceeds {limit // 1024} KB. Upload larger payloads, for example to S3, and pass a "
        "reference.",
    )


def _require_json(request: Request) -> None:
    media, *parameters = request.headers.get("content-type", "").lower().split(";")
    family, _, name = media.strip().partition("/")
    # Every charset but one would have to be guessed: https://www.rfc-editor.org/rfc/rfc8259#section-8.1
    charsets = {one.strip().replace('"', "") for one in parameters if "charset" in one}
    plain = request.headers.get("content-encoding", "identity").strip().lower() == "identity"
    is_json = family == "application" and (name == "json" or name.endswith("+json"))
    if not (is_json and plain and charsets <= {"charset=utf-8", "charset=utf8"}):
        raise Problem(
            415,
            "unsupported_media_type",
            "The body must be uncompressed JSON in UTF-8 with Content-Type: application/json.",
            headers={"accept-post": "application/json"},
        )


def invalid(violations: Iterable[Violation], *, at: Path = ()) -> Problem:
    """The body is JSON, but not as it should be; `at` is where in it the input is."""
    errors = [{"pointer": pointer((*at, *one.path)), "detail": one.detail} for one in violations]
    return Problem(422, "invalid_command", "The command is invalid; see `errors`.", errors=errors)


def accepted(command: Command, route: str, handlers: Handlers) -> dict[str, object]:
    """Answer 202, in the shape of the type's handler where `handlers` has one that defines it.

    The answer to the same command is the same, whatever its status is by then.
    """
    shape = registered(handlers[command.type]).accepted if command.type in handlers else None
    own = shape(command.id, command.created_at) if shape else _shown(command)
    named = {CORRELATION: command.correlation_id or command.id, "retry-after": "1"}
    return respond(202, {"id": command.id, **own}, {**_where(command.id, route), **named})


def accepted_item(command: Command) -> dict[str, object]:
    """Return the result for one accepted command of a batch; `status` is the HTTP status."""
    return {
        "id": command.id,
        **_shown(command),
        "status": 202,
        "location": _where(command.id, BATCH)["location"],
    }


def refused(refusal: Refusal, command_id: str, *, now: datetime, route: str) -> Problem:
    """Return the problem of a command that was not accepted, with the time to retry.

    An id that the client chose is in conflict; the reuse of a key is an error of its own.
    https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
    """
    match refusal.why:
        case Why.IN_FLIGHT:
            detail = "An earlier request for this command is still in progress. Try again later."
            return Problem(
                409, "request_in_progress", detail, retry_after=_seconds(refusal.until, now)
            )
        case Why.OTHER_WORK:
            return _already_used(route)
        case Why.CANCELLED:
            detail = "This command was cancelled before it was submitted. Use a new id or key."
            return Problem(409, "command_cancelled", detail, commandStatus="CANCELLED")
        case Why.TOO_LARGE:
            return too_large()
        case Why.NOT_STORED:
            return Problem(503, "service_unavailable", _UNAVAILABLE, retry_after=_RETRY_SECONDS)
        case Why.NOT_SENT:
            # It is written down and will run: without a key, its id is the way to find it again.
            return Problem(
                503,
                "not_queued_yet",
                "The command is stored and will be queued later. To queue it sooner, repeat the "
                "request with the same Idempotency-Key or id. Its status is at the Location.",
                retry_after=_seconds(refusal.until, now),
                headers=_where(command_id, route),
                id=command_id,
            )


def _already_used(route: str) -> Problem:
    if choice(route)[0] == PUT:
        return Problem(409, "id_in_use", "This id was already used for a different command.")
    detail = "This Idempotency-Key was already used with a different request."
    return Problem(422, "idempotency_key_reused", detail)


def _shown(command: Command) -> dict[str, object]:
    shown: dict[str, object] = {
        "type": command.type,
        "status": Status.PENDING,
        "createdAt": moment(command.created_at),
    }
    if command.timing.not_before is not None:
        shown["scheduledFor"] = moment(command.timing.not_before)
    return shown


def _where(command_id: str, route: str) -> dict[str, str]:
    # Relative to the request, so that it leads to the same API below any stage or base path.
    # No character of an id needs escaping in a path.
    up = "../" * (route.count("/") - 1)
    return {"location": f"{up}commands/{command_id}", "x-command-id": command_id}


def _seconds(until: datetime | None, now: datetime) -> int:
    if until is None:
        return _RETRY_SECONDS
    return max(1, math.ceil((until - now).total_seconds()))
