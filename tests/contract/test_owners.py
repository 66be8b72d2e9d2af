"""The store's contract with owners: an id alone gives nobody power over somebody else's command."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from command_api.domain import lifecycle
from command_api.domain.access import ANYBODY, Caller
from command_api.domain.errors import Unknown
from command_api.domain.lifecycle import Verdict
from command_api.domain.model import Status
from tests.builders import LATER, NOW, attempt, submission
from tests.contract.test_cancelling import TOMBSTONE
from tests.contract.test_command_store import KNOWN, PURGE_AT

if TYPE_CHECKING:
    from command_api.domain.ports import CommandStore

ALICE, MALLORY = Caller(owner="alice"), Caller(owner="mallory")
ADMIN = Caller(owner="operator", admin=True)
OWNERS = [("alice", "mallory"), ("alice", ""), ("", "mallory")]


def test_a_new_command_belongs_to_whoever_submitted_it(store: CommandStore) -> None:
    """The message's owner becomes the record's, and stays through the end."""
    claimed, won = store.claim(submission(owner="alice"), attempt())
    assert (won, claimed.owner) == (True, "alice")
    assert store.get("c-1") == claimed
    store.finish(claimed.completed(1, now=LATER, purge_at=PURGE_AT), "t-1")
    found = store.get("c-1")
    assert found is not None
    assert found.owner == "alice"


@pytest.mark.parametrize(("owner", "sender"), OWNERS)
@pytest.mark.parametrize("takes_over", [False, True])
@pytest.mark.parametrize("state", KNOWN)
def test_a_message_of_another_owner_claims_nothing(
    store: CommandStore, state: str, owner: str, sender: str, *, takes_over: bool
) -> None:
    """Whatever the state: the record stays as it is, and the message is dropped."""
    known = replace(KNOWN[state], owner=owner)
    store.record(known)
    asking = attempt(message_id="m-9", at=LATER, takes_over=takes_over)
    assert store.claim(submission(owner=sender), asking) == (known, False)
    assert store.get("c-1") == known
    verdict = lifecycle.verdict(known, "m-9", sent_at=LATER, now=LATER, owner=sender)
    # What is past its time is nobody's any more.
    expected = Verdict.RESTART if state == "past its time" else Verdict.DUPLICATE
    assert verdict is expected


@pytest.mark.parametrize("takes_over", [False, True])
@pytest.mark.parametrize("state", KNOWN)
def test_a_message_of_the_same_owner_is_like_one_without(
    store: CommandStore, state: str, *, takes_over: bool
) -> None:
    """Owners change nothing for their own commands."""
    known = replace(KNOWN[state], owner="alice")
    store.record(known)
    _, won = store.claim(submission(owner="alice"), attempt(takes_over=takes_over))
    verdict = lifecycle.verdict(known, "m-1", sent_at=NOW, now=NOW, owner="alice")
    assert won == (verdict is Verdict.CLAIM or (takes_over and verdict is Verdict.TAKE_OVER))


def test_nothing_of_an_expired_command_goes_to_the_next_owner(store: CommandStore) -> None:
    """The same work under the same id, asked for by somebody else, starts from nothing."""
    failed = replace(KNOWN["out of attempts"], owner="alice", steps={"pay": "r-7"}, purge_at=NOW)
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


@pytest.mark.parametrize("caller", [ALICE, ADMIN])
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
