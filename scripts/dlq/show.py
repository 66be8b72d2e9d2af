"""`show` and `inspect`: what is in the dead-letter queue, and why; everything stays as it is."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from scripts import table
from scripts.cli import one_line
from scripts.dlq.redriven import NONE, code_of, if_redriven, type_of
from scripts.dlq.session import many
from scripts.errors import OperatorError
from scripts.framework import history

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from scripts.dlq.filter import Filter
    from scripts.dlq.message import DeadLetterMessage
    from scripts.dlq.session import Session
    from scripts.stored_commands import StoredCommand

COLUMNS = ("type", "error", "status", "count", "oldest", "newest", "if redriven", "example")
# Ten receives take about a second, however many messages there are.
SAMPLE = 100
_MESSAGE_LENGTH = 160


@dataclass
class Group:
    """Messages of one type whose commands ended in the same way."""

    type: str
    code: str
    status: str
    if_redriven: str
    example: str
    oldest: datetime
    newest: datetime
    count: int = 0
    last_error: str = ""
    _failed_at: datetime | None = None

    def add(self, message: DeadLetterMessage, stored: StoredCommand | None) -> None:
        """One message more; the latest of the errors is the one that is shown."""
        self.count += 1
        self.oldest = min(self.oldest, message.sent_at)
        self.newest = max(self.newest, message.sent_at)
        if stored and stored.command.failure:
            at = stored.command.updated_at
            if self._failed_at is None or at > self._failed_at:
                self._failed_at, self.last_error = at, stored.command.failure.message

    def cells(self, now: datetime) -> list[str]:
        """A row of the table, in the order of COLUMNS."""
        ages = [age(now - self.oldest), age(now - self.newest)]
        counted = [self.type, self.code, self.status, str(self.count)]
        return [*counted, *ages, self.if_redriven, self.example]

    def printable_error(self) -> str:
        """The last error: whatever a handler put into it must not move a terminal's cursor."""
        text = "".join(one for one in one_line(self.last_error) if one.isprintable())
        return text[:_MESSAGE_LENGTH]


@dataclass
class Summary:
    """Those that match among the `seen` messages, in groups; there are `about` so many in all."""

    seen: int = 0
    about: int = 0
    matching: int = 0
    _groups: dict[tuple[str, str, str, str], Group] = field(default_factory=dict)

    @property
    def estimate(self) -> int:
        """How many messages match in all, if those that were not seen are alike."""
        return round(self.matching / self.seen * max(self.about, self.seen)) if self.seen else 0

    @property
    def groups(self) -> list[Group]:
        """The groups, the largest first."""
        return sorted(self._groups.values(), key=lambda one: (-one.count, one.type, one.code))

    def add(
        self, message: DeadLetterMessage, stored: StoredCommand | None, *, now: datetime
    ) -> None:
        """Count one message that matches."""
        self.matching += 1
        status = stored.command.status.value if stored else NONE
        after = if_redriven(message, stored, now=now)
        key = (type_of(message, stored), code_of(stored), status, after)
        if key not in self._groups:
            self._groups[key] = Group(*key, message.command_id, message.sent_at, message.sent_at)
        self._groups[key].add(message, stored)


def show(session: Session, wanted: Filter, limit: int | None) -> Summary:
    """Print the messages that match in groups: of all of them, or of a sample of so many."""
    found = summarize(session, wanted, limit)
    _print(found)
    if not found.seen and not found.about:
        session.notes(f"{session.dlq.name} is empty")
        return found
    session.notes(f"{many(found.matching)} of {found.seen} read from {session.dlq.name}")
    if found.about <= found.seen or session.shutdown.requested:
        return found
    if found.seen == limit:
        meant = "" if wanted.empty else f", so about {found.estimate} match"
        every = session.target.command("show", "--all", *wanted.options())
        session.notes(f"sample of about {found.about} messages{meant}; to read all: {every}")
    else:
        why = "in use by another reader, or above SQS's limit of 120,000 messages in flight"
        if session.dlq.fifo:
            why = "in use by another reader, or behind the first ten of their group"
        session.notes(f"about {found.about - found.seen} more were not read: {why}")
    return found


def summarize(session: Session, wanted: Filter, limit: int | None) -> Summary:
    """Look at the messages, and count those that match."""
    found = Summary()
    with session.browse(limit) as browser:
        found.about = session.count()
        for batch in browser:
            stored = session.commands.find(one.command_id for one in batch)
            now = datetime.now(UTC)
            for one in batch:
                if wanted.matches(one, stored.get(one.command_id), now=now):
                    found.add(one, stored.get(one.command_id), now=now)
            session.so_far = f"read {many(browser.seen)}"
    found.seen = browser.seen
    return found


def _print(found: Summary) -> None:
    """A table with the last error of each group for people, tabs for programs."""
    now = datetime.now(UTC)
    if not sys.stdout.isatty():
        table.show((), [[*group.cells(now), group.printable_error()] for group in found.groups])
        return
    table.show(COLUMNS, [group.cells(now) for group in found.groups])
    for group in found.groups:
        if group.last_error:
            click.echo(f"  {group.type} {group.code}: {group.printable_error()}")


def inspect(
    session: Session,
    command_id: str,
    limit: int,
    *,
    body: bool,
    more: Mapping[str, Any] | None = None,
) -> int:
    """Print one command with its messages, and with `more`, as JSON."""
    messages: list[DeadLetterMessage] = []
    with session.browse(limit) as browser:
        for batch in browser:
            messages += [one for one in batch if command_id in (one.command_id, one.message_id)]
            session.so_far = f"read {many(browser.seen)}"
    if session.shutdown.requested:
        session.notes(f"read {many(browser.seen)}, fewer than requested")
        return 0
    key = messages[0].command_id if messages else command_id
    stored = session.commands.find([key]).get(key)
    if not messages and stored is None:
        raise OperatorError(
            f"command {command_id} not found: no record, and no message among the {browser.seen}"
            f" read; see: {session.target.command('show')}"
        )
    now = datetime.now(UTC)
    shown = {
        "id": key,
        "command": _command(stored) if stored else None,
        "history": history.shown(stored.command) if stored else [],
        "messages": [_message(one, stored, now=now, body=body) for one in messages],
        **(more or {}),
    }
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    if not messages:
        session.notes(f"no message of this command among the {browser.seen} read")
    return 0


def _command(stored: StoredCommand) -> dict[str, Any]:
    command = stored.command
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


def _message(
    one: DeadLetterMessage, stored: StoredCommand | None, *, now: datetime, body: bool
) -> dict[str, Any]:
    content = one.as_json()
    return {
        "messageId": one.message_id,
        "type": type_of(one, stored),
        "owner": one.owner,
        "sentAt": content["sentAt"],
        "age": age(now - one.sent_at),
        "receives": one.receives,
        "bytes": len(one.body.encode()),
        "attributes": content["attributes"] if body else sorted(one.attributes),
        "ifRedriven": if_redriven(one, stored, now=now),
        **({"group": one.group} if one.group else {}),
        **({"body": one.body} if body else {}),
    }


def age(value: timedelta) -> str:
    """A duration in its two largest units, like 3d4h or 12m5s."""
    seconds = max(0, int(value.total_seconds()))
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h")]
    parts += [(seconds // 60 % 60, "m"), (seconds % 60, "s")]
    first = next((index for index, (number, _) in enumerate(parts) if number), len(parts) - 1)
    shown = [f"{number}{unit}" for number, unit in parts[first : first + 2] if number]
    return "".join(shown) or "0s"
