"""`show` and `inspect`: look at dead letters and leave them as they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from scripts.dlq.choice import type_of
from scripts.dlq.desk import many
from scripts.dlq.if_redriven import if_redriven
from scripts.dlq.lines import dump
from scripts.dlq.overview import Overview, age
from scripts.errors import OperatorError
from scripts.framework import records

if TYPE_CHECKING:
    from scripts.dlq.choice import Choice
    from scripts.dlq.desk import Desk
    from scripts.dlq.letter import Letter
    from scripts.dlq.records import Known


# Ten looks take about a second, however many letters there are.
SAMPLE = 100


@dataclass(frozen=True)
class Survey:
    """The groups of the letters that are `meant`, of those that were `seen`, of `about` so many."""

    overview: Overview
    meant: int
    seen: int
    about: int

    @property
    def estimate(self) -> int:
        """How many letters are meant in all, if those that were not seen are alike."""
        return round(self.meant / self.seen * max(self.about, self.seen)) if self.seen else 0


def survey(desk: Desk, choice: Choice, limit: int | None) -> Survey:
    """Look at the letters, and count those that are meant."""
    overview, meant = Overview(), 0
    with desk.sweep(limit) as sweep:
        about = desk.about()
        for batch in sweep:
            known = desk.records.find(one.key for one in batch)
            now = datetime.now(UTC)
            for one in batch:
                if choice.means(one, known.get(one.key), now=now):
                    overview.add(one, known.get(one.key), now=now)
                    meant += 1
    return Survey(overview, meant, sweep.seen, about)


def show(desk: Desk, choice: Choice, limit: int | None) -> Survey:
    """Print the groups of the letters that are meant, of all or of a sample of so many."""
    found = survey(desk, choice, limit)
    found.overview.show(now=datetime.now(UTC))
    if not found.seen and not found.about:
        desk.tell(f"{desk.dlq.name} is empty")
        return found
    desk.tell(f"{many(found.meant)} of {found.seen} looked at in {desk.dlq.name}")
    if found.about <= found.seen:
        return found
    if found.seen == limit:
        wanted = "" if choice.everything else f", so about {found.estimate} are meant"
        every = desk.place.command("show", "--all", *choice.words())
        desk.tell(f"a sample: there are about {found.about} letters{wanted}; to count: {every}")
    else:
        why = "hidden by another reader, or more than the 120,000 that SQS hides at once"
        if desk.dlq.fifo:
            why = "hidden by another reader, or behind the first ten of their group"
        desk.tell(f"about {found.about - found.seen} more were not seen: {why}")
    return found


def inspect(desk: Desk, command_id: str, limit: int, *, body: bool) -> int:
    """Print one command with its letters as JSON."""
    letters: list[Letter] = []
    with desk.sweep(limit) as sweep:
        for batch in sweep:
            letters += [one for one in batch if command_id in (one.key, one.message_id)]
    key = letters[0].key if letters else command_id
    known = desk.records.find([key]).get(key)
    if not letters and known is None:
        raise OperatorError(
            f"there is no command {command_id} and no letter of it among the {sweep.seen} looked"
            f" at; see: {desk.place.command('show')}"
        )
    now = datetime.now(UTC)
    shown = {
        "id": key,
        "command": _command(known) if known else None,
        "history": _history(known) if known else [],
        "letters": [_letter(one, known, now=now, body=body) for one in letters],
    }
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    if not letters:
        desk.tell(f"no letter of it among the {sweep.seen} looked at")
    return 0


def _command(known: Known) -> dict[str, Any]:
    command = known.command
    error = command.failure
    return {
        "type": command.type,
        "status": command.status.value,
        "attempts": command.attempts,
        "maxAttempts": command.max_attempts,
        "createdAt": command.created_at.isoformat(),
        "updatedAt": command.updated_at.isoformat(),
        "owner": command.owner,
        "error": error
        and {"code": error.code, "message": error.message, "retryable": error.retryable},
    }


def _history(known: Known) -> list[dict[str, Any]]:
    """Earlier failures, the oldest first."""
    earlier = known.command.earlier_failures
    return [{**one._asdict(), "at": records.moment(one.at)} for one in earlier]


def _letter(one: Letter, known: Known | None, *, now: datetime, body: bool) -> dict[str, Any]:
    content = json.loads(dump(one))
    shown = {
        "messageId": one.message_id,
        "type": type_of(one, known),
        "owner": one.owner,
        "sentAt": content["sentAt"],
        "age": age(now - one.sent_at),
        "receives": one.receives,
        "bytes": len(one.body.encode()),
        "attributes": sorted(one.attributes),
        "ifRedriven": if_redriven(one, known, now=now),
    }
    shown |= {"group": one.group} if one.group else {}
    if body:
        shown |= {"attributes": content["attributes"], "body": one.body}
    return shown
