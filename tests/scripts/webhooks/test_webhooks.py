"""Deliveries on the operator's screen, and what a replay sends."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from command_api.domain.delivery import CALLBACK, delivery_id
from command_api.domain.ending import Ending
from command_api.domain.model import Status
from scripts.webhooks import __main__ as tool
from tests.scripts.webhooks.environment import AWAY, HOUR, aim

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.scripts.dlq.world import Result, World
    from tests.scripts.webhooks.environment import Webhooks

    Run = Callable[..., Result]


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
    result = run("replay", *chosen, "--apply")
    assert (result.code, result.err) == (0, "replayed 1 of 1 matching; read 2\n")
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
