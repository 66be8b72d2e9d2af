"""`generate_report`: what is read, what is written, and what must not get into either."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from command_api import Rejected
from command_api.adapters.dynamodb.item import attributes
from command_api.domain.model import Lease, Status
from handlers import generate_report
from tests.builders import FINAL, NOW, command

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.attempts import Attempts

HOUR = timedelta(hours=1)


class World:
    """A table of commands and a bucket of reports."""

    def __init__(self, aws: Callable[..., Any]) -> None:
        self.dynamodb, self.s3 = aws("dynamodb"), aws("s3")
        keys = {"status": "HASH", "updatedAt": "RANGE"}
        self.dynamodb.create_table(
            TableName="commands",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("id", *keys)
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-status",
                    "KeySchema": [
                        {"AttributeName": name, "KeyType": kind} for name, kind in keys.items()
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        self.s3.create_bucket(Bucket="reports")

    def add(self, name: str, status: Status = Status.COMPLETED, **changes: Any) -> None:
        """Store a command as the worker does; `hours` is how long ago it changed."""
        at = NOW - changes.pop("hours", 1) * HOUR
        owner = changes.get("owner")
        stored = replace(command(status), id=name, created_at=at, updated_at=at, **changes)
        item = attributes(stored, "expiresAt") | {"id": {"S": name}}
        if owner:
            item["owner"] = {"S": owner}
        self.dynamodb.put_item(TableName="commands", Item=item)

    def file(self, key: str) -> str:
        """What a report's file holds."""
        body: bytes = self.s3.get_object(Bucket="reports", Key=key)["Body"].read()
        return body.decode()

    def sheet(self, result: Any) -> list[dict[str, str]]:
        """The rows of a report's sheet."""
        return list(csv.DictReader(io.StringIO(self.file(result["csvKey"]), newline="")))


@pytest.fixture(params=["scan", "index"])
def world(
    request: pytest.FixtureRequest, aws: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> World:
    """An environment without, and one with an index by status."""
    monkeypatch.setenv("TABLE_NAME", "commands")
    monkeypatch.setenv("REPORTS_BUCKET", "reports")
    monkeypatch.setenv("INDEX_NAME", "by-status" if request.param == "index" else "")
    return World(aws)


def test_an_environment_without_a_bucket_makes_no_reports(
    attempt: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trying again would not give it one."""
    monkeypatch.delenv("REPORTS_BUCKET", raising=False)
    with pytest.raises(Rejected) as refusal:
        generate_report.handle({}, attempt())
    assert refusal.value.code == "reports_not_configured"


def test_nothing_to_report_is_a_report(world: World, attempt: Attempts) -> None:
    """An empty day has a sheet with headings and a chart of zeros."""
    result = generate_report.handle({}, attempt())
    assert result == {
        "csvKey": "c-1/commands.csv",
        "htmlKey": "c-1/report.html",
        "commands": 0,
        "byStatus": dict.fromkeys(Status, 0),
        "truncated": False,
    }
    assert world.file("c-1/commands.csv") == "id,type,status,attempts,created_at,updated_at\r\n"


def test_a_report_lists_what_changed_lately_newest_first(world: World, attempt: Attempts) -> None:
    """Commands of before are left out."""
    world.add("old", hours=30)
    world.add("first", hours=5)
    world.add("second", Status.FAILED, hours=2, failure=FINAL)
    result: Any = generate_report.handle({}, attempt())
    assert [row["id"] for row in world.sheet(result)] == ["second", "first"]
    assert (result["commands"], result["byStatus"]["FAILED"]) == (2, 1)


def test_a_longer_time_finds_more(world: World, attempt: Attempts) -> None:
    """`sinceHours` is the client's to choose."""
    world.add("old", hours=30)
    result: Any = generate_report.handle({"sinceHours": 48}, attempt())
    assert result["commands"] == 1


def test_a_limit_keeps_the_newest_and_says_so(world: World, attempt: Attempts) -> None:
    """Over all statuses together."""
    for hours in range(1, 5):
        world.add(f"done-{hours}", hours=hours)
        world.add(f"lost-{hours}", Status.FAILED, hours=hours + 0.5, failure=FINAL)
    result: Any = generate_report.handle({"limit": 3}, attempt())
    assert [row["id"] for row in world.sheet(result)] == ["done-1", "lost-1", "done-2"]
    assert result["truncated"]


def test_a_lost_worker_counts_as_a_failure(world: World, attempt: Attempts) -> None:
    """A report says what the status endpoint says; expired commands are gone for both."""
    gone = Lease("t", NOW - HOUR)
    world.add("lost", Status.PROCESSING, attempts=3, lease=gone)
    world.add("busy", Status.PROCESSING, attempts=1, lease=gone)
    world.add("expired", purge_at=NOW - HOUR)
    result: Any = generate_report.handle({}, attempt())
    assert {row["id"]: row["status"] for row in world.sheet(result)} == {
        "lost": "FAILED",
        "busy": "PROCESSING",
    }


def test_waiting_inputs_are_no_commands(world: World, attempt: Attempts) -> None:
    """They lie in the same table until their messages are sent, and are not counted."""
    kept = {"id": {"S": "input/c-2/0123"}, "input": {"S": "{}"}, "expiresAt": {"N": "9999999999"}}
    world.dynamodb.put_item(TableName="commands", Item=kept)
    world.add("one")
    result: Any = generate_report.handle({}, attempt())
    assert [row["id"] for row in world.sheet(result)] == ["one"]


def test_an_owner_sees_only_what_is_theirs(world: World, attempt: Attempts) -> None:
    """Where commands have owners, a report is no way around that."""
    world.add("mine", owner="kim")
    world.add("yours", owner="sam")
    world.add("nobody's")
    result: Any = generate_report.handle({}, attempt(owner="kim"))
    assert [row["id"] for row in world.sheet(result)] == ["mine"]


def test_a_report_ends_while_there_is_time_to_write_it(world: World, attempt: Attempts) -> None:
    """With the deadline near, what was read so far is reported as cut."""
    world.add("one")
    attempt.seconds = 2
    result: Any = generate_report.handle({}, attempt())
    assert result["truncated"]
    assert world.file(result["htmlKey"]).count("The report is truncated") == 1


def test_a_second_attempt_overwrites_what_a_first_one_left(world: World, attempt: Attempts) -> None:
    """Keys come from the command, so a worker that died in between leaves nothing behind."""
    generate_report.handle({}, attempt())
    attempt.steps.clear()
    generate_report.handle({}, attempt(attempts=2))
    stored = world.s3.list_objects_v2(Bucket="reports")["Contents"]
    assert [it["Key"] for it in stored] == ["c-1/commands.csv", "c-1/report.html"]


def test_a_report_that_was_written_is_not_written_again(world: World, attempt: Attempts) -> None:
    """Its counts are stored with the command, and stay those of its files."""
    first = generate_report.handle({}, attempt())
    world.add("late")
    assert generate_report.handle({}, attempt(attempts=2)) == first


def test_a_spreadsheet_finds_no_formula(world: World, attempt: Attempts) -> None:
    """Ids and types come from clients."""
    world.add("=1+1", type="@SUM(A1)")
    row = world.sheet(generate_report.handle({}, attempt()))[0]
    assert (row["id"], row["type"]) == ("'=1+1", "'@SUM(A1)")
