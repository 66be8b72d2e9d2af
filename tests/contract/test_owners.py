"""The store's contract with owners: an id alone gives nobody power over somebody else's command."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from command_api.domain import lifecycle
from command_api.domain.access import ANYBODY, Caller
from command_api.domain.errors import Unknown
from command_api.domain.model import Status, Step
from tests.builders import LATER, NOW, attempt, submission
from tests.contract.states import KNOWN, PURGE_AT, TOMBSTONE

if TYPE_CHECKING:
    from command_api.domain.ports import CommandStore

ALICE, MALLORY = Caller(owner="alice"), Caller(owner="mallory")
ADMIN = Caller(owner="operator", admin=True)


def test_a_new_command_belongs_to_whoever_submitted_it(store: CommandStore) -> None:
    """The message's owner becomes the record's, and stays through the end."""
    claimed = store.claim(submission(owner="alice"), attempt()).command
    assert claimed.owner == "alice"
    store.finish(claimed.completed(1, now=LATER, purge_at=PURGE_AT), "t-1")
    found = store.get("c-1")
    assert found is not None
    assert found.owner == "alice"


def test_nothing_of_an_expired_command_goes_to_the_next_owner(store: CommandStore) -> None:
    """The same work under the same id, asked for by somebody else, starts from nothing."""
    steps = {"pay": Step("r-7")}
    failed = replace(KNOWN["out of attempts"], owner="alice", steps=steps, purge_at=NOW)
    store.record(failed)
    asked = submission(owner="mallory", submitted_at=LATER)
    restarted = lifecycle.restarted(failed, asked, attempt(at=LATER))
    store.replace(failed, restarted)
    found = store.get("c-1")
    assert found == restarted
    assert (restarted.owner, restarted.steps, restarted.created_at) == ("mallory", {}, LATER)


@pytest.mark.parametrize("state", KNOWN)
def test_another_owner_cancels_nothing_and_learns_nothing(store: CommandStore, state: str) -> None:
    """Another's command and one that never was are refused alike."""
    known = replace(KNOWN[state], owner="alice")
    store.record(known)
    with pytest.raises(Unknown):
        store.cancel(TOMBSTONE, MALLORY)
    assert store.get("c-1") == known


@pytest.mark.parametrize("caller", [ALICE, ADMIN])
@pytest.mark.parametrize("state", KNOWN)
def test_the_owner_and_the_admin_cancel_what_waits(
    store: CommandStore, state: str, caller: Caller
) -> None:
    """As where commands have no owners."""
    known = replace(KNOWN[state], owner="alice")
    store.record(known)
    found, cancelled = store.cancel(TOMBSTONE, caller)
    assert cancelled == (known.status is Status.PENDING)
    assert found == (known.cancelled(now=NOW, purge_at=PURGE_AT) if cancelled else known)


@pytest.mark.parametrize("caller", [ALICE, ADMIN, Caller(admin=True)])
def test_with_owners_the_unknown_cannot_be_cancelled(store: CommandStore, caller: Caller) -> None:
    """Nobody blocks an id in advance that is going to be somebody else's."""
    with pytest.raises(Unknown):
        store.cancel(TOMBSTONE, caller)
    assert store.get("c-1") is None


def test_a_command_without_an_owner_is_the_admins_only(store: CommandStore) -> None:
    """What was submitted before there were owners is no free-for-all."""
    store.record(KNOWN["waiting for its first attempt"])
    with pytest.raises(Unknown):
        store.cancel(TOMBSTONE, MALLORY)
    assert store.cancel(TOMBSTONE, ADMIN)[1]


def test_where_nobody_has_to_say_who_they_are_owners_do_not_matter(store: CommandStore) -> None:
    """A deployment that no longer asks for tokens still handles its old commands."""
    store.record(replace(KNOWN["waiting for its first attempt"], owner="alice"))
    found, cancelled = store.cancel(TOMBSTONE, ANYBODY)
    assert (cancelled, found.owner) == (True, "alice")
