"""Deliveries on the operator's screen, and what a replay sends."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from command_api.adapters.dynamodb.item import attributes
from command_api.domain.delivery import CALLBACK, delivery_id
from command_api.domain.ending import Ending
from command_api.domain.model import Failure, Status
from scripts.dlq import queue
from scripts.interrupts import GracefulShutdown
from scripts.webhooks import __main__ as tool
from tests import targets
from tests.builders import command
from tests.scripts.dlq.world import Client, Result, World, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., Result]

AWAY = Failure(code="webhook_unreachable", message="No answer.", retryable=True)
HOUR = timedelta(hours=1)


class Webhooks(World):
    """An environment with webhooks: deliveries in a table with an index, and ended commands."""

    def put(self, table: str, name: str, status: Status, ago: timedelta, **more: Any) -> Any:
        """Store a command, or a delivery; what was stored."""
        failed = {"failure": AWAY, "attempts": 17} if status is Status.FAILED else {}
        ended = self.now - ago if status.terminal else None
        stored = command(
            status,
            id=name,
            **{"updated_at": self.now - ago, "completed_at": ended, **failed, **more},
        )
        item = {"id": {"S": name}, **attributes(stored, "gone_at")}
        self.dynamodb.real.put_item(TableName=table, Item=item)
        return stored

    def failed(self, name: str, host: str) -> None:
        """A delivery that used up its tries, with its message."""
        self.put("deliveries", name, Status.FAILED, HOUR, owner=host, type="callback")
        body = json.dumps({"type": "callback", "input": {"url": f"https://{host}/", "body": "{}"}})
        self.dead_letter(name, body=body, more={"owner": text(host)})


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhooks]:
    """An applied environment with webhooks, at which every command line aims."""
    monkeypatch.setattr(queue, "WAIT_SECONDS", 0)
    monkeypatch.setattr(GracefulShutdown, "wait", lambda _, __: None)
    with mock_aws():
        session = boto3.Session("test", "test", region_name="us-east-1")
        sqs, dynamodb = Client(session.client("sqs")), Client(session.client("dynamodb"))
        made = Webhooks.create(sqs, dynamodb, fifo=False)
        assert isinstance(made, Webhooks)
        keys = [("status", "HASH"), ("updatedAt", "RANGE")]
        dynamodb.real.create_table(
            TableName="deliveries",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"}
                for name in ("id", "status", "updatedAt")
            ],
            BillingMode="PAY_PER_REQUEST",
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-status",
                    "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in keys],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
        aim(monkeypatch, made, queue_url=made.queue_url)
        yield made


def aim(monkeypatch: pytest.MonkeyPatch, world: World, *, queue_url: str | None) -> None:
    """Let every command line mean this environment."""
    outputs = {
        "dynamodb_table_name": "commands",
        "dynamodb_ttl_attribute": "gone_at",
        "notifications": {
            "webhook_queue_url": queue_url,
            "webhook_dlq_url": world.dlq_url,
            "deliveries_table_name": "deliveries",
        },
    }
    clients = {"sqs": world.sqs, "dynamodb": world.dynamodb.real}
    targets.aim(monkeypatch, targets.target(outputs, clients.__getitem__))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The tool, with standard input from a pipe."""

    def run(*args: str) -> Result:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
        code = tool.main([*args, "--env", "dev"])
        return Result(code, *capsys.readouterr())

    return run


