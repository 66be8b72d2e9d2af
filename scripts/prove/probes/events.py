"""The table's stream and EventBridge: how other systems hear of commands that end."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from scripts.prove.assumption import assumed, expect
from scripts.prove.lambdas import function, function_role
from scripts.prove.scene import PROPAGATION_SECONDS
from scripts.prove.spread import p99, spread
from scripts.prove.streams import READ, SENDS, mapped_stream, put, stream_table

if TYPE_CHECKING:
    from scripts.prove.scene import Scene

_GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"
_STREAMS = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html"
_EVENTS = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html"
_REPORTS_BAD = """\
def handler(event, context):
    changes = [one["dynamodb"] for one in event["Records"]]
    bad = [one["SequenceNumber"] for one in changes if one["Keys"]["id"]["S"] == "bad"]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in bad]}
"""
# The filter of the notifier.
_ENDED = {"dynamodb": {"NewImage": {"status": {"S": ["ended"]}}}}
# On the local stack and on AWS.
_CHANGES = {True: 10, False: 100}
_SOON_SECONDS = {True: PROPAGATION_SECONDS, False: 5.0}


@assumed(
    _STREAMS,
    means="The notifier cannot tell an ending from a later write of the same command.",
    plan_b="notifications = {}: clients poll.",
)
def stream_shows_both_images(scene: Scene) -> str:
    """A change shows the item before and after it, within seconds."""
    table, stream = stream_table(scene)
    for status in ("open", "ended"):
        put(scene, table, "one", status)
    written, client = time.monotonic(), scene.client("dynamodbstreams")

    def changes() -> list[dict[str, Any]]:
        shards = client.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
        found: list[dict[str, Any]] = []
        for shard in shards:
            iterator = client.get_shard_iterator(
                StreamArn=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            found += client.get_records(ShardIterator=iterator)["Records"]
        return [one["dynamodb"] for one in found if one["eventName"] == "MODIFY"]

    (change, *_) = scene.until(changes, "the change is in the stream")
    images = [change.get(name, {}).get("status") for name in ("OldImage", "NewImage")]
    expect(images == [{"S": "open"}, {"S": "ended"}], f"{images}")
    return f"both, {time.monotonic() - written:.1f} s after the write"


@assumed(
    f"{_GUIDE}/services-ddb-batchfailurereporting.html",
    means="One change that cannot be told takes others with it, or is gone without a trace.",
    plan_b="A batch_size of 1 for the mapping in modules/notifications.",
)
def given_up_change_is_kept_alone(scene: Scene) -> str:
    """A filtered mapping sends what is reported until its retries end to the on-failure queue."""
    table, stream = stream_table(scene)
    queue = scene.queue()
    _, role = function_role(scene, [*READ, "sqs:SendMessage"])
    mapped_stream(
        scene,
        stream,
        function(scene, role, _REPORTS_BAD)[0],
        _ENDED,
        BatchSize=10,
        MaximumBatchingWindowInSeconds=1,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": scene.queue_arn(queue)}},
    )
    for key, status in (("open", "open"), ("good", "ended"), ("bad", "ended")):
        put(scene, table, key, status)

    kept = scene.until(
        lambda: scene.received(queue), "a message in the on-failure queue", PROPAGATION_SECONDS
    )
    sizes = [json.loads(one["Body"])["DDBStreamBatchInfo"]["batchSize"] for one in kept]
    expect(sizes == [1], f"batches of {sizes}")
    return "one change, alone"


@assumed(
    f"{_GUIDE}/with-ddb.html",
    means="Watchers and receivers of webhooks hear of a change later than the pages say.",
    plan_b="None needed: nothing is lost, and GET /commands/{id} is not delayed.",
    local="Shows that it does; its times are those of this machine.",
)
def change_reaches_a_function_soon(scene: Scene) -> str:
    """A change of an item reaches a function within five seconds, at the 99th percentile."""
    table, stream = stream_table(scene)
    queue = scene.queue()
    _, role = function_role(scene, [*READ, "sqs:SendMessage"])
    sender, _ = function(scene, role, SENDS.format(queue=queue), timeout_seconds=15)
    mapped_stream(scene, stream, sender, _ENDED, BatchSize=10)

    def heard(key: str) -> float:
        written = time.monotonic()
        put(scene, table, key, "ended")
        scene.until(
            lambda: key in {one["Body"] for one in scene.received(queue)},
            f"change {key} reached the function",
            PROPAGATION_SECONDS,
        )
        return time.monotonic() - written

    # The mapping and a container of the function start with the first.
    heard("first")
    seconds = [heard(str(number)) for number in range(_CHANGES[scene.local])]
    expect(p99(seconds) < _SOON_SECONDS[scene.local], spread(seconds))
    return f"{spread(seconds)}, a queue's way back included"


def _bus(scene: Scene) -> str:
    """A bus of the probes' own."""
    events, name = scene.client("events"), scene.run.name()
    scene.temporary.make(
        name,
        lambda: events.create_event_bus(Name=name, Tags=scene.listed_tags),
        lambda: events.delete_event_bus(Name=name),
    )
    return name


def _events(scene: Scene, bus: str, *details: str) -> list[dict[str, str]]:
    """The answers to events with these details, entry by entry."""
    entries = [
        {"EventBusName": bus, "Source": "prove", "DetailType": "Prove", "Detail": detail}
        for detail in details
    ]
    answer: list[dict[str, str]] = scene.client("events").put_events(Entries=entries)["Entries"]
    return answer


@assumed(
    _EVENTS,
    means="One event that is refused repeats nine others.",
    plan_b="None needed: consumers drop repetitions by id.",
)
def refused_event_is_refused_alone(scene: Scene) -> str:
    """PutEvents takes or refuses each entry for itself, and names the reason."""
    codes = [one.get("ErrorCode") for one in _events(scene, scene.shared(_bus), "{}", "no", "{}")]
    expect(codes == [None, "MalformedDetail", None], f"{codes}")
    return "MalformedDetail for one of three"


@assumed(
    _EVENTS,
    means="A bus that is gone is noticed: the notifier tries again, and an alarm rings.",
    plan_b="None needed: that would be better than what docs/events.md warns of.",
)
def missing_bus_takes_events(scene: Scene) -> str:
    """PutEvents to a bus that does not exist answers with success."""
    (answer,) = _events(scene, scene.run.name(), "{}")
    expect("EventId" in answer, f"{answer.get('ErrorCode')}")
    return "an EventId"
