"""``python -m scripts.webhooks list | show | replay``.

Exit codes: 0 done; 1 an error, or not everything that was meant; 2 wrong usage; 130 or 143
interrupted by Ctrl-C or SIGTERM, and then everything is in a queue.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import click

from scripts import cli, table
from scripts.commands import listing
from scripts.dlq import redrive as redriving
from scripts.dlq import show as showing
from scripts.dlq.options import (
    CODE,
    ID,
    LIMIT,
    OLDER,
    RATE,
    YOUNGER,
    RememberingGroup,
    filtered,
    with_session,
)
from scripts.framework import model
from scripts.notifications import delivery
from scripts.webhooks.deployed import resolve
from scripts.webhooks.replay import COLUMNS, Outcome, Replay, holds, row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.dlq.filter import Filter
    from scripts.dlq.session import Session
    from scripts.webhooks.deployed import Deliveries

_with_session = with_session("webhooks", lambda **named: resolve(**named))  # noqa: PLW0108 - looked up late
# A delivery's owner is the host that it goes to.
_RECEIVER = click.option(
    "--receiver", "--owner", "owner", metavar="HOST", help="Only deliveries to this host."
)
_ENDPOINT = click.option(
    "--endpoint",
    default=delivery.CALLBACK,
    show_default=True,
    metavar="NAME",
    help="Receiver of the delivery where the id is a command's: its own callback, or an endpoint"
    " of the environment.",
)


@click.group(cls=RememberingGroup)
def webhooks() -> None:
    """List, show and replay deliveries of webhooks."""


@webhooks.command("list")
@_with_session
@click.option("--status", type=click.Choice(model.Status, case_sensitive=False))
@_RECEIVER
@click.option(
    "--since",
    default="1d",
    show_default=True,
    help="Last try at most this long ago, for example 90s, 15m or 7d.",
)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def list_(
    session: Session, *, status: model.Status | None, owner: str | None, since: str, limit: int
) -> int:
    """List deliveries by status, receiver and age, newest first; COMPLETED ones have arrived."""
    within, deliveries = listing.age(since), _deliveries(session)
    found = session.run(
        lambda: listing.list_commands(
            deliveries.index(), status, within, limit, owner=owner, now=listing.now()
        )
    )
    if found:
        table.show(COLUMNS, [row(one.updated_at, one) for one in found])
    else:
        session.notes(f"no matching deliveries in the last {since}")
    if len(found) == limit:
        session.notes(f"stopped after {limit}; raise --limit or shorten --since to see others")
    return 0


@webhooks.command()
@_with_session
@click.argument("name", metavar="ID")
@_ENDPOINT
@click.option("--body", is_flag=True, help="Include URL and body, where a try was made or used up.")
@click.option(
    "--limit",
    type=LIMIT,
    default=1000,
    show_default=True,
    metavar="N",
    help="Maximum number of failed deliveries to search.",
)
def show(session: Session, name: str, endpoint: str, *, body: bool, limit: int) -> int:
    """Print one delivery with its tries as JSON. ID is a webhook-id, or the id of a command."""
    deliveries = _deliveries(session)
    [wanted] = deliveries.ids([name], endpoint)

    def shown() -> int:
        found = deliveries.record(wanted)
        kept = delivery.kept(found) if found else None
        sent = {"sent": {part: kept.get(part) for part in ("url", "body")}} if kept else {}
        return showing.inspect(session, wanted, limit, body=body, more=sent if body else None)

    return session.run(shown)


@webhooks.command()
@_with_session
@filtered(CODE, OLDER, YOUNGER, _RECEIVER, ID)
@_ENDPOINT
@click.option(
    "--outcome",
    type=click.Choice(Outcome, case_sensitive=False),
    help="Only deliveries that used up their tries (exhausted), that the receiver ended with 410 or"
    " a redirect (ended), or that it accepted (delivered); default: exhausted, and with --id any.",
)
@click.option("--apply", is_flag=True, help="Apply the changes; without it, dry run.")
@RATE
def replay(
    session: Session,
    wanted: Filter,
    endpoint: str,
    *,
    outcome: Outcome | None,
    apply: bool,
    rate: int | None,
) -> int:
    """Send deliveries again, all or those that match, with the same body and webhook-id."""
    deliveries = _deliveries(session)
    outcomes = frozenset({outcome} if outcome else Outcome)

    def replayed() -> int:
        names = deliveries.ids(wanted.ids, endpoint)
        recorded = [name for name in names if _recorded(deliveries, name)]
        dead = [name for name in names if name not in recorded]
        code = 0
        if recorded or (outcome and outcome is not Outcome.EXHAUSTED and not names):
            meant = replace(wanted, ids=tuple(recorded))
            run = Replay(session=session, deliveries=deliveries, wanted=meant, outcomes=outcomes)
            code = run.apply(rate) if apply else run.dry_run(_words(meant, outcome, rate))
        if (dead or not names) and outcome in (None, Outcome.EXHAUSTED):
            meant = replace(wanted, ids=tuple(dead))
            code = redriving.redrive(session, meant, apply=apply, rate=rate) or code
        return code

    return session.run(replayed)


def _recorded(deliveries: Deliveries, name: str) -> bool:
    found = deliveries.record(name)
    return found is not None and holds(found)


def _words(wanted: Filter, outcome: Outcome | None, rate: int | None) -> list[str]:
    chosen = ["--outcome", outcome.value] if outcome else []
    return [*chosen, *wanted.options(), *(["--rate", str(rate)] if rate else [])]


def _deliveries(session: Session) -> Deliveries:
    return cast("Deliveries", session.target)


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(webhooks, args)


if __name__ == "__main__":
    sys.exit(main())