@pytest.mark.parametrize("words", [("list",), ("show", "a"), ("replay",)])
def test_an_environment_without_webhooks_is_told_how_to_have_them(
    words: tuple[str, ...], world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, and nothing is read."""
    aim(monkeypatch, world, queue_url=None)
    assert "set notifications.webhooks in its terraform.tfvars" in run(*words).line
    assert world.sqs.calls == []


def test_nobody_said_where(capsys: pytest.CaptureFixture[str]) -> None:
    """Both ways to say it are named."""
    assert tool.main(["list"]) == 2
    assert "pass --env NAME or --local" in capsys.readouterr().err


def test_deliveries_are_listed_with_their_receivers_newest_first(world: Webhooks, run: Run) -> None:
    """Of one receiver, or of one status, or of the last while."""
    world.put("deliveries", "told", Status.COMPLETED, HOUR / 2, owner="a.example", attempts=2)
    world.put("deliveries", "lost", Status.FAILED, HOUR, owner="b.example")
    world.put("deliveries", "long-ago", Status.COMPLETED, 50 * HOUR, owner="b.example")

    def listed(*words: str) -> list[list[str]]:
        result = run("list", *words)
        assert result.code == 0, result.err
        return [line.split("\t")[1:] for line in result.out.splitlines()]

    told, lost = (
        ["COMPLETED", "2", "a.example", "told"],
        ["FAILED", "17", "b.example", "lost"],
    )
    assert listed() == [told, lost]
    assert listed("--receiver", "b.example") == [lost]
    assert listed("--status", "completed", "--since", "1h") == [told]
    assert listed("--limit", "1") == [told]
    assert listed("--since", "7d")[-1][-1] == "long-ago"


def test_a_limit_counts_only_what_matches(world: Webhooks, run: Run) -> None:
    """The deliveries of others do not use it up."""
    for number in range(5):
        ago = timedelta(minutes=number + 1)
        world.put("deliveries", f"other-{number}", Status.FAILED, ago, owner="a.example")
    world.put("deliveries", "mine", Status.FAILED, HOUR, owner="b.example")
    assert "mine" in run("list", "--receiver", "b.example", "--limit", "1").out


def test_an_empty_list_is_no_error(run: Run, world: World) -> None:  # noqa: ARG001
    """Standard output stays empty."""
    result = run("list", "--since", "5m")
    assert (result.code, result.out) == (0, "")
    assert "no matching deliveries in the last 5m" in result.err


def test_a_delivery_is_found_by_its_command(world: Webhooks, run: Run) -> None:
    """Its id follows from the command's ending; no message need be left."""
    ended = Ending(world.put("commands", "order-1", Status.COMPLETED, HOUR))
    callback, billing = (delivery_id(ended, name) for name in (CALLBACK, "billing"))
    world.put("deliveries", callback, Status.FAILED, HOUR, owner="a.example")
    world.put("deliveries", billing, Status.COMPLETED, HOUR, owner="b.example")
    shown = json.loads(run("show", "order-1").out)
    assert (shown["id"], shown["command"]["status"]) == (callback, "FAILED")
    assert shown["command"]["error"]["code"] == AWAY.code
    shown = json.loads(run("show", "order-1", "--endpoint", "billing").out)
    assert (shown["id"], shown["command"]["owner"]) == (billing, "b.example")
    assert json.loads(run("show", billing).out)["id"] == billing


def test_no_body_is_shown_unless_it_is_asked_for(world: Webhooks, run: Run) -> None:
    """A URL may hold a credential, and a body a result."""
    world.failed("d-1", "a.example")
    assert "https://a.example" not in run("show", "d-1").out
    assert "https://a.example" in run("show", "d-1", "--body").out


def test_a_replay_is_a_dry_run_unless_applied(world: Webhooks, run: Run) -> None:
    """It says what would move, and the line that moves it is this tool's own."""
    world.failed("d-1", "a.example")
    result = run("replay", "--receiver", "a.example", "--rate", "5")
    assert (result.code, world.sent(), world.dead()) == (0, [], ["d-1"])
    next_line = "python -m scripts.webhooks replay --apply --owner a.example --rate 5 --env dev"
    assert f"nothing was moved; next: {next_line}" in result.err


@pytest.mark.parametrize(
    "chosen",
    [("--receiver", "b.example"), ("--id", "d-2"), ("--code", AWAY.code, "--id", "d-2")],
)
def test_a_replay_sends_what_matches_as_it_was(
    chosen: tuple[str, ...], world: Webhooks, run: Run
) -> None:
    """With the same body and id, and what does not match stays."""
    world.failed("d-1", "a.example")
    world.failed("d-2", "b.example")
    [before] = [one.body for one in world.messages(world.dlq_url) if "b.example" in one.body]
    assert run("replay", *chosen, "--apply").code == 0
    assert (world.sent(), world.dead()) == (["d-2"], ["d-1"])
    assert [one.body for one in world.messages(world.queue_url)] == [before]


def test_a_replay_takes_the_id_of_a_command(world: Webhooks, run: Run) -> None:
    """That of its callback, where no endpoint is named."""
    ended = Ending(world.put("commands", "order-1", Status.COMPLETED, HOUR))
    world.failed(delivery_id(ended, CALLBACK), "a.example")
    world.failed(delivery_id(ended, "billing"), "a.example")
    assert run("replay", "--id", "order-1", "--apply").code == 0
    assert world.sent() == [delivery_id(ended, CALLBACK)]
    assert world.dead() == [delivery_id(ended, "billing")]
