"""`show` and `inspect`: counts, one command; everything stays as it was."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from command_api.domain.model import PastAttempt, Status
from tests.scripts.dlq.world import HOUR, SECRET_INPUT, Result, World, text

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., Result]


def rows(result: Result) -> list[list[str]]:
    """The lines for programs, without ages, example and message."""
    assert result.code == 0, result.err
    cells = [line.split("\t") for line in result.out.splitlines()]
    return [[*one[:4], one[6]] for one in cells]


def test_an_empty_queue_is_said(world: World, run: Run) -> None:
    """It is no error."""
    result = run("show")
    assert (result.code, result.out) == (0, "")
    assert "work-dlq is empty" in result.err
    assert world.dynamodb.calls == []


def test_messages_are_counted_by_type_and_error(world: World, run: Run) -> None:
    """With the commands' status; what the worker would do follows its own rules."""
    world.both("c-1", "c-2", "c-3")
    world.record("d-1", type="demo", code="timeout")
    world.dead_letter("d-1", kind="demo")
    world.record("done", Status.COMPLETED)
    world.dead_letter("done")
    world.dead_letter("never-claimed", kind="report")
    world.record("owned", owner="ada")
    world.dead_letter("owned")
    world.dead_letter(None, body="no json")
    result = run("show")
    assert Counter(map(tuple, rows(result))) == Counter(
        [
            ("echo", "demo_failed", "FAILED", "3", "runs"),
            ("echo", "demo_failed", "FAILED", "1", "dropped"),
            ("demo", "timeout", "FAILED", "1", "runs"),
            ("echo", "-", "COMPLETED", "1", "dropped"),
            ("report", "-", "-", "1", "runs"),
            ("?", "-", "-", "1", "dropped"),
        ]
    )
    assert rows(result)[0][3] == "3"
    assert "Try again." in result.out
    assert "8 messages of 8 read from work-dlq" in result.err


def test_a_look_leaves_everything_in_its_place(world: World, run: Run) -> None:
    """Visible, unread by anybody else, and without a scan of the table or a word of an input."""
    world.both(*[f"c-{number}" for number in range(25)])
    result = run("show")
    assert SECRET_INPUT not in result.out + result.err
    assert len(world.dead()) == 25
    assert world.all_visible()
    assert {one.approximate_receive_count for one in world.messages(world.dlq_url)} == {1}
    assert set(world.dynamodb.names()) == {"batch_get_item"}
    for _, arguments in world.dynamodb.calls:
        names = arguments["RequestItems"]["commands"]["ExpressionAttributeNames"].values()
        assert {"input", "result", "steps"}.isdisjoint(names)
    assert "delete_message_batch" not in world.sqs.names()


def test_a_look_hides_each_message_once(world: World, run: Run) -> None:
    """And shows it once: no message's time is set anew in between."""
    world.both(*[f"c-{number}" for number in range(15)])
    assert rows(run("show", "--all")) == [["echo", "demo_failed", "FAILED", "15", "runs"]]
    changed = [
        (one["ReceiptHandle"], one["VisibilityTimeout"])
        for name, arguments in world.sqs.calls
        if name == "change_message_visibility_batch"
        for one in arguments["Entries"]
    ]
    assert len({receipt for receipt, _ in changed}) == len(changed) == 15
    assert {seconds for _, seconds in changed} == {0}
    assert world.all_visible()


def test_a_sample_says_that_it_is_one(world: World, run: Run) -> None:
    """With how many messages there are, and how to count them."""
    world.both(*[f"c-{number}" for number in range(12)])
    result = run("show", "--limit", "5")
    assert rows(result)[0][3] == "5"
    assert (
        "sample of about 12 messages; to read all:"
        " python -m scripts.dlq show --all --env dev" in result.err
    )


def test_a_sample_estimates_what_is_meant(world: World, run: Run) -> None:
    """By its share of the messages that were looked at."""
    world.both(*[f"c-{number}" for number in range(12)])
    result = run("show", "--limit", "6", "--type", "echo")
    assert "sample of about 12 messages, so about 12 match; to read all:" in result.err
    assert "show --all --type echo --env dev" in result.err


