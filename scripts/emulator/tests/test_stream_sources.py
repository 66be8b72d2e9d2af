"""DynamoDB streams as event sources: what a function gets, and what becomes of its failures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.polling import eventually

if TYPE_CHECKING:
    from tests.aws import Aws, Queue

READ = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
# Sends the ids of each batch to a queue, then does what the items say.
HANDLER = """
import json, os
import boto3

sqs = boto3.client("sqs", endpoint_url=os.environ["AWS_ENDPOINT_URL"])

def handler(event, context):
    records = event["Records"]
    images = [one["dynamodb"].get("NewImage", {}) for one in records]
    ids = [image.get("id", {}).get("S", "") for image in images]
    sqs.send_message(QueueUrl="SEEN", MessageBody=json.dumps(ids))
    assert records[0]["eventSource"] == "aws:dynamodb", records[0]
    assert ":table/" in records[0]["eventSourceARN"]
    if any("raise" in image for image in images):
        raise RuntimeError("as told")
    numbers = [one["dynamodb"]["SequenceNumber"] for one in records]
    failed = [n for n, image in zip(numbers, images) if "fail" in image]
    if any("garbage" in image for image in images):
        failed = ["no such number"]
    answer = {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}
    if "shardId" in event and not any("forget" in image for image in images):
        assert event["window"]["start"] < event["window"]["end"], event["window"]
        answer["state"] = event["state"]
    return answer
