"""The members of a batch and the command that follows them, out of what clients send."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from command_api.domain.batches import MOST_MEMBERS, Follower, When, member_id
from command_api.domain.violations import UNKNOWN_FIELD, Violation
from command_api.domain.work import fingerprint
from command_api.http.submissions import commands_of, invalid, object_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from command_api.domain.model import JSON, Submission
    from command_api.domain.violations import Path
    from command_api.http.requests import Request
    from command_api.http.submissions import Intake


def members_of(
    intake: Intake, request: Request, body: Mapping[str, JSON], batch_id: str, *, now: datetime
) -> tuple[list[Submission], Follower | None, str]:
    """Members of a batch, what follows it, and a hash of both; Problem if one is invalid."""
    members = [
        member_of(intake, request, batch_id, place, one, ("commands", place), now=now)
        for place, one in enumerate(commands_of(body, MOST_MEMBERS, "then", "results"))
    ]
    follower = follower_of(intake, request, body["then"], now) if "then" in body else None
    return members, follower, fingerprint("batch", body)


def member_of(  # noqa: PLR0913 - the place in the batch, and the one in the body
    intake: Intake,
    request: Request,
    batch_id: str,
    place: int,
    body: object,
    at: Path,
    *,
    now: datetime,
) -> Submission:
    """A member of a batch, by its body; Problem if that is invalid."""
    asked, own = intake.command(body, at, now), member_id(batch_id, place)
    return replace(intake.made(request, own, asked, (*at, "input"), now), batch=batch_id)


def follower_of(intake: Intake, request: Request, found: object, now: datetime) -> Follower:
    """The command that follows a batch; Problem if it is invalid."""
    at = ("then",)
    asked = dict(object_of(found, at))
    when = asked.pop("when", When.ALL)
    if not isinstance(when, str) or when not in set(When):
        raise invalid([Violation((*at, "when"), f"must be one of {', '.join(When)}")])
    if unknown := sorted(set(asked) - {"type", "input"}):
        raise invalid(Violation((*at, name), UNKNOWN_FIELD) for name in unknown[:20])
    command = intake.command(asked, at, now)
    intake.made(request, "follower", command, (*at, "input"), now)
    return Follower(When(when), command.type, command.input)
