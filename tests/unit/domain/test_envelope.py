"""What travels beside a message's body: written and read in one place, and never trusted."""

from __future__ import annotations

import importlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given as given_any
from hypothesis import settings, strategies

from command_api.adapters.sqs.queue import SQSQueue
from command_api.domain.envelope import attributes, copy_of, received, traced, value
from tests.builders import FUNCTION_ENVIRONMENT, NOW, message
from tests.unit.entrypoints.test_worker import CONTEXT, record
from tests.unit.http.test_origin import TRACE

if TYPE_CHECKING:
    from command_api.domain.message import Message
    from tests.unit.conftest import Bench

NAMED = message(correlation_id="checkout-7", trace=TRACE, owner="alice", group="alice")
SENT = datetime(2023, 11, 14, 22, 13, 20, 123_000, tzinfo=UTC)


def carrying(**texts: str) -> dict[str, Any]:
    """A record of an SQS event with these message attributes besides its id."""
    given = record("m-1")
    given["messageAttributes"] |= {
        name: {"stringValue": text, "dataType": "String"} for name, text in texts.items()
    }
    return given


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "m-0",
        "m-0 ",
        "1 999999999999999 999999999999999",
        "1 999999999999999",
        "m-0 " + "9" * 400,
        "m-0 -1",
        "m-0 1e12",
        "m-0 1.5",
        "m-0 ٣٣٣",
        "m-0 1700000000123\n",
        "m-0 1700000000123 extra",
        "m-0 1700000000123 2",
        "m-0 1700000000123 2 -1",
        "m-0 1700000000123 2 1700000000123 3",
        "m/0 1700000000123",
        "x" * 101 + " 1700000000123",
    ],
)
def test_what_is_no_note_of_a_copy_is_ignored(text: str) -> None:
    """An attribute that somebody else wrote changes nothing, and breaks nothing."""
    assert received(carrying(copy_of=text)) == received(record("m-1"))


@pytest.mark.parametrize("text", ["m-0 9999999999999", "m-0 1700000000124"])
def test_a_note_of_a_copy_makes_no_message_younger(text: str) -> None:
    """Its age decides whether it may restart its command."""
    assert received(carrying(copy_of=text)).sent_at == SENT
    assert received(carrying(copy_of="m-0 0")).sent_at.year == 1970


@pytest.mark.parametrize(
    "found",
    [
        {"binaryValue": "AAAA", "dataType": "Binary"},
        {"stringValue": None, "dataType": "String"},
        {"stringListValues": [], "binaryListValues": [], "dataType": "String"},
        {},
    ],
)
@pytest.mark.parametrize("name", ["command_id", "owner", "correlation_id", "copy_of", "schedule"])
def test_an_attribute_that_is_no_text_is_as_if_it_was_not_there(
    name: str, found: dict[str, Any]
) -> None:
    """Whoever may send to the queue may write anything into it."""
    given = record("m-1")
    given["messageAttributes"][name] = found
    without = record("m-1")
    without["messageAttributes"].pop(name, None)
    assert received(given) == received(without)


