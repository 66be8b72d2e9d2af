"""The item in DynamoDB, as far as others rely on it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from command_api.adapters.dynamodb.item import (
    ATTRIBUTES,
    OPTIONAL,
    REQUIRED,
    attributes,
    command_of,
)
from command_api.domain.hand_over import HandOver
from command_api.domain.model import (
    Callback,
    Command,
    PastAttempt,
    PendingEntry,
    Progress,
    Status,
    Step,
)
from command_api.domain.timing import Timing
from tests.builders import LATER, NOW, TEMPORARY, command

TTL = "expiresAt"
STEPS = {"pay": Step(["r-7"]), "mail": Step(None, awaited=True)}
VARIABLES = Path(__file__).parents[3] / "modules/data/variables.tf"


def test_a_command_survives_the_way_there_and_back() -> None:
    """Everything that a command has is in its item."""
    progress = Progress(0.333, "a third", NOW)
    full = command(steps=STEPS, progress=progress).failed(TEMPORARY, now=NOW, purge_at=LATER)
    assert command_of({"id": {"S": "c-1"}, **attributes(full, TTL)}, TTL) == full


def test_a_result_apart_survives_the_way_there_and_back() -> None:
    """The record names where the result is."""
    large = command().completed(None, now=NOW, purge_at=LATER).with_result_apart("k/t.json")
    assert command_of({"id": {"S": "c-1"}, **attributes(large, TTL)}, TTL) == large


def submitted_by_the_api() -> Command:
    """A command with everything that an API knows of it."""
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793"
    entry = PendingEntry(NOW, LATER, {"n": 1}, trace, at_once=True)
    named = {"owner": "alice", "group": "g", "correlation_id": "checkout-7", "queue": "slow"}
    callback = Callback("https://hooks.example.com/c-1", include_result=True)
    waiting = command(Status.PENDING, attempts=0, pending_entry=entry, callback=callback, **named)
    waiting = replace(waiting, batch="b-1")
    return replace(waiting, timing=Timing(NOW, LATER))


def test_what_a_submission_knows_survives_the_way_there_and_back() -> None:
    """Owner, group, where it came from, and marks."""
    full = submitted_by_the_api()
    assert command_of({"id": {"S": "c-1"}, **attributes(full, TTL)}, TTL) == full


def test_the_ttl_attribute_cannot_be_called_like_another_one() -> None:
    """The environment refuses every name that an item uses already."""
    (names,) = re.findall(r"!contains\(\[(.*?)\]", VARIABLES.read_text(), re.DOTALL)
    assert set(re.findall(r'"(\w+)"', names)) == set(ATTRIBUTES)


def test_every_attribute_of_an_item_is_in_the_list() -> None:
    """Whatever state a command is in; and every one that is required is there in each."""
    done = command().completed(1, now=NOW, purge_at=LATER)
    states = [
        command(waits_until=LATER, progress=Progress(0.4, "4 of 10", NOW)).cancelling(now=NOW),
        done,
        done.with_result_apart("k"),
        command().failed(TEMPORARY, now=NOW, purge_at=LATER),
        command(hand_over=HandOver("l", "d", timedelta(hours=1), 3)),
        command(Status.PENDING, slices=1, state=7),
        command(Status.PENDING, slices=1, state_key="k"),
        command(past=(PastAttempt(3, NOW, LATER, Status.FAILED, "timeout", "Late."),)),
        command(past=(PastAttempt(1, None, LATER, Status.PENDING),)),
        submitted_by_the_api(),
    ]
    found = [{"id", *attributes(one, TTL)} - {TTL} for one in states]
    assert set.union(*found) == {*REQUIRED, *OPTIONAL}
    assert set.intersection(*found) >= {*REQUIRED}


def test_an_item_is_read_without_what_is_optional() -> None:
    """As it comes from a projection, or from an older release."""
    full = {"id": {"S": "c-1"}, **attributes(submitted_by_the_api(), TTL)}
    read = command_of({name: full[name] for name in REQUIRED}, TTL)
    assert (read.id, read.type, read.status, read.steps) == ("c-1", "", Status.PENDING, {})
