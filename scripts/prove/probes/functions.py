"""Lambda: event source mappings and what they do with a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.prove.assumption import assumed, expect
from scripts.prove.lambdas import TIMEOUT_SECONDS, function, function_role, mapped, unmap
from scripts.prove.scene import PROPAGATION_SECONDS

if TYPE_CHECKING:
    from scripts.prove.scene import Scene

_GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"
_API = "https://docs.aws.amazon.com/lambda/latest/api"
_CODE = """\
def handler(event, context):
    records = event["Records"]
    bad = [one["messageId"] for one in records if one["body"] == "bad"]
    bad += ["unknown" for one in records if one["body"] == "unknown"]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in bad]}
"""
_REPORTS = ["ReportBatchItemFailures"]


def _function(scene: Scene) -> str:
    """The name of a function that reports messages with the body `bad` as failed."""
    consume = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    own = f"{scene.queue_arn(scene.queue()).rpartition('-')[0]}-*"
    return function(scene, function_role(scene, consume, own)[1], _CODE)[0]


def _mapping(scene: Scene, queue: str, **settings: object) -> dict[str, object]:
    """A mapping of a queue to the function."""
    here = {"EventSourceArn": scene.queue_arn(queue), "FunctionName": scene.shared(_function)}
    return {**here, **settings}


def _refused(scene: Scene, queue: str, **settings: object) -> str:
    """AWS's words for refusing such a mapping."""
    create = scene.client("lambda").create_event_source_mapping
    mapping = _mapping(scene, queue, **settings)
    return scene.temporary.make(
        f"the event source mapping of {queue}",
        lambda: scene.refusal(create, **mapping),
        lambda: unmap(scene, mapping),
    )


def _expect_left(
    scene: Scene, bodies: tuple[str, ...], left: int, settings: dict[str, object]
) -> str:
    """Expect so many of these messages in the queue, in flight or not, once the function ran."""
    sqs, queue = scene.client("sqs"), scene.queue(VisibilityTimeout="30")
    for body in bodies:
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def depth() -> int:
        asked = {"QueueUrl": queue, "AttributeNames": names}
        return sum(map(int, sqs.get_queue_attributes(**asked)["Attributes"].values()))

    scene.ready(lambda: depth() == len(bodies), "the messages are counted")
    mapped(scene, **_mapping(scene, queue, **settings))
    scene.until(lambda: depth() == left, f"{left} left", PROPAGATION_SECONDS)
    # The counts are approximate; and deleting takes its time.
    scene.pause(0 if scene.local else PROPAGATION_SECONDS)
    seen = f"{depth()} of {len(bodies)} messages left"
    expect(depth() == left, seen)
    return seen


@assumed(
    f"{_GUIDE}/services-sqs-errorhandling.html",
    means="One failure returns its whole batch, and finished commands are looked at again.",
    plan_b="worker_batch_size = 1.",
)
def reported_failure_returns_alone(scene: Scene) -> str:
    """With ReportBatchItemFailures, reported messages return and the others are deleted."""
    return _expect_left(scene, ("good", "bad", "good"), 1, {"FunctionResponseTypes": _REPORTS})


@assumed(
    f"{_GUIDE}/services-sqs-errorhandling.html",
    means="The setting would be needless.",
    plan_b="None needed: module `worker` always sets it.",
)
def unasked_report_counts_as_success(scene: Scene) -> str:
    """Without ReportBatchItemFailures, a returned list of failures deletes all messages."""
    return _expect_left(scene, ("good", "bad", "good"), 0, {})


@assumed(
    f"{_API}/API_CreateEventSourceMapping.html",
    means="A batch can be delivered twice while it still runs.",
    plan_b="None needed: the visibility timeout is six times worker_timeout.",
)
def timeout_beyond_visibility_is_refused(scene: Scene) -> str:
    """A mapping is refused where the function's timeout exceeds the visibility timeout."""
    return _refused(scene, scene.queue(VisibilityTimeout=str(TIMEOUT_SECONDS - 1)))


@assumed(
    f"{_API}/API_CreateEventSourceMapping.html",
    means="worker_batching_window_seconds could be 0 for large batches.",
    plan_b="None needed.",
)
def large_batch_needs_a_window(scene: Scene) -> str:
    """A batch of more than ten without a batching window is refused."""
    return _refused(scene, scene.queue(), BatchSize=11)


@assumed(
    f"{_API}/API_CreateEventSourceMapping.html",
    means="FIFO queues could have batching windows.",
    plan_b="None needed.",
)
def fifo_has_no_window(scene: Scene) -> str:
    """A batching window on a FIFO queue is refused."""
    return _refused(scene, scene.queue(fifo=True), MaximumBatchingWindowInSeconds=5)


@assumed(
    f"{_GUIDE}/services-sqs-errorhandling.html",
    means="A bug in the worker's answer would cost nothing.",
    plan_b="None needed: the worker reports ids of the batch only.",
    unanswered="Ignores the unknown id and deletes the message.",
)
def unknown_failure_returns_all(scene: Scene) -> str:
    """An unknown id in batchItemFailures returns the whole batch."""
    return _expect_left(scene, ("unknown",), 1, {"FunctionResponseTypes": _REPORTS})
