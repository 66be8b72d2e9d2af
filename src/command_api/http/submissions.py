"""Submissions: from a request to the commands that it asks for, and what it is answered."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from command_api.domain.context import registered
from command_api.domain.errors import Rejected
from command_api.domain.message import beyond_limits, body_of, read_json
from command_api.domain.model import Status, Submission
from command_api.domain.violations import Violation, pointer
from command_api.http import idempotency
from command_api.http.origin import HEADER as CORRELATION
from command_api.http.problems import Problem
from command_api.http.responses import respond
from command_api.http.view import moment
from command_api.usecases.submit import Refusal, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence
    from datetime import datetime

    from command_api.domain.context import Handlers
    from command_api.domain.model import JSON, Command
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
_AWAY = "The command cannot be taken right now; try again."
_RETRY_SECONDS = 2


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What a deployment takes; `check` says what is wrong with a type's input."""

    types: Container[str]
    routes: Mapping[str, str]
    default_type: str
    fifo: bool
    check: Callable[[str, Mapping[str, JSON]], Sequence[Violation]]

    def one(self, request: Request, command_id: str, *, now: datetime) -> Submission:
        """The command of a request; Problem where there is none."""
        body = json_of(request, limit=ONE_BYTES)
        pinned = self.routes.get(request.route)
        if pinned is not None:
            return self._checked(request, command_id, pinned, _object(body, ()), (), now=now)
        kind, work = self._command(body, ())
        return self._checked(request, command_id, kind, work, ("input",), now=now)

    def many(self, request: Request, *, now: datetime) -> list[Submission | Problem]:
        """The commands of a batch, each or its problem; Problem where it is no batch."""
        body = _object(json_of(request, limit=MANY_BYTES), ())
        found = body.get("commands")
        if set(body) != {"commands"} or not isinstance(found, list):
            raise Problem(422, 'A batch is an object like {"commands": [{"type": "echo"}]}.')
        if not 1 <= len(found) <= MOST:
            limits = Violation(("commands",), f"must have 1 to {MOST} items")
            raise invalid([limits])
        return [self._item(request, number, one, now) for number, one in enumerate(found)]

    def _item(
        self, request: Request, number: int, item: object, now: datetime
    ) -> Submission | Problem:
        at = ("commands", number)
        try:
            command = dict(_object(item, at))
            command_id = idempotency.new_id()
            if "key" in command:
                key = command.pop("key")
                if not isinstance(key, str):
                    raise invalid([Violation((*at, "key"), "must be a string")])
                # The same as alone, so that a client may come back for one of them.
                command_id = idempotency.id_of(idempotency.key_of(key), request.caller, POST)
            kind, work = self._command(command, at)
            return self._checked(request, command_id, kind, work, (*at, "input"), now=now)
        except Problem as refused:
            return refused

    def _command(self, body: object, at: Path) -> tuple[str, Mapping[str, JSON]]:
        command = _object(body, at)
        unknown = sorted(set(command) - {"type", "input"})
        if unknown:
            raise invalid(Violation((*at, name), "is not known here") for name in unknown[:20])
        kind = command.get("type", self.default_type)
        if not isinstance(kind, str) or kind not in self.types:
            raise invalid([Violation((*at, "type"), "must be a type of command that there is")])
        return kind, _object(command.get("input", {}), (*at, "input"))

    def _checked(
        self,
        request: Request,
        command_id: str,
        kind: str,
        work: Mapping[str, JSON],
        at: Path,
        *,
        now: datetime,
    ) -> Submission:
        unfit = beyond_limits(work)
        violations = [unfit] if unfit else self.check(kind, work)
        if violations:
            raise invalid(violations, at=at)
        # Numbers may be written longer than they came: 1e15 is 1000000000000000.0.
        if len(body_of(kind, work).encode()) > ONE_BYTES:
            raise too_large()
        return Submission(
            id=command_id,
            type=kind,
            input=work,
            submitted_at=now,
            owner=request.caller.owner,
            group=self._group(request),
        )

    def _group(self, request: Request) -> str:
        if not self.fifo:
            return ""
        group = request.headers.get("x-message-group-id", "")
        if not _GROUP.fullmatch(group):
            raise Problem(
                400,
                "This queue keeps the order of each group: name one of 1-128 visible characters, "
                "for example x-message-group-id: customer-7.",
            )
        return group


def _object(value: object, at: Path) -> Mapping[str, JSON]:
    if not isinstance(value, dict):
        raise invalid([Violation(at, "must be an object")])
    return value


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


def invalid(violations: Iterable[Violation], *, at: Path = ()) -> Problem:
    """The body is JSON, but not as it should be; `at` is where in it the input is."""
    errors = [{"pointer": pointer((*at, *one.path)), "detail": one.detail} for one in violations]
    return Problem(422, "The command is not valid; errors says where.", errors=errors)


def taken(command: Command, handlers: Handlers) -> dict[str, object]:
    """202: the command will run. One of these handlers may say it in its own words.

    The same for the same command, whatever has become of it since.
    """
    shape = registered(handlers[command.type]).accepted if command.type in handlers else None
    own = shape(command.id, command.created_at) if shape else _shown(command)
    named = {CORRELATION: command.correlation_id or command.id, "retry-after": "1"}
    return respond(202, {"id": command.id, **own}, {**_where(command.id), **named})


def taken_item(command: Command) -> dict[str, object]:
    """The same as what is said of one command among many, where `status` is that of HTTP."""
    return {
        "id": command.id,
        **_shown(command),
        "status": 202,
        "location": _where(command.id)["location"],
    }


def refused(refusal: Refusal, command_id: str, *, now: datetime, chosen: bool = False) -> Problem:
    """Why a command was not taken, and when it is worth another try.

    `chosen` says that the client chose the id, which is then in conflict; the reuse of a key is an
    error of its own: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
    """
    match refusal.why:
        case Why.IN_FLIGHT:
            detail = "An earlier request for this command is still at it; come back later."
            return Problem(409, detail, retry_after=_seconds(refusal.until, now))
        case Why.OTHER_WORK:
            status, name = (409, "id") if chosen else (422, "key")
            return Problem(status, f"This {name} stands for another command; take a new one.")
        case Why.CANCELLED:
            detail = "This id was cancelled before it was submitted; take a new one."
            return Problem(409, detail, commandStatus="CANCELLED")
        case Why.TOO_LARGE:
            return too_large()
        case Why.NOT_STORED:
            return Problem(503, _AWAY, retry_after=_RETRY_SECONDS)
        case Why.NOT_SENT:
            # It is written down and will run: without a key, its id is the way to find it again.
            return Problem(
                503,
                "The command is written down but not queued yet. It will be; to hurry it, repeat "
                "the request with the same key or id. Without one, ask for this id.",
                retry_after=_seconds(refusal.until, now),
                headers=_where(command_id),
                id=command_id,
            )


def _shown(command: Command) -> dict[str, object]:
    return {"type": command.type, "status": Status.PENDING, "createdAt": moment(command.created_at)}


def _where(command_id: str) -> dict[str, str]:
    # Nothing that an id may be made of needs escaping in a path.
    return {"location": f"/commands/{command_id}", "x-command-id": command_id}


def _seconds(until: datetime | None, now: datetime) -> int:
    if until is None:
        return _RETRY_SECONDS
    return max(1, math.ceil((until - now).total_seconds()))
