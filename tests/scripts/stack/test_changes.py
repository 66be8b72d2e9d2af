"""What became of the resources that an interrupted Terraform was busy with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scripts.build.terraform.diagnostics import Event
from scripts.stack.changes import Changes, resources

if TYPE_CHECKING:
    from pathlib import Path

ROLE = "module.submit[0].aws_iam_role.this"
QUEUE = 'aws_sqs_queue.all["dlq"]'


def write(state: Path, *instances: dict[str, object]) -> None:
    """A state with a data source, and a queue in these instances."""
    queue = {"mode": "managed", "type": "aws_sqs_queue", "name": "all", "instances": instances}
    data = {"mode": "data", "type": "aws_region", "name": "current", "instances": [{}]}
    state.write_text(json.dumps({"resources": [queue, data]}))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where Terraform keeps the state."""
    return tmp_path / "terraform.tfstate"


def changes(state: Path, *told: tuple[str, str, str]) -> Changes:
    """What is known after events, each by its kind, address and action."""
    found = Changes(state, "applying")
    for kind, address, action in told:
        found.take(Event(kind, address, 0, "", action))
    return found


def test_a_creation_that_was_cut_off_is_in_doubt(state: Path) -> None:
    """The call may have been carried out: no state knows."""
    begun = changes(state, ("apply_start", ROLE, "create"), ("apply_errored", ROLE, "create"))

    assert begun.in_doubt() == {ROLE}


def test_what_ended_well_is_not(state: Path) -> None:
    """Its state was written."""
    done = changes(state, ("apply_start", ROLE, "create"), ("apply_complete", ROLE, "create"))

    assert done.in_doubt() == set()


def test_a_created_resource_is_not_though_it_was_not_waited_for(state: Path) -> None:
    """It is in the state, as tainted, and the next apply replaces it."""
    begun = changes(state, ("apply_start", QUEUE, "create"))
    write(state, {"index_key": "dlq", "status": "tainted"})

    assert begun.in_doubt() == set()


def test_an_update_is_in_doubt_though_the_resource_is_known(state: Path) -> None:
    """Providers may write to the state what they were about to set."""
    write(state, {"index_key": "dlq"})

    assert changes(state, ("apply_start", QUEUE, "update")).in_doubt() == {QUEUE}


@pytest.mark.parametrize("action", ["delete", "read"])
def test_what_the_next_plan_looks_up_again_is_not(state: Path, action: str) -> None:
    """A deleted resource is missing then, whatever became of the call."""
    write(state, {"index_key": "dlq"})

    assert changes(state, ("apply_start", QUEUE, action)).in_doubt() == set()


def test_it_says_how_many_there_are_of_how_many(state: Path) -> None:
    """Those that were there, more by what is planned; a replacement adds none."""
    write(state, {"index_key": "dlq"}, {"index_key": "work"})
    planning = changes(state, ("planned_change", ROLE, "create"))
    assert planning.so_far() == "planning; 2 of 3 resources done"

    more = ("planned_change", "aws_x.y", "create"), ("planned_change", QUEUE, "replace")
    applying = changes(state, *more, ("change_summary", "", ""))

    assert applying.so_far() == "applying; 2 of 3 resources done"


def test_a_state_is_read_by_addresses(state: Path) -> None:
    """With keys and numbers; without data sources and what a replacement has left for later."""
    assert resources(state) == set()
    state.touch()
    assert resources(state) == set()

    write(state, {"index_key": "dlq"}, {"index_key": 0}, {"deposed": "4f1c"})

    assert resources(state) == {QUEUE, "aws_sqs_queue.all[0]"}
