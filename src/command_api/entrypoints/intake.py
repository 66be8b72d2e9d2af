"""From a request to the commands that it asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from command_api.domain.message import beyond_limits, body_of
from command_api.domain.model import Submission
from command_api.domain.violations import Violation
from command_api.entrypoints import idempotency
from command_api.entrypoints.bodies import MANY_BYTES, ONE_BYTES, json_of, too_large
from command_api.entrypoints.problems import Problem, invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence
    from datetime import datetime

    from command_api.domain.model import JSON
    from command_api.domain.violations import Path
    from command_api.entrypoints.requests import Request

POST, PUT = "POST /commands", "PUT /commands/{id}"
BATCH = "POST /commands:batch"
MOST = 100
_GROUP = re.compile(r"[!-~]{1,128}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What the door of a deployment takes; `check` says what is wrong with a type's input."""

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