def test_hostile_attributes_do_not_stop_nine_good_messages(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the function itself, as Lambda calls it."""
    for name, text in FUNCTION_ENVIRONMENT.items():
        monkeypatch.setenv(name, text)
    worker = importlib.reload(importlib.import_module("command_api.entrypoints.worker"))
    run = bench.worker()
    deadline = bench.now.replace(year=bench.now.year + 1)
    monkeypatch.setattr(worker, "process", lambda given, **_: run(given, deadline=deadline))
    records = [record(f"m-{n}", messageAttributes={}) for n in range(9)]
    hostile = carrying(
        copy_of="1 999999999999999 999999999999999",
        renewal="1 999999999999999 999999999999999",
        correlation_id="\n" * 1000,
        owner="x" * 100_000,
    )
    hostile["messageId"] = "m-9"
    answer = worker.handler({"Records": [*records, hostile]}, CONTEXT)
    assert answer == {"batchItemFailures": []}
    ended = {one: known.status for one, known in bench.store.commands.items()}
    assert ended == {**dict.fromkeys((f"m-{n}" for n in range(9)), "COMPLETED"), "c-1": "COMPLETED"}


anything = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers()
    | strategies.floats()
    | strategies.text()
    | strategies.sampled_from(["9" * 400, "1e400", "-1", "99999999999999999"]),
    lambda inner: (
        strategies.lists(inner, max_size=2)
        | strategies.dictionaries(strategies.text(), inner, max_size=2)
    ),
    max_leaves=4,
)
PLACES = [
    *(("attributes", name) for name in ("SentTimestamp", "ApproximateReceiveCount")),
    *(("attributes", name) for name in ("MessageGroupId", "AWSTraceHeader")),
    ("messageAttributes", "command_id_from"),
    *(("messageAttributes", name) for name in ("command_id", "owner", "copy_of", "tenant")),
    *(("messageAttributes", "command_id", name) for name in ("stringValue", "dataType")),
    *((name,) for name in ("attributes", "messageAttributes", "body", "receiptHandle")),
]


@pytest.mark.parametrize("absurd", [{}, None, "x"], ids=["empty", "null", "text"])
@pytest.mark.parametrize("place", PLACES, ids=".".join)
def test_an_absurd_record_does_not_stop_its_neighbours(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, place: tuple[str, ...], absurd: object
) -> None:
    """It alone comes back, or is work after all."""
    neighbours_of(bench, monkeypatch, place, absurd)


@pytest.mark.parametrize("place", PLACES, ids=".".join)
def test_no_value_in_a_record_stops_its_neighbours(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, place: tuple[str, ...]
) -> None:
    """The same for values that nobody thinks of."""

    @settings(max_examples=25, deadline=None, derandomize=True)
    @given_any(absurd=anything)
    def run(absurd: object) -> None:
        neighbours_of(bench, monkeypatch, place, absurd)

    run()


def neighbours_of(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, place: tuple[str, ...], absurd: object
) -> None:
    """Run a batch of the function with a record that has an absurd value at a place."""
    for name, text in FUNCTION_ENVIRONMENT.items():
        monkeypatch.setenv(name, text)
    worker = importlib.import_module("command_api.entrypoints.worker")
    bench.store.commands.clear()
    run = bench.worker()
    deadline = bench.now.replace(year=bench.now.year + 1)
    monkeypatch.setattr(worker, "process", lambda given, **_: run(given, deadline=deadline))
    bad = record("m-9")
    inner = bad
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = absurd
    records = [record(f"m-{n}", messageAttributes={}) for n in range(2)]
    answer: Any = worker.handler({"Records": [records[0], bad, records[1]]}, CONTEXT)
    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] in ([], ["m-9"])
    assert {bench.store.commands[f"m-{n}"].status for n in range(2)} == {"COMPLETED"}


@pytest.mark.parametrize("correlation", ["a\nb", "a b", "x" * 129, "ü"])
def test_a_name_that_no_entry_point_lets_through_is_none(correlation: str) -> None:
    """It would go into every line of the log."""
    assert received(carrying(correlation_id=correlation)).correlation_id == ""
    assert received(carrying(schedule=correlation)).schedule == ""


def test_what_is_written_is_what_is_read() -> None:
    """Round the queue and back: every attribute, by the names that SQS has for them."""
    told = {"owner": "alice", "correlation_id": "checkout-7", "schedule": "nightly"}
    written = attributes("c-1", **told, copy_of="m-0 1000")
    given = record("m-1")
    given["messageAttributes"] = {
        name: {"stringValue": one["StringValue"], "dataType": one["DataType"]}
        for name, one in written.items()
    }
    read = received(given)
    assert (read.command_id, read.owner, read.correlation_id) == ("c-1", "alice", "checkout-7")
    assert read.schedule == "nightly"
    assert (read.identity, read.sent_at) == ("m-0", datetime.fromtimestamp(1, UTC))
    assert {value(written, name) for name in written} == {
        *("c-1", "alice", "checkout-7", "m-0 1000", "nightly")
    }


def test_what_a_copy_says_of_its_message_is_read_again() -> None:
    """However often it is copied."""
    first = message(message_id="5fea7756-0ea4-451a-a703-a558b933e274", sent_at=SENT)
    copied = received(carrying(copy_of=copy_of(first)))
    assert (copied.identity, copied.sent_at) == (first.message_id, SENT)
    assert copy_of(copied) == copy_of(first)


def test_what_a_copy_says_of_its_place_is_read_again() -> None:
    """The command waits for its rate, in no slice; it keeps its identity."""
    place = SENT + timedelta(hours=1)
    first = replace(message(message_id="m-0", sent_at=SENT), not_before=place)
    copied = received(carrying(copy_of=copy_of(first)))
    assert (copied.identity, copied.slices, copied.not_before) == ("m-0", 0, place)
    assert copy_of(copied) == copy_of(first)


@pytest.mark.parametrize("not_before", [None, SENT + timedelta(hours=1)])
def test_what_the_message_of_a_slice_says_is_read_again(not_before: datetime | None) -> None:
    """Which one it is, and when it may begin; each has an identity of its own."""
    first = message(message_id="m-0", sent_at=SENT).for_slice(2, not_before=not_before)
    copied = received(carrying(copy_of=copy_of(first)))
    assert (copied.identity, copied.slices, copied.not_before) == ("m-0/2", 2, not_before)
    assert copy_of(copied) == copy_of(first)
    assert copied.for_slice(3, not_before=None).identity == "m-0/3"


def test_nothing_is_sent_empty() -> None:
    """SQS refuses an attribute without a value."""
    assert set(attributes("c-1")) == {"command_id"}
    assert (attributes(None), traced("")) == ({}, {})


def test_a_message_knows_what_the_queue_says_of_it() -> None:
    """When it was sent, how often it was received, its group and its trace."""
    given = record("m-1")
    given["attributes"] |= {"MessageGroupId": "orders", "AWSTraceHeader": TRACE}
    read = received(given)
    assert (read.sent_at, read.receives, read.group, read.trace) == (SENT, 2, "orders", TRACE)
    assert (read.identity, read.key, read.owner, read.copy_of) == ("m-1", "c-1", "", "")


@pytest.mark.parametrize("parameter", ["MessageGroupId", "MessageDeduplicationId"])
@pytest.mark.parametrize("name", ["command_id", "owner"])
def test_an_id_and_an_owner_may_be_parameters_of_sqs(name: str, parameter: str) -> None:
    """API Gateway puts no client's text into the JSON of attributes; they are resolved once."""
    given = carrying(**{f"{name}_from": parameter})
    given["messageAttributes"].pop(name, None)
    given["attributes"][parameter] = 'auth0|"quoted\\'
    read = received(given)
    assert getattr(read, name) == 'auth0|"quoted\\'
    assert read.foreign == {}


def test_a_message_names_its_id_and_owner_before_it_refers_to_them() -> None:
    """A reference to anything but the two parameters that API Gateway fills is ignored."""
    given = carrying(command_id_from="MessageGroupId", owner_from="AWSTraceHeader")
    given["attributes"] |= {"MessageGroupId": "other", "AWSTraceHeader": TRACE}
    read = received(given)
    assert (read.command_id, read.owner) == ("c-1", "")


def test_a_record_without_attributes_is_still_a_message() -> None:
    """A message put into the queue by hand has no command id."""
    read = received(record("m-1", messageAttributes={}))
    assert (read.command_id, read.key) == (None, "m-1")


@pytest.mark.parametrize("how", ["dead-letter message", "copy"])
def test_attributes_of_others_travel_along(how: str) -> None:
    """Text, number and bytes; ten in all, of which ours come first."""
    given = carrying(traceparent="00-4bf9-00f0-01", tenant="acme", renewal="1 2 3")
    given["messageAttributes"] |= {
        "weight": {"stringValue": "7", "dataType": "Number.int"},
        "blob": {"binaryValue": "AAH/", "dataType": "Binary.png"},
        "nothing": {"stringListValues": [], "dataType": "String"},
        **{f"more{n}": {"stringValue": "x", "dataType": "String"} for n in range(9)},
    }
    sent: list[dict[str, Any]] = []

    class Client:
        send_message = staticmethod(lambda **call: sent.append(call))
        delete_message_batch = staticmethod(lambda **_: {})

    queue = SQSQueue(lambda: Client, "https://q", "https://dlq")
    read = received(given)
    if how == "copy":
        queue.copy(read, 1)
    else:
        queue.dead_letter(read)
    named = sent[0]["MessageAttributes"]
    assert len(named) == 10
    assert value(named, "command_id") == "c-1"
    assert ("copy_of" in named) == (how == "copy")
    assert (value(named, "traceparent"), value(named, "tenant")) == ("00-4bf9-00f0-01", "acme")
    assert named["weight"] == {"DataType": "Number.int", "StringValue": "7"}
    assert named["blob"] == {"DataType": "Binary.png", "BinaryValue": b"\x00\x01\xff"}


@pytest.mark.parametrize("fifo", ["", ".fifo"])
@pytest.mark.parametrize("given", [NAMED, message(group="g")], ids=["with all", "with none"])
@pytest.mark.parametrize("how", ["dead-letter message", "copy", "move"])
def test_what_is_sent_on_keeps_what_it_came_with(how: str, fifo: str, given: Message) -> None:
    """Its owner, its group, its name and its trace; a copy also says what it stands for."""
    sent: list[dict[str, Any]] = []

    class Client:
        send_message = staticmethod(lambda **call: sent.append(call))
        delete_message_batch = staticmethod(lambda **_: {})

    urls = {"slow": "https://slow"}
    queue = SQSQueue(lambda: Client, f"https://q{fifo}", f"https://dlq{fifo}", urls)
    if how == "copy":
        queue.copy(given, 239.5)
    elif how == "move":
        queue.move(given, "slow")
        assert sent[0]["QueueUrl"] == "https://slow"
    else:
        queue.dead_letter(replace(given, copy_of="m-0"))
    (call,) = sent
    named = call["MessageAttributes"]
    for name in ("owner", "correlation_id"):
        assert value(named, name) == getattr(given, name)
        assert (name in named) == bool(getattr(given, name))
    assert call["MessageGroupId"] == given.group
    assert call.get("MessageSystemAttributes") == traced(given.trace).get("MessageSystemAttributes")
    if how in {"copy", "move"}:
        # Moved after its command's failure, it must not look like a redrive.
        assert value(named, "copy_of") == f"m-1 {int(NOW.timestamp() * 1000)}"
        assert call.get("DelaySeconds") == (240 if how == "copy" else None)
    else:
        assert "copy_of" not in named
        assert ("MessageDeduplicationId" in call) == bool(fifo)
