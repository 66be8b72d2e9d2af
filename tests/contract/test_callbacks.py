"""A command remembers whom to call back, from its first message on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from command_api.domain.model import Callback
from tests.builders import LATER, TEMPORARY, attempt, submission
from tests.contract.states import PURGE_AT

if TYPE_CHECKING:
    from command_api.domain.ports import CommandStore

THERE = Callback("https://hooks.example.com/1", include_result=True)
ELSEWHERE = Callback("https://hooks.example.com/2")


def callback(store: CommandStore) -> Callback | None:
    """Whom the stored command is to call."""
    stored = store.get("c-1")
    assert stored is not None
    return stored.callback


def test_the_first_message_says_whom_to_call(store: CommandStore) -> None:
    """A later one with the same work changes nothing, and the end keeps it."""
    claim = store.claim(replace(submission(), callback=THERE), attempt())
    assert claim.command.callback == callback(store) == THERE

    store.finish(claim.command.released(TEMPORARY, now=LATER), "t-1")
    again = store.claim(replace(submission(), callback=ELSEWHERE), attempt(token="t-2"))
    assert again.command.callback == callback(store) == THERE
    store.finish(again.command.completed(1, now=LATER, purge_at=PURGE_AT), "t-2")
    assert callback(store) == THERE


def test_a_command_without_a_callback_has_none(store: CommandStore) -> None:
    """Nothing is written for it."""
    store.claim(submission(), attempt())
    assert callback(store) is None