"""


@dataclass
class Stream:
    """A table with a stream, a function that reads it, and the queues of what it saw and lost."""

    aws: Aws
    table: str
    arn: str
    seen: Queue
    dlq: Queue

    def put(self, identity: str, **attributes: str) -> None:
        """Write an item."""
        item = {"id": identity, **attributes}
        self.aws.client("dynamodb").put_item(
            TableName=self.table, Item={name: {"S": value} for name, value in item.items()}
        )

    def role(self, *actions: str) -> str:
        """A role that may do this to the stream, and send to both queues."""
        return self.aws.role(
            "lambda.amazonaws.com",
            {"Effect": "Allow", "Action": list(actions), "Resource": self.arn},
            {"Effect": "Allow", "Action": "dynamodb:ListStreams", "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": "sqs:SendMessage",
                "Resource": [self.seen.arn, self.dlq.arn],
            },
        )

    def subscribe(self, role: str | None = None, **settings: Any) -> dict[str, Any]:
        """Create a function with a mapping; the mapping."""
        function = self.aws.function(
            HANDLER.replace("SEEN", self.seen.url), timeout=20, role=role or self.role(*READ)
        )
        created: dict[str, Any] = self.aws.client("lambda").create_event_source_mapping(
            FunctionName=function,
            EventSourceArn=self.arn,
            **{
                "StartingPosition": "TRIM_HORIZON",
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
                "DestinationConfig": {"OnFailure": {"Destination": self.dlq.arn}},
                **settings,
            },
        )
        return created

    def batches(self, number: int) -> list[list[str]]:
        """The ids of so many batches, as the function saw them."""
        found = eventually(lambda: self._received(self.seen, number), seconds=60)
        return [json.loads(body) for body in found]

    def lost(self) -> dict[str, Any]:
        """What was put aside."""
        [body] = eventually(lambda: self._received(self.dlq, 1), seconds=60)
        message: dict[str, Any] = json.loads(body)
        return message

    def _received(self, queue: Queue, number: int) -> list[str] | None:
        if self.aws.depth(queue) < number:
            return None
        return [self.aws.receive(queue)["Body"] for _ in range(number)]


@pytest.fixture
def stream(aws: Aws) -> Stream:
    """An empty table; each write of it is in the stream."""
    name = f"table-{uuid4().hex[:8]}"
    table = aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]
    return Stream(aws, name, table["LatestStreamArn"], aws.queue(), aws.queue())


def test_records_arrive_in_order_and_filtered(stream: Stream) -> None:
    """Those that no pattern matches cost no invocation."""
    pattern = json.dumps({"dynamodb": {"NewImage": {"status": {"S": ["ended"]}}}})
    stream.subscribe(BatchSize=1, FilterCriteria={"Filters": [{"Pattern": pattern}]})
    for number in range(3):
        stream.put(f"open-{number}", status="open")
        stream.put(f"ended-{number}", status="ended")

    assert stream.batches(3) == [["ended-0"], ["ended-1"], ["ended-2"]]
    assert stream.aws.depth(stream.seen) == 0


def test_what_a_function_reports_as_failed_comes_again_and_is_put_aside(stream: Stream) -> None:
    """From the first failure on; what lies before it is done."""
    stream.put("a")
    stream.put("b", fail="always")
    stream.put("c")
    stream.subscribe(BatchSize=10, MaximumRetryAttempts=1)

    assert stream.batches(2) == [["a", "b", "c"], ["b", "c"]]
    lost = stream.lost()
    assert lost["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert lost["DDBStreamBatchInfo"]["batchSize"] == 2
    assert lost["DDBStreamBatchInfo"]["streamArn"] == stream.arn
    stream.put("d")
    assert stream.batches(1) == [["d"]]


def test_halving_leaves_only_the_culprit_behind(stream: Stream) -> None:
    """Its neighbours are delivered, and the stream goes on."""
    for identity in ("a", "b"):
        stream.put(identity)
    stream.put("c", **{"raise": "always"})
    stream.put("d")
    stream.subscribe(BatchSize=10, MaximumRetryAttempts=0, BisectBatchOnFunctionError=True)

    assert stream.batches(5) == [["a", "b", "c", "d"], ["a", "b"], ["c", "d"], ["c"], ["d"]]
    assert stream.lost()["DDBStreamBatchInfo"]["batchSize"] == 1


@pytest.mark.parametrize("failure", ["raise", "garbage"])
def test_a_batch_that_raises_or_answers_nonsense_comes_again_whole(
    stream: Stream, failure: str
) -> None:
    """An identifier that Lambda does not know fails the whole batch."""
    stream.put("a")
    stream.put("b", **{failure: "always"})
    stream.subscribe(BatchSize=10, MaximumRetryAttempts=2)

    assert stream.batches(3) == [["a", "b"]] * 3
    assert stream.lost()["requestContext"]["approximateInvokeCount"] == 3


def test_without_reports_an_answer_is_success(stream: Stream) -> None:
    """The list of failures is not read then."""
    stream.put("a", fail="always")
    stream.subscribe(FunctionResponseTypes=[])
    assert stream.batches(1) == [["a"]]
    stream.put("b")
    assert stream.batches(1) == [["b"]]


def test_a_window_gathers_records(stream: Stream) -> None:
    """Until the batch is full, or the window is over."""
    stream.subscribe(BatchSize=3, MaximumBatchingWindowInSeconds=60)
    for identity in ("a", "b", "c"):
        stream.put(identity)
    assert stream.batches(1) == [["a", "b", "c"]]


def test_a_tumbling_window_names_its_shard_and_asks_for_its_state(stream: Stream) -> None:
    """An answer without a state fails the batch; the setting is read back."""
    created = stream.subscribe(TumblingWindowInSeconds=60, MaximumRetryAttempts=1)
    assert created["TumblingWindowInSeconds"] == 60
    stream.put("a")
    assert stream.batches(1) == [["a"]]
    stream.put("b", forget="the state")
    assert stream.batches(2) == [["b"]] * 2
    assert stream.lost()["requestContext"]["condition"] == "RetryAttemptsExhausted"


def test_a_disabled_mapping_keeps_its_place(stream: Stream) -> None:
    """What was written meanwhile is delivered afterwards."""
    created = stream.subscribe(Enabled=False)
    client = stream.aws.client("lambda")
    stream.put("a")
    assert client.get_event_source_mapping(UUID=created["UUID"])["State"] == "Disabled"
    client.update_event_source_mapping(UUID=created["UUID"], Enabled=True)
    assert client.get_event_source_mapping(UUID=created["UUID"])["State"] == "Enabled"
    assert stream.batches(1) == [["a"]]
    client.delete_event_source_mapping(UUID=created["UUID"])
    stream.put("b")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_event_source_mapping(UUID=created["UUID"])


@pytest.mark.parametrize("missing", READ)
def test_a_role_that_may_not_read_the_stream_is_refused(stream: Stream, missing: str) -> None:
    """Lambda reads with the execution role."""
    role = stream.role(*(action for action in READ if action != missing))
    with pytest.raises(ClientError, match="Cannot access stream"):
        stream.subscribe(role)


def test_a_role_that_may_not_send_to_the_destination_is_refused(stream: Stream) -> None:
    """What is given up would be lost."""
    other = stream.aws.queue()
    with pytest.raises(ClientError, match="permissions to call SendMessage"):
        stream.subscribe(DestinationConfig={"OnFailure": {"Destination": other.arn}})


@pytest.mark.parametrize(
    "settings",
    [
        {"BatchSize": 10_001},
        {"MaximumRetryAttempts": 10_001},
        {"MaximumRecordAgeInSeconds": 59},
        {"ParallelizationFactor": 11},
        {"StartingPosition": "AT_TIMESTAMP"},
        {"FilterCriteria": {"Filters": [{"Pattern": "{"}]}},
        {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:1:x.fifo"}}},
    ],
)
def test_impossible_settings_are_refused(stream: Stream, settings: dict[str, Any]) -> None:
    """As the API reference bounds them."""
    with pytest.raises(ClientError, match="InvalidParameterValueException"):
        stream.subscribe(**settings)
