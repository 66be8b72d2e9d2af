"""`show` where AWS refuses, throttles or answers in part: one line, and nothing stays hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.scripts.dlq.world import Result, World, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., Result]


def test_without_permission_to_read_the_table_the_messages_come_back(
    world: World, run: Run
) -> None:
    """One line names the call; nothing stays hidden."""
    world.both("c-1")
    world.dynamodb.steps["batch_get_item"] = [refusal("AccessDeniedException", "BatchGetItem")]
    assert "access denied to BatchGetItem" in run("show").line
    assert world.all_visible()


@pytest.mark.parametrize(
    ("client", "operation", "code", "words"),
    [
        ("sqs", "get_queue_attributes", "QueueDoesNotExist", "there is no queue work-dlq here"),
        ("dynamodb", "batch_get_item", "ResourceNotFoundException", "no table commands here"),
        ("sqs", "receive_message", "AccessDenied", "access denied to receive_message"),
        ("sqs", "receive_message", "RequestThrottled", "AWS throttles receive_message; wait"),
    ],
)
def test_a_refusal_is_one_line(
    client: str, operation: str, code: str, words: str, world: World, run: Run
) -> None:
    """What is wrong, and what to do."""
    world.both("c-1")
    getattr(world, client).steps[operation] = [refusal(code, operation)]
    assert words in run("show").line
    assert world.all_visible()


def test_a_queue_that_hides_all_that_it_can_ends_the_pass(world: World, run: Run) -> None:
    """With what was seen, which is visible again, and a line about the rest."""
    world.both("c-1", "c-2")
    full = refusal("OverLimit", "receive_message")
    world.sqs.steps["receive_message"] = [full, full]
    result = run("redrive", "--apply", "--type", "echo")
    assert result.code == 0
    assert "redrove 0 of 0 that match; looked at 0" in result.err
    assert "about 2 more were not seen" in result.err
    assert world.all_visible()


def test_a_queue_with_a_redrive_policy_of_its_own_is_not_touched(world: World, run: Run) -> None:
    """There a look could move messages on."""
    world.both("c-1")
    [policy] = world.sqs.real.get_queue_attributes(
        QueueUrl=world.queue_url, AttributeNames=["RedrivePolicy"]
    )["Attributes"].values()
    world.sqs.real.set_queue_attributes(
        QueueUrl=world.dlq_url, Attributes={"RedrivePolicy": policy}
    )
    assert "has a redrive policy of its own" in run("show").line
    assert "receive_message" not in world.sqs.names()


def test_messages_that_cannot_be_shown_again_are_counted(world: World, run: Run) -> None:
    """A batch that fails in part is tried again; what stays hidden is said."""
    world.both("c-1", "c-2")

    def half(real: Any, arguments: dict[str, Any]) -> Any:
        real(QueueUrl=arguments["QueueUrl"], Entries=arguments["Entries"][1:])
        refused = {"Id": "0", "Code": "InternalError", "SenderFault": False}
        return {"Successful": [], "Failed": [refused]}

    def failing(_: Any, __: Any) -> Any:
        return {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}

    world.sqs.steps["change_message_visibility_batch"] = [half, failing, failing, failing]
    result = run("show")
    assert result.code == 0
    assert "1 message may stay hidden for up to 65 seconds" in result.err
    shown = [asked for name, asked in world.sqs.calls if name.startswith("change_")]
    last = shown[-1]["Entries"]
    assert [one["Id"] for one in last] == ["0"]


def test_keys_that_dynamodb_did_not_process_are_asked_for_again(world: World, run: Run) -> None:
    """An answer in part is no answer."""
    world.both("c-1", "c-2")

    def part(real: Any, arguments: dict[str, Any]) -> Any:
        [(table, wanted)] = arguments["RequestItems"].items()
        first = {**wanted, "Keys": wanted["Keys"][:1]}
        rest = {**wanted, "Keys": wanted["Keys"][1:]}
        return {**real(RequestItems={table: first}), "UnprocessedKeys": {table: rest}}

    world.dynamodb.steps["batch_get_item"] = [part]
    result = run("show")
    assert (result.code, result.out.split("\t")[:4]) == (0, ["echo", "demo_failed", "FAILED", "2"])


def test_a_table_that_throttles_for_ever_is_said(world: World, run: Run) -> None:
    """After a few tries, and with everything visible again."""
    world.both("c-1")

    def nothing(_: Any, arguments: dict[str, Any]) -> Any:
        return {"Responses": {}, "UnprocessedKeys": arguments["RequestItems"]}

    world.dynamodb.steps["batch_get_item"] = [nothing] * 6
    assert "DynamoDB throttles reads of commands" in run("show").line
    assert world.all_visible()
