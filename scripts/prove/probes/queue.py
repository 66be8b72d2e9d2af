"""Queues: visibility, delays, limits, attributes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from scripts.prove.assumption import assumed, expect

if TYPE_CHECKING:
    from scripts.prove.scene import Scene

_API = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference"
_GUIDE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide"
_TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793"
_ATTRIBUTES = {"command_id": {"DataType": "String", "StringValue": "c-1"}}
# SQS counts whole seconds.
_ROUNDING_SECONDS = 1.0


def _expect_waited(began: float, seconds: float) -> None:
    waited = time.monotonic() - began
    expect(waited > seconds - _ROUNDING_SECONDS, f"visible after {waited:.1f} s")


@assumed(
    f"{_API}/API_ChangeMessageVisibility.html",
    means="The longest pause of a message could be a little longer than it is.",
    plan_b="None needed: delays stay below the limit in either case.",
)
def visibility_counts_from_receive(scene: Scene) -> str:
    """SQS counts the 12 hours of visibility from the receive: 43,200 s is refused later."""
    sqs, url = scene.client("sqs"), scene.queue()
    sqs.send_message(QueueUrl=url, MessageBody="x")
    (message,) = scene.until(lambda: scene.received(url), "the message")
    named = {"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]}
    scene.pause(1.1)
    sqs.change_message_visibility(**named, VisibilityTimeout=43_100)
    return scene.refusal(sqs.change_message_visibility, **named, VisibilityTimeout=43_200)


@assumed(
    f"{_API}/API_ChangeMessageVisibility.html",
    means="A retry's backoff does not delay the next attempt.",
    plan_b="worker_timeout: the queue's visibility timeout of six times this is then the delay.",
)
def visibility_delays_a_retry(scene: Scene) -> str:
    """A message whose visibility is changed returns after that time, as often received."""
    sqs, url = scene.client("sqs"), scene.queue(VisibilityTimeout="600")
    sqs.send_message(QueueUrl=url, MessageBody="x")
    (message,) = scene.until(lambda: scene.received(url), "the message")
    began = time.monotonic()
    sqs.change_message_visibility(
        QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=2
    )
    (message,) = scene.until(lambda: scene.received(url), "the message came back")
    _expect_waited(began, 2)
    count = message["Attributes"]["ApproximateReceiveCount"]
    expect(count == "2", f"ApproximateReceiveCount {count}")
    return "back after 2 s, receive count 2"


@assumed(
    f"{_API}/API_SendMessage.html",
    means="A copy of a paused command can wait longer, or must wait less, before it is looked at.",
    plan_b="worker.paused_types: pause with `scripts.worker pause`, which stops all types.",
)
def delay_is_900_seconds_at_most(scene: Scene) -> str:
    """SendMessage delays a message by up to 900 s and refuses more."""
    sqs, url = scene.client("sqs"), scene.queue()
    sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=900)
    return scene.refusal(sqs.send_message, QueueUrl=url, MessageBody="x", DelaySeconds=901)


@assumed(
    f"{_API}/API_SendMessage.html",
    means="Copies of paused commands return at once, and the worker spins on them.",
    plan_b="worker.paused_types: leave it empty; pause the whole worker instead.",
)
def delayed_message_waits(scene: Scene) -> str:
    """A message that is sent with a delay cannot be received before it has passed."""
    sqs, url = scene.client("sqs"), scene.queue()
    began = time.monotonic()
    sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=2)
    scene.until(lambda: scene.received(url), "the message became visible")
    _expect_waited(began, 2)
    return "visible after 2 s"


@assumed(
    f"{_API}/API_SendMessage.html",
    means="Paused types could work on FIFO queues, too.",
    plan_b="None needed: commands.fifo refuses paused types.",
)
def fifo_refuses_a_message_delay(scene: Scene) -> str:
    """A FIFO queue refuses a delay of a single message."""
    group = {"MessageGroupId": "g", "MessageDeduplicationId": "d"}
    return scene.refusal(
        scene.client("sqs").send_message,
        **{"QueueUrl": scene.queue(fifo=True), "MessageBody": "x", "DelaySeconds": 5, **group},
    )


@assumed(
    f"{_GUIDE}/FIFO-queues-understanding-logic.html",
    means="Commands of a group can overtake each other.",
    plan_b='api.submission = "validated" with one command per group in flight, by your client.',
)
def fifo_group_waits_for_its_first(scene: Scene) -> str:
    """A group's next message is delivered only after the one in flight is deleted."""
    sqs, url = scene.client("sqs"), scene.queue(fifo=True)
    for body in ("1", "2"):
        sqs.send_message(
            QueueUrl=url, MessageBody=body, MessageGroupId="g", MessageDeduplicationId=body
        )
    one = {"MaxNumberOfMessages": 1}
    (first,) = scene.until(lambda: scene.received(url, **one), "the first message")
    expect(first["Body"] == "1", f"first came {first['Body']}")
    expect(not scene.received(url, **one), "the second came while the first was in flight")
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    (second,) = scene.until(lambda: scene.received(url, **one), "the second message")
    return f"1, and then {second['Body']}"


