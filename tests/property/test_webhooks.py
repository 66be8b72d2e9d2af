"""Every ending is told to its receivers, as what it was and under one id, whatever goes wrong."""

from __future__ import annotations

import pytest

from command_api.domain.delivery import ATTEMPTS
from tests.property.webhooks import TROUBLE, bad_days, replayed, run


def test_bad_days_lose_no_delivery() -> None:
    """Processes die, calls fail, receivers are down, slow, overloaded, gone, or talk nonsense."""
    done = bad_days(126, seed=16)

    print(*done.lines(), sep="\n")
    assert not done.contradictions()
    assert not replayed(done)


@pytest.mark.long
@pytest.mark.parametrize("event", TROUBLE)
def test_whatever_happens_at_any_call_every_ending_is_told(event: str) -> None:
    """At calls of table, queue and receivers all through a run, before and after their effect."""
    calm = run(63, seed=3)
    assert not calm.contradictions()

    for bad in range(1, calm.sending.calls + 1, 131):
        done = run(63, seed=3, sending=lambda call, bad=bad: event if call == bad else "")  # type: ignore[misc]
        assert not done.contradictions(), bad


def test_an_ending_that_is_told_again_and_again_is_tried_no_more_often() -> None:
    """A listener that is away has all listeners told again; each repetition is dropped."""
    done = run(63, seed=5, repetitions=20)

    assert not done.contradictions()
    tries = [one.attempts for one in done.sending.table.commands.values()]
    assert max(tries) == ATTEMPTS
