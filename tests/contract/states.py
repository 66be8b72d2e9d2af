"""Every state that a command can be in, for the tests that hold a store to the lifecycle."""

from __future__ import annotations

from datetime import timedelta

from command_api.domain.hand_over import HandOver
from command_api.domain.model import Lease, Status, Step
from command_api.domain.timing import Timing
from tests.builders import FINAL, NOW, SECOND, TEMPORARY, command

PURGE_AT = NOW + timedelta(days=30)
EXPIRED = Lease("t-0", NOW - SECOND)
HELD = Lease("t-0", NOW + SECOND)

GIVEN = HandOver("t-0", "d1", timedelta(minutes=10), attempts=3, retry=True, at=NOW)
TAKEN_BACK = GIVEN._replace(lease="t-9")

KNOWN = {
    "waiting for its first attempt": command(Status.PENDING, attempts=0),
    "waiting for its next attempt": command(Status.PENDING, failure=TEMPORARY),
    "waiting with steps": command(Status.PENDING, steps={"pay": Step("r-7")}),
    "waiting in its third slice": command(Status.PENDING, slices=2, state={"row": 7}),
    "waiting for a slice by S3": command(Status.PENDING, slices=1, state_key="states/7"),
    "running a slice through another message": command(
        lease=EXPIRED, message_id="m-0", slices=2, state=7
    ),
    "running": command(lease=HELD),
    "running through another message": command(lease=HELD, message_id="m-0"),
    "running until this moment": command(lease=Lease("t-0", NOW)),
    "left behind with attempts to go": command(lease=EXPIRED, attempts=2),
    "left behind through another message": command(lease=EXPIRED, message_id="m-0"),
    "left behind on the last attempt": command(lease=EXPIRED, attempts=3),
    "handed over": command(lease=HELD, hand_over=GIVEN),
    "handed over by a worker that goes on": command(lease=HELD, hand_over=GIVEN._replace(at=None)),
    "handed over, and the deadline has passed": command(lease=EXPIRED, hand_over=GIVEN),
    "handed over for the last time": command(
        lease=EXPIRED, attempts=3, hand_over=GIVEN._replace(retry=False)
    ),
    "handed over and asked to stop": command(lease=HELD, hand_over=GIVEN).cancelling(now=NOW),
    "handed over by an earlier attempt": command(lease=HELD, hand_over=TAKEN_BACK),
    "reported to be completed": command(hand_over=GIVEN._replace(outcome="d2")).completed(
        7, now=NOW, purge_at=PURGE_AT
    ),
    "reported to have failed for now": command(
        Status.PENDING, failure=TEMPORARY, hand_over=GIVEN._replace(outcome="d2")
    ),
    "asked to stop": command(lease=HELD).cancelling(now=NOW),
    "asked to stop and left behind": command(lease=EXPIRED).cancelling(now=NOW),
    "completed": command().completed({"ok": True}, now=NOW, purge_at=PURGE_AT),
    "rejected": command().failed(FINAL, now=NOW, purge_at=PURGE_AT),
    "out of attempts": command().failed(TEMPORARY, now=NOW, purge_at=PURGE_AT),
    "out of attempts through another message": command(message_id="m-0").failed(
        TEMPORARY, now=NOW, purge_at=PURGE_AT
    ),
    "cancelled": command(Status.PENDING).cancelled(now=NOW, purge_at=PURGE_AT),
    "cancelled between two attempts": command(Status.PENDING, failure=TEMPORARY).cancelled(
        now=NOW, purge_at=PURGE_AT
    ),
    "waiting when its message was lost": command(Status.PENDING, waits_until=NOW - SECOND),
    "waiting until this moment": command(Status.PENDING, waits_until=NOW),
    "left behind when its message was lost": command(lease=EXPIRED, waits_until=NOW - SECOND),
    "scheduled for later": command(
        Status.PENDING, attempts=0, timing=Timing(not_before=NOW + SECOND)
    ),
    "scheduled for this moment": command(Status.PENDING, attempts=0, timing=Timing(not_before=NOW)),
    "past its time": command().completed({}, now=NOW, purge_at=NOW - SECOND),
}

# What is left of an id that was cancelled before anything was submitted under it.
TOMBSTONE = command(
    Status.PENDING, type="", work="", attempts=0, max_attempts=1, message_id=""
).cancelled(now=NOW, purge_at=PURGE_AT)