def test_ages_are_those_of_the_messages(world: World, run: Run) -> None:
    """Oldest and newest, in two units."""
    world.record("c-1")
    world.record("c-2")
    world.dead_letter("c-1", ago=timedelta(days=3, hours=4, minutes=2))
    world.dead_letter("c-2", ago=HOUR)
    [line] = run("show").out.splitlines()
    assert line.split("\t")[4] == "3d4h"
    assert line.split("\t")[5].startswith("1h")


def test_a_fifo_queue_shows_the_first_of_each_group(fifo: World, run: Run) -> None:
    """And says why it does not show more."""
    for number in range(12):
        fifo.dead_letter(f"a-{number}", group="a")
    fifo.dead_letter("b-1", group="b")
    result = run("show")
    assert result.code == 0
    assert "behind the first ten of their group" in result.err
    assert fifo.all_visible()


def test_an_error_text_cannot_move_the_cursor(world: World, run: Run) -> None:
    """A handler's message may quote anything."""
    world.both("c-1")
    world.dynamodb.real.update_item(
        TableName="commands",
        Key={"id": {"S": "c-1"}},
        UpdateExpression="SET #error.message = :text",
        ExpressionAttributeNames={"#error": "error"},
        ExpressionAttributeValues={":text": {"S": "a\x1b[2J\nb"}},
    )
    assert run("show").out.rstrip().endswith("\ta[2J b")


def test_an_id_that_nobody_knows_is_one_line(world: World, run: Run) -> None:
    """With what to run next."""
    world.both("c-1")
    line = run("inspect", "c-2").line
    assert "command c-2 not found: no record, and no message among the 1 read" in line
    assert "see: python -m scripts.dlq show --env dev" in line
    assert world.all_visible()


def test_a_command_is_shown_with_its_messages_and_earlier_failures(world: World, run: Run) -> None:
    """By its own id or by that of the message; without what the client sent."""
    world.both("c-1", "c-2")
    message = world.dead_letter("c-1", more={"owner": text("ada")})
    assert run("redrive", "--apply", "--id", "c-1").code == 0
    earlier = PastAttempt(3, world.now, world.now, Status.FAILED, "timeout", "Late.")
    world.record("c-1", past=(earlier,))
    again = world.dead_letter("c-1", more={"owner": text("ada")})
    result = run("inspect", "c-1")
    assert SECRET_INPUT not in result.out + result.err
    shown = json.loads(result.out)
    assert shown["command"]["error"]["code"] == "demo_failed"
    failed = [one for one in shown["history"] if "error" in one]
    assert failed[0]["error"] == {"code": "timeout", "message": "Late."}
    assert (failed[0]["attempt"], failed[-1]["error"]["code"]) == (3, "demo_failed")
    [message] = shown["messages"]
    assert (message["messageId"], message["owner"]) == (again, "ada")
    assert message["attributes"] == ["command_id", "owner"]
    assert message["ifRedriven"] == "dropped"  # another owner's message
    assert message != again
    assert json.loads(run("inspect", again).out)["id"] == "c-1"
    assert world.all_visible()


def test_the_input_is_shown_when_it_is_asked_for(world: World, run: Run) -> None:
    """Body and attributes, as they are."""
    world.both("c-1")
    [message] = json.loads(run("inspect", "c-1", "--body").out)["messages"]
    assert json.loads(message["body"])["input"] == {"n": SECRET_INPUT}
    assert message["attributes"]["command_id"]["StringValue"] == "c-1"


def test_a_command_without_a_message_is_shown_too(world: World, run: Run) -> None:
    """After a redrive its history is what one wants to see."""
    world.record("c-1", Status.COMPLETED)
    result = run("inspect", "c-1")
    assert json.loads(result.out)["command"]["status"] == "COMPLETED"
    assert "no message of this command among the 0 read" in result.err
