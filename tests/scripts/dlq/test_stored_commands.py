"""What a scan finds; and what the tool says of a redrive is what the worker does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain import lifecycle
from command_api.domain.decision import Then
from command_api.domain.model import Lease, Status
from scripts.dlq.deployed import DeployedQueues
from scripts.dlq.message import DeadLetterMessage
from scripts.dlq.redriven import DROPPED, RUNS, if_redriven
from scripts.stored_commands import StoredCommand, StoredCommands
from tests.builders import FINAL, NOW, SECOND, TEMPORARY, command
from tests.scripts.dlq.world import text
from tests.unit.conftest import Bench

if TYPE_CHECKING:
    from command_api.domain.model import Command
    from tests.scripts.dlq.world import World

BODY = '{"type": "echo", "input": {"n": 1}}'
GONE = Lease("t-0", NOW - SECOND)
EARLIER = NOW - timedelta(minutes=1)
CASES = {
    "unknown": (None, RUNS),
    "pending": (command(Status.PENDING), RUNS),
    "running": (command(), DROPPED),
    "left behind": (command(lease=GONE), RUNS),
    "left behind on the last attempt": (command(attempts=3, lease=GONE), RUNS),
    "failed": (command(Status.FAILED, failure=TEMPORARY, updated_at=EARLIER), RUNS),
    "failed just now": (command(Status.FAILED, failure=TEMPORARY, updated_at=NOW), RUNS),
    "failed after it": (
        command(Status.FAILED, failure=TEMPORARY, updated_at=NOW + 5 * SECOND),
        DROPPED,
    ),
    "failed for good": (command(Status.FAILED, failure=FINAL), DROPPED),
    "completed": (command(Status.COMPLETED), DROPPED),
    "cancelled": (command(Status.CANCELLED), DROPPED),
    "of another owner": (command(Status.FAILED, failure=TEMPORARY, owner="ada"), DROPPED),
    "for other work": (command(Status.PENDING, work="other"), DROPPED),
}


def message(body: str = BODY, **attributes: str) -> DeadLetterMessage:
    """A dead-letter message of the command c-1."""
    named = {name: text(value) for name, value in {"command_id": "c-1", **attributes}.items()}
    return DeadLetterMessage(message_id="d-1", body=body, attributes=named, sent_at=EARLIER)


def seen(stored: Command | None) -> StoredCommand | None:
    """The command as the tool reads it."""
    shown = stored and lifecycle.observed(stored, now=NOW)
    return StoredCommand(stored, shown) if stored and shown else None


def what_the_worker_does(bench: Bench, given: DeadLetterMessage) -> str:
    """Deliver what a redrive sends."""
    then = bench.deliver(given.as_sent_again().as_received(sent_at=NOW), alone=True)
    assert bench.seen or then is Then.ACKNOWLEDGE
    return RUNS if bench.seen else DROPPED


@pytest.mark.parametrize(("stored", "expected"), CASES.values(), ids=CASES)
def test_the_tool_and_the_worker_agree(stored: Command | None, expected: str) -> None:
    """Whatever is stored."""
    bench = Bench()
    bench.handle(lambda _: None)
    if stored:
        bench.store.put(stored)
    assert if_redriven(message(), seen(stored), now=NOW) == expected
    assert what_the_worker_does(bench, message()) == expected


@pytest.mark.parametrize("given", [message("no json"), message("[]"), message(command_id="a b")])
@pytest.mark.parametrize("stored", [None, command(Status.PENDING)], ids=["unknown", "pending"])
def test_what_asks_for_nothing_never_runs(given: DeadLetterMessage, stored: Command | None) -> None:
    """The worker drops it, whether or not there is a command."""
    bench = Bench()
    bench.handle(lambda _: None)
    if stored:
        bench.store.put(stored)
    assert if_redriven(given, seen(stored), now=NOW) == DROPPED
    assert what_the_worker_does(bench, given) == DROPPED


def test_a_copy_is_redriven_as_a_request_of_its_own() -> None:
    """As a copy it would be as old as its original: older than the failure."""
    copied = message(copy_of="m-1 1893553445000").as_sent_again()
    assert set(copied.attributes) == {"command_id"}
    assert copied.as_received(sent_at=NOW).copy_of == ""


def test_a_message_without_an_id_names_the_command_of_its_message() -> None:
    """SQS gives what is sent again another messageId."""
    nameless = DeadLetterMessage(message_id="d-1", body=BODY, sent_at=EARLIER)
    sent = nameless.as_sent_again()
    assert sent.attributes == {"command_id": text("d-1")}
    assert sent.command_id == nameless.command_id == "d-1"


def test_a_default_type_is_that_of_the_record() -> None:
    """A body without a type still asks for the work that is stored."""
    stored = command(Status.PENDING)
    assert if_redriven(message('{"input": {"n": 1}}'), seen(stored), now=NOW) == RUNS


@pytest.fixture
def commands(world: World) -> StoredCommands:
    """The table, by a client that pages."""
    clients: dict[str, Any] = {"sqs": world.sqs, "dynamodb": world.dynamodb.real}
    return StoredCommands(
        DeployedQueues(
            **clients, queue_url="q", dlq_url="d", table="commands", ttl_attribute="gone_at"
        )
    )


def test_a_scan_ends_where_it_is_told_to(world: World, commands: StoredCommands) -> None:
    """And says whether that was all."""
    for number in range(5):
        world.record(f"c-{number}")
    found, whole = commands.scan(3)
    assert (len(found), whole) == (3, False)
    found, whole = commands.scan(10)
    assert ({one.command.id for one in found}, whole) == ({f"c-{n}" for n in range(5)}, True)


def test_a_scan_sees_what_readers_may_see(world: World, commands: StoredCommands) -> None:
    """A lost worker is a failure, what is past its time is gone, and no input is read."""
    past = datetime.now(UTC) - timedelta(hours=1)
    lease = Lease("token", past)
    world.record("lost", Status.PROCESSING, attempts=3, max_attempts=3, lease=lease)
    world.record("old", Status.COMPLETED, purge_at=past)
    [one], whole = commands.scan(10)
    assert (one.command.id, one.command.status, one.code) == ("lost", Status.FAILED, "worker_lost")
    assert (whole, one.stored.status) == (True, Status.PROCESSING)


def test_a_scan_passes_over_waiting_inputs(world: World, commands: StoredCommands) -> None:
    """They lie in the same table, are no commands, and do not count."""
    kept = {"input": {"S": "{}"}, "gone_at": {"N": "1"}}
    for number in range(5):
        item = {"id": {"S": f"input/c-{number}/0123"}, **kept}
        world.dynamodb.real.put_item(TableName="commands", Item=item)
    world.record("c-1")
    found, whole = commands.scan(3)
    assert ([one.command.id for one in found], whole) == (["c-1"], True)
