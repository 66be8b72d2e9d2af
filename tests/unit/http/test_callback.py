"""How its callback went, as a client reads it in its command's status."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from command_api.domain.delivery import ATTEMPTS, CALLBACK, TYPE, delivery_id
from command_api.domain.ending import Ending
from command_api.domain.model import Callback, Command, Status
from command_api.http.callback import callback_of
from command_api.http.view import headers
from tests.builders import FINAL, LATER, NOW, TEMPORARY, command
from tests.fakes.commands import InMemoryCommands

RUNNING = command(callback=Callback("https://hooks.example.com/"))
ENDED = RUNNING.completed(1, now=NOW, purge_at=LATER)
ID = delivery_id(Ending(ENDED), CALLBACK)
TRIED = command(id=ID, type=TYPE, max_attempts=ATTEMPTS)


def shown(one: Command, delivery: Command | None = None) -> dict[str, object] | None:
    """What the status says of the callback."""
    return callback_of(one, InMemoryCommands({ID: delivery} if delivery else {}), now=NOW)


def test_a_command_without_a_callback_says_nothing_of_one() -> None:
    """And costs no read."""
    assert callback_of(replace(ENDED, callback=None), None, now=NOW) is None


@pytest.mark.parametrize(
    ("one", "delivery", "said"),
    [
        (RUNNING, None, {"status": "waiting"}),
        (ENDED, None, {"status": "pending", "attempts": 0}),
        (ENDED, TRIED, {"status": "pending", "attempts": 1}),
        (
            ENDED,
            TRIED.released(TEMPORARY, now=NOW),
            {
                "status": "pending",
                "attempts": 1,
                "error": {
                    "code": "temporary_failure",
                    "message": "Try again.",
                    "retryable": True,
                },
            },
        ),
        (
            ENDED,
            TRIED.completed({"status": 204}, now=NOW, purge_at=LATER),
            {"status": "delivered", "attempts": 1},
        ),
        (
            ENDED,
            TRIED.failed(FINAL, now=NOW, purge_at=LATER),
            {
                "status": "failed",
                "attempts": 1,
                "error": {"code": "rejected", "message": "Never.", "retryable": False},
            },
        ),
    ],
    ids=["running", "queued", "trying", "to be retried", "delivered", "failed"],
)
def test_each_state_has_a_name(
    one: Command, delivery: Command | None, said: dict[str, object]
) -> None:
    """From the wait for the end until the receiver has it, or will never have it."""
    assert shown(one, delivery) == said


@pytest.mark.parametrize("stored", [None, TRIED.completed(1, now=NOW, purge_at=LATER)])
def test_what_nothing_is_known_of_any_more_is_not_on_its_way(stored: Command | None) -> None:
    """Webhooks were turned off meanwhile, or the delivery's record has expired first."""
    store = InMemoryCommands({ID: stored} if stored else {})
    old = callback_of(ENDED, store, now=LATER + timedelta(days=8))

    assert old == {"status": "unknown"}
    assert "max-age" in headers(ENDED, callback=old, now=LATER)["cache-control"]


def test_where_there_are_no_webhooks_that_is_said() -> None:
    """A direct submission cannot say it earlier, and the work is done all the same."""
    assert callback_of(ENDED, None, now=NOW) == {"status": "disabled"}


def test_an_ended_command_changes_until_its_receiver_has_been_told() -> None:
    """A client that compares versions sees each try."""
    pending, delivered = shown(ENDED), shown(ENDED, TRIED.completed(1, now=NOW, purge_at=LATER))
    first, last = (headers(ENDED, callback=it, now=NOW) for it in (pending, delivered))

    assert first["etag"] != last["etag"]
    assert "no-cache" in first["cache-control"]
    assert "max-age" in last["cache-control"]
    assert ENDED.status is Status.COMPLETED
