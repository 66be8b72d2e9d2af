"""`redrive` with a filter on a bad day: partial failures, lost answers, signals."""

from __future__ import annotations

import signal
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.scripts.dlq.world import Result, World, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., Result]

APPLY = ("redrive", "--apply", "--type", "echo")
LOST = ReadTimeoutError(endpoint_url="https://sqs")


def refusing(code: str, *, sender: bool) -> Callable[[Any, dict[str, Any]], Any]:
    """Take all entries but the first."""

    def step(real: Any, arguments: dict[str, Any]) -> Any:
        first, *rest = arguments["Entries"]
        answer = real(QueueUrl=arguments["QueueUrl"], Entries=rest) if rest else {}
        failed = {"Id": first["Id"], "Code": code, "SenderFault": sender}
        return {"Successful": answer.get("Successful", []), "Failed": [failed]}

    return step


def test_a_refused_message_stays_and_is_named_by_its_code(world: World, run: Run) -> None:
    """The others go; the line says what to do."""
    world.both("c-1", "c-2", "c-3")
    world.sqs.steps["send_message_batch"] = [refusing("InvalidMessageContents", sender=True)]
    line = run(*APPLY).line
    assert "SQS refused 1 message: InvalidMessageContents (1)" in line
    assert "run the same command again" in line
    assert (world.dead(), world.sent()) == (["c-1"], ["c-2", "c-3"])
    assert world.all_visible()


def test_what_sqs_could_not_take_is_tried_again(world: World, run: Run) -> None:
    """Its own trouble passes; what was taken is not sent twice."""
    world.both("c-1", "c-2")
    world.sqs.steps["send_message_batch"] = [refusing("InternalError", sender=False)] * 2
    assert run(*APPLY).code == 0
    assert (world.dead(), Counter(world.sent())) == ([], Counter(["c-1", "c-2"]))


def test_a_message_that_cannot_be_deleted_is_not_sent_twice(world: World, run: Run) -> None:
    """It is left over, which is harmless, and said."""
    world.both("c-1", "c-2")
    world.sqs.steps["delete_message_batch"] = [refusing("ReceiptHandleIsInvalid", sender=True)]
    result = run(*APPLY)
    assert result.code == 1
    assert (
        "1 message of those could not be deleted from the dead-letter queue; if sent again,"
        " the worker skips them" in result.err
    )
    assert (world.dead(), Counter(world.sent())) == (["c-1"], Counter(["c-1", "c-2"]))
    assert world.all_visible()


def test_a_message_that_comes_again_after_its_end_is_deleted_again(world: World, run: Run) -> None:
    """SQS may deliver once more what was deleted a moment ago."""
    world.both("c-1")
    answers: list[Any] = []

    def kept(real: Any, arguments: dict[str, Any]) -> Any:
        answers.append(real(**arguments))
        return answers[0]

    world.sqs.steps["receive_message"] = [kept, lambda *_: answers[0]]
    assert run(*APPLY).code == 0
    assert world.sent() == ["c-1"]
    assert world.sqs.names().count("delete_message_batch") == 2


@pytest.mark.parametrize(
    ("client", "operation", "error", "words", "left"),
    [
        ("dynamodb", "batch_get_item", "AccessDeniedException", "access denied to", "c-1"),
        ("dynamodb", "batch_get_item", "ThrottlingException", "AWS is throttling", "c-1"),
        ("sqs", "send_message_batch", "AccessDenied", "access denied to", "c-1"),
        ("sqs", "send_message_batch", "RequestThrottled", "AWS is throttling", "c-1"),
        ("sqs", "delete_message_batch", "AccessDenied", "access denied to", "c-1"),
    ],
)
def test_a_call_that_is_refused_ends_the_run_in_one_line(  # noqa: PLR0913  one case
    *, client: str, operation: str, error: str, words: str, left: str, world: World, run: Run
) -> None:
    """Every message is still here, and visible."""
    world.both("c-1")
    getattr(world, client).steps[operation] = [refusal(error, operation)]
    result = run(*APPLY)
    assert words in result.line
    assert "the others are unchanged" in result.err
    assert world.dead() == [left]
    assert world.all_visible()


def test_an_answer_that_got_lost_leaves_the_command_in_both_queues(world: World, run: Run) -> None:
    """The message was taken: the worker drops the second one when it comes."""
    world.both("c-1")

    def taken(real: Any, arguments: dict[str, Any]) -> Any:
        real(**arguments)
        raise LOST

    world.sqs.steps["send_message_batch"] = [taken]
    assert "is unreachable" in run(*APPLY).line
    assert (world.dead(), world.sent()) == (["c-1"], ["c-1"])
    assert run(*APPLY).code == 0
    assert (world.dead(), world.sent()) == ([], ["c-1", "c-1"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_between_two_steps(
    number: signal.Signals, world: World, run: Run, press: Callable[[int], None]
) -> None:
    """What was sent is deleted; the rest stays, visible at once."""
    world.both("c-1", "c-2", "c-3")

    def interrupted(real: Any, arguments: dict[str, Any]) -> Any:
        press(number)
        return real(**arguments)

    world.sqs.steps["send_message_batch"] = [interrupted]
    result = run(*APPLY, "--rate", "1")
    assert result.code == 128 + number
    assert (
        "interrupted; no message is lost. To continue: python -m scripts.dlq redrive --apply"
        " --type echo --rate 1" in result.err
    )
    assert (world.dead(), world.sent()) == (["c-2", "c-3"], ["c-1"])
    assert world.all_visible()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_signal_ends_it_at_once(
    world: World, run: Run, press: Callable[[int], None]
) -> None:
    """Even then the messages are made visible."""
    world.both("c-1")

    def twice(*_: Any) -> Any:
        press(signal.SIGINT)
        press(signal.SIGINT)

    world.sqs.steps["send_message_batch"] = [twice]
    result = run(*APPLY)
    assert result.code == 130
    assert "interrupted during a step: " in result.err
    assert "To continue: python -m scripts.dlq redrive --apply --type echo\n" in result.err
    assert world.dead() == ["c-1"]
    assert world.all_visible()


def test_a_fifo_group_keeps_its_order(fifo: World, run: Run) -> None:
    """One after the other, and behind a refused message nothing of its group."""
    for group in "ab":
        for number in range(3):
            fifo.both(f"{group}-{number}", group=group)
    fifo.sqs.steps["send_message_batch"] = [
        lambda real, arguments: real(**arguments),
        refusing("InvalidMessageContents", sender=True),
    ]
    line = run(*APPLY).line
    assert "SQS refused 1 message: InvalidMessageContents (1)" in line
    assert fifo.sent() == ["a-0", "b-0", "b-1", "b-2"]
    assert fifo.dead() == ["a-1", "a-2"]


def test_a_fifo_message_sent_twice_is_one_message(fifo: World, run: Run) -> None:
    """Its deduplication id is made of its message id, however often that is tried."""
    fifo.both("a-1", group="a")

    def taken(real: Any, arguments: dict[str, Any]) -> Any:
        real(**arguments)
        raise LOST

    fifo.sqs.steps["send_message_batch"] = [taken]
    assert run(*APPLY).code == 1
    assert run(*APPLY).code == 0
    assert (fifo.dead(), fifo.sent()) == ([], ["a-1"])
    [sent] = fifo.messages(fifo.queue_url)
    assert (sent.group_id, sent.deduplication_id[:8]) == ("a", "redrive-")