@assumed(
    f"{_GUIDE}/using-messagededuplicationid-property.html",
    means="A client's repeated PUT on a FIFO queue runs twice, unless the record shows the first.",
    plan_b='api.submission = "validated": the table knows repetitions.',
)
def fifo_drops_a_repetition(scene: Scene) -> str:
    """A second message with the same deduplication id is accepted and not delivered."""
    sqs, url = scene.client("sqs"), scene.queue(fifo=True)
    for body, repeated in (("1", "a"), ("2", "a"), ("3", "b")):
        sqs.send_message(
            QueueUrl=url, MessageBody=body, MessageGroupId=body, MessageDeduplicationId=repeated
        )
    bodies: set[str] = set()

    def third() -> bool:
        bodies.update(one["Body"] for one in scene.received(url))
        return "3" in bodies

    scene.until(third, "the third message")
    bodies.update(one["Body"] for one in scene.received(url))
    expect(bodies == {"1", "3"}, f"delivered: {sorted(bodies)}")
    return "accepted three, delivered two"


@assumed(
    f"{_API}/API_SendMessage.html",
    means="Empty commands reach the worker, which fails them as malformed.",
    plan_b="None needed: the worker refuses what is no JSON.",
)
def empty_message_is_refused(scene: Scene) -> str:
    """SQS refuses a message without a body."""
    return scene.refusal(scene.client("sqs").send_message, QueueUrl=scene.queue(), MessageBody="")


@assumed(
    f"{_GUIDE}/sqs-message-metadata.html",
    means="A message without an id enters the queue and is known by its messageId.",
    plan_b='api.submission = "validated": the submit function always sends an id.',
)
def empty_attribute_is_refused(scene: Scene) -> str:
    """SQS refuses a message attribute whose value is empty."""
    empty = {"command_id": {"DataType": "String", "StringValue": ""}}
    return scene.refusal(
        scene.client("sqs").send_message,
        QueueUrl=scene.queue(),
        MessageBody="x",
        MessageAttributes=empty,
    )


@assumed(
    f"{_GUIDE}/quotas-messages.html",
    means="Larger commands are accepted, and the limits of the documentation are too low.",
    plan_b='None needed. To refuse them: api.submission = "validated".',
)
def message_size_is_bounded(scene: Scene) -> str:
    """A queue refuses a message larger than its maximum, attributes included."""
    sqs, url = scene.client("sqs"), scene.queue(MaximumMessageSize="262144")
    sqs.send_message(QueueUrl=url, MessageBody="x" * 262_144)
    return scene.refusal(
        sqs.send_message,
        QueueUrl=url,
        MessageBody="x" * 262_144,
        MessageAttributes=_ATTRIBUTES,
    )


@assumed(
    f"{_GUIDE}/sqs-message-metadata.html",
    means="The worker's traces do not continue those of the API.",
    plan_b="monitoring = { tracing = false }, or follow the correlation id in the logs.",
)
def trace_header_arrives(scene: Scene) -> str:
    """AWSTraceHeader arrives with the message and is not one of its own attributes."""
    sqs, url = scene.client("sqs"), scene.queue()
    sqs.send_message(
        QueueUrl=url,
        MessageBody="x",
        MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": _TRACE}},
    )
    (message,) = scene.until(lambda: scene.received(url), "the message")
    seen = message["Attributes"].get("AWSTraceHeader")
    expect(seen == _TRACE, f"AWSTraceHeader {seen}")
    return _TRACE


@assumed(
    f"{_GUIDE}/sqs-fair-queues.html",
    means="Messages of one owner can delay those of all others.",
    plan_b="api.fair_queue = false.",
    local="Stores the group, and follows the documented rules of fair queues.",
)
def standard_queue_takes_a_group(scene: Scene) -> str:
    """A standard queue accepts MessageGroupId and returns it."""
    sqs, url = scene.client("sqs"), scene.queue()
    sqs.send_message(QueueUrl=url, MessageBody="x", MessageGroupId="owner-1")
    (message,) = scene.until(lambda: scene.received(url), "the message")
    seen = message["Attributes"].get("MessageGroupId")
    expect(seen == "owner-1", f"MessageGroupId {seen}")
    return "MessageGroupId owner-1"


@assumed(
    f"{_API}/API_DeleteMessage.html",
    means="The worker logs an error for a message that was delivered twice.",
    plan_b="None needed: the record says that the command has ended.",
    unanswered="Refuses an outdated receipt handle.",
)
def outdated_handle_is_no_error(scene: Scene) -> str:
    """Deleting by the receipt handle of an earlier receive succeeds on a standard queue."""
    sqs, url = scene.client("sqs"), scene.queue(VisibilityTimeout="1")
    sqs.send_message(QueueUrl=url, MessageBody="x")
    (first,) = scene.until(lambda: scene.received(url), "the message")
    scene.until(lambda: scene.received(url), "the message came back")
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    return "accepted"


@assumed(
    f"{_API}/API_SendMessageBatch.html",
    means="One bad command of a batch sends its neighbours by the outbox relay, later.",
    plan_b="None needed: nothing is lost, and the ids tell repetitions.",
    unanswered="Refuses the whole batch.",
)
def bad_entry_fails_alone(scene: Scene) -> str:
    """SendMessageBatch reports a bad entry as failed and sends the others."""
    entries = [
        {"Id": "good", "MessageBody": "x"},
        {"Id": "bad", "MessageBody": "\x01"},
    ]
    answer = scene.client("sqs").send_message_batch(QueueUrl=scene.queue(), Entries=entries)
    failed = [one["Id"] for one in answer.get("Failed", [])]
    expect(failed == ["bad"], f"failed: {failed}")
    return "failed: bad; sent: good"
