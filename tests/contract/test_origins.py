"""The contract of both stores: where a request came from is kept for as long as it is needed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from command_api.domain.submission import submitted
from tests.builders import LATER, NOW, SECOND, WAITS_UNTIL, attempt, command, submission
from tests.contract.test_outbox import UNTIL, stored

if TYPE_CHECKING:
    from command_api.domain.ports import CommandStore, Outbox

TRACED = submission(correlation_id="checkout-7", trace=f"Root=1-5759e988-{'b' * 24}")


def test_where_a_request_came_from_goes_with_it(store: CommandStore, outbox: Outbox) -> None:
    """Whoever sends it in the end; the trace goes with the mark, the name stays."""
    known = stored(outbox, submitted(TRACED, until=UNTIL))
    assert known.pending_entry is not None
    later = replace(known.pending_entry, lease_until=LATER)
    taken, won = outbox.acquire_lease("c-1", now=UNTIL, until=LATER)
    assert (taken, won) == (replace(known, pending_entry=later), True)
    outbox.release_lease(replace(known, pending_entry=later), now=NOW)
    assert outbox.acquire_lease("c-1", now=NOW, until=LATER) == (taken, True)
    assert taken is not None
    outbox.sent(taken, waits_until=WAITS_UNTIL)
    assert store.get("c-1") == replace(known, pending_entry=None, waits_until=WAITS_UNTIL)


def test_a_claim_keeps_the_name(store: CommandStore, outbox: Outbox) -> None:
    """The worker reads it with its first write, and writes nothing for it."""
    stored(outbox, submitted(TRACED, until=UNTIL))
    claim = store.claim(submission(), attempt())
    assert (claim.won, claim.command.correlation_id) == (True, "checkout-7")


def test_the_next_command_under_an_id_inherits_neither(store: CommandStore, outbox: Outbox) -> None:
    """Past its time, a record is as good as gone."""
    gone = command(correlation_id="checkout-7").completed(1, now=NOW, purge_at=NOW)
    store.record(gone)
    anew = submitted(submission(submitted_at=LATER), until=LATER + SECOND)
    assert outbox.store(anew) is None
    assert store.get("c-1") == anew
