"""`redrive` with a filter: what is sent, what is kept, what is written into the records."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scripts.dlq.message import from_sqs
from scripts.dlq.queue import RateLimiter
from tests.scripts.dlq.world import HOUR, SECRET_INPUT, Result, World, text

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., Result]

TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"
APPLY = ("redrive", "--apply", "--type", "echo")


def test_without_apply_nothing_moves(world: World, run: Run) -> None:
    """The dry run says what would be done, and how to do it."""
    world.both("c-1", "c-2")
    world.record("d-1", code="timeout")
    world.dead_letter("d-1")
    result = run("redrive", "--code", "timeout", "--older-than", "30m", "--rate", "5")
    assert result.code == 0
    assert [line.split("\t")[:4] for line in result.out.splitlines()] == [
        ["echo", "timeout", "FAILED", "1"]
    ]
    assert (
        "next: python -m scripts.dlq redrive --apply --code timeout --older-than 1800s --rate 5"
        " --env dev" in result.err
    )
    assert (len(world.dead()), world.sent()) == (3, [])
    assert world.dynamodb.names() == ["batch_get_item"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--type", "demo"], {"d-1"}),
        (["--type", "demo", "--type", "echo"], {"d-1", "c-1", "old", "mine", "gone"}),
        (["--code", "timeout"], {"d-1"}),
        (["--code", "-"], {"gone"}),
        (["--older-than", "6h"], {"old"}),
        (["--younger-than", "30m"], {"d-1"}),
        (["--owner", "ada"], {"mine"}),
        (["--id", "c-1", "--id", "old"], {"c-1", "old"}),
        (["--type", "echo", "--code", "timeout"], set()),
    ],
)
def test_only_what_is_meant_is_sent(
    options: list[str], expected: set[str], world: World, run: Run
) -> None:
    """All filters have to agree; the rest stays visible."""
    world.both("c-1")
    world.record("d-1", type="demo", code="timeout")
    world.dead_letter("d-1", ago=timedelta(minutes=5))
    world.both("old", ago=timedelta(hours=11))  # older ones moto does not show again
    world.record("mine", owner="ada")
    world.dead_letter("mine", more={"owner": text("ada")})
    world.dead_letter("gone")
    result = run("redrive", "--apply", *options)
    assert result.code == 0, result.err
    assert set(world.sent()) == expected
    assert set(world.dead()) == {"c-1", "d-1", "old", "mine", "gone"} - expected
    assert world.all_visible()


@pytest.mark.parametrize("options", [["--older-than", "soon"], ["--rate", "0"], ["--hide", "1"]])
def test_an_option_that_cannot_be_is_wrong_usage(options: list[str], run: Run) -> None:
    """Nothing is asked of AWS."""
    assert run("redrive", *options).code == 2


def test_a_message_is_sent_as_it_was(world: World, run: Run) -> None:
    """Body, attributes and trace stay; it is no copy any more, and it names its command."""
    body = '{"type":"echo",  "input": {"t": "\\u00fc \u2028 😀\\n"}}'
    more = {
        "owner": text("ada"),
        "correlation_id": text("checkout-7"),
        "raw": {"DataType": "Binary.gz", "BinaryValue": b"\x00\xff"},
        "copy_of": text("m-1 1893553445000"),
    }
    world.dead_letter("c-1", body=body, more=more, trace=TRACE)
    nameless = world.dead_letter(None, body='{"type": "echo"}')
    assert run(*APPLY).code == 0
    first, second = world.messages(world.queue_url)
    assert first.body == body
    # moto forgets the trace of a batch's entries, so that this looks at what it was asked.
    calls = [asked for name, asked in world.sqs.calls if name == "send_message_batch"]
    traced = [one.get("MessageSystemAttributes", {}) for asked in calls for one in asked["Entries"]]
    assert {"AWSTraceHeader": text(TRACE)} in traced
    assert set(first.message_attributes) == {"command_id", "correlation_id", "owner", "raw"}
    answer = world.sqs.real.receive_message(
        QueueUrl=world.queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    received = answer["Messages"][0]["MessageAttributes"]
    assert received["raw"] == {"DataType": "Binary.gz", "BinaryValue": b"\x00\xff"}
    assert received["owner"]["StringValue"] == "ada"
    assert second.message_attributes["command_id"]["StringValue"] == nameless


@pytest.mark.parametrize("place", ["MessageGroupId", "MessageDeduplicationId"])
def test_a_message_whose_id_is_a_parameter_names_it_again(place: str) -> None:
    """A redrive has a group and a deduplication id of its own; the command stays the same."""
    found = from_sqs(
        {
            "MessageId": "m-1",
            "ReceiptHandle": "r-1",
            "Body": "{}",
            "MessageAttributes": {"command_id_from": text(place)},
            "Attributes": {"SentTimestamp": "1700000000000", place: "order-7"},
        }
    )
    assert found.command_id == "order-7"
    assert found.as_sent_again().attributes == {"command_id": text("order-7")}


def test_the_order_is_send_delete(world: World, run: Run) -> None:
    """Whoever kills the run in between finds the command in a queue."""
    world.both("c-1")
    order: list[str] = []

    def noting(real: Any, arguments: dict[str, Any]) -> Any:
        order.append(real.__name__)
        return real(**arguments)

    for name in ("send_message_batch", "delete_message_batch"):
        world.sqs.steps[name] = [noting]
    assert run(*APPLY).code == 0
    assert order == ["send_message_batch", "delete_message_batch"]
    assert world.dynamodb.names() == ["batch_get_item"]


def test_nothing_is_waited_for(world: World, run: Run, no_waiting: list[float]) -> None:
    """A message comes after its failure, so that what is sent from it does, too."""
    world.record("c-1", ago=timedelta(0))
    world.dead_letter("c-1")
    assert run(*APPLY).code == 0
    assert (world.sent(), no_waiting) == (["c-1"], [])


def test_a_rate_is_even(no_waiting: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten at once at most, and after each what it costs."""
    monkeypatch.setattr("scripts.dlq.queue.time.monotonic", lambda: 100.0)
    limiter = RateLimiter(4, no_waiting.append)
    assert limiter.step == 4
    for _ in range(3):
        limiter.acquire(4)
    assert no_waiting == [1.0, 2.0]
    assert (RateLimiter(None).step, RateLimiter(1).step, RateLimiter(500).step) == (10, 1, 10)


def test_a_rate_limits_how_many_go_at_once(world: World, run: Run) -> None:
    """At two a second the killed run has at most two on their way."""
    world.both("c-1", "c-2", "c-3", "c-4", "c-5")
    assert run(*APPLY, "--rate", "2").code == 0
    sizes = [
        len(arguments["Entries"])
        for name, arguments in world.sqs.calls
        if name == "send_message_batch"
    ]
    assert sizes == [2, 2, 1]


def test_large_messages_share_no_batch(world: World, run: Run) -> None:
    """A batch has a limit of its own."""
    for number in range(3):
        world.dead_letter(f"c-{number}", body=json.dumps({"type": "echo", "input": "x" * 100_000}))
    assert run(*APPLY).code == 0
    assert len(world.sent()) == 3
    assert world.sqs.names().count("send_message_batch") == 2


def test_nothing_a_client_sent_is_printed(world: World, run: Run) -> None:
    """Neither by the dry run nor by the run."""
    world.both("c-1", ago=2 * HOUR)
    for result in (run("redrive", "--type", "echo"), run(*APPLY)):
        assert SECRET_INPUT not in result.out + result.err
