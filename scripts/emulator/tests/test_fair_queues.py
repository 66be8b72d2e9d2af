"""Message groups on standard queues, and what SQS refuses in them."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.polling import eventually

if TYPE_CHECKING:
    from tests.aws import Aws, Queue

ALLOWED = string.ascii_letters + string.digits + string.punctuation


def entry(identity: str, **more: Any) -> dict[str, Any]:
    """A message of a batch."""
    return {"Id": identity, "MessageBody": identity, **more}


def send_batch(aws: Aws, queue: Queue, *entries: dict[str, Any]) -> dict[str, Any]:
    """Send the batch; SQS's answer."""
    answer: dict[str, Any] = aws.client("sqs").send_message_batch(
        QueueUrl=queue.url, Entries=list(entries)
    )
    return answer


def receive_all(aws: Aws, queue: Queue, count: int) -> dict[str, str]:
    """The groups of the waiting messages by their bodies; none is deleted."""
    messages = aws.client("sqs").receive_message(
        QueueUrl=queue.url, MaxNumberOfMessages=count, AttributeNames=["All"], WaitTimeSeconds=5
    )["Messages"]
    return {one["Body"]: one["Attributes"]["MessageGroupId"] for one in messages}


def test_a_group_orders_nothing_on_a_standard_queue(aws: Aws) -> None:
    """All messages of a group are in flight at once; a FIFO queue would give one."""
    queue = aws.queue()
    aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody="a", MessageGroupId="ann")
    send_batch(aws, queue, entry("b", MessageGroupId="ann"), entry("c", MessageGroupId="bob"))

    assert receive_all(aws, queue, 10) == {"a": "ann", "b": "ann", "c": "bob"}
    answer = aws.client("sqs").get_queue_attributes(QueueUrl=queue.url, AttributeNames=["All"])
    assert "FifoQueue" not in answer["Attributes"]


def test_a_function_sees_the_group(aws: Aws) -> None:
    """The event source mapping hands it on."""
    queue = aws.queue()
    actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    role = aws.role(
        "lambda.amazonaws.com", {"Effect": "Allow", "Action": actions, "Resource": queue.arn}
    )
    code = (
        "def handler(event, context):\n"
        "    print('group', event['Records'][0]['attributes']['MessageGroupId'])\n"
    )
    function = aws.function(code, role=role)
    aws.client("lambda").create_event_source_mapping(
        FunctionName=function, EventSourceArn=queue.arn
    )
    aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody="a", MessageGroupId="ann")

    eventually(lambda: "group ann" in "".join(aws.log_lines(f"/aws/lambda/{function}")))


def test_every_printable_character_is_allowed(aws: Aws) -> None:
    """Letters, digits and punctuation, 1 to 128 of them."""
    queue = aws.queue()
    sqs = aws.client("sqs")
    for group in (ALLOWED[:47], ALLOWED[47:], "x" * 128, "x"):
        sqs.send_message(QueueUrl=queue.url, MessageBody="a", MessageGroupId=group)

    assert aws.depth(queue) == 4


@pytest.mark.parametrize("group", ["", " ", "a b", "ä", "a\n", "x" * 129])
@pytest.mark.parametrize("fifo", [False, True])
def test_other_groups_are_refused(aws: Aws, group: str, fifo: bool) -> None:  # noqa: FBT001
    """On both kinds of queues."""
    queue = aws.queue(FifoQueue="true") if fifo else aws.queue()
    more = {"MessageDeduplicationId": "one"} if fifo else {}

    with pytest.raises(ClientError, match="MessageGroupId can only include alphanumeric"):
        aws.client("sqs").send_message(
            QueueUrl=queue.url, MessageBody="a", MessageGroupId=group, **more
        )
    assert aws.depth(queue) == 0


def test_a_standard_queue_takes_no_deduplication_id(aws: Aws) -> None:
    """It would promise what such a queue does not do."""
    with pytest.raises(ClientError, match="not valid for this queue type"):
        aws.client("sqs").send_message(
            QueueUrl=aws.queue().url,
            MessageBody="a",
            MessageGroupId="ann",
            MessageDeduplicationId="one",
        )


def test_a_bad_message_of_a_batch_is_named(aws: Aws) -> None:
    """It is the sender's fault; the others can be sent again."""
    queue = aws.queue()
    empty = {"a": {"DataType": "String", "StringValue": ""}}

    answer = send_batch(
        aws,
        queue,
        entry("good", MessageGroupId="ann"),
        entry("group", MessageGroupId="a b"),
        entry("attribute", MessageAttributes=empty),
    )

    assert answer["Successful"] == []
    faults = {failed["Id"]: failed["SenderFault"] for failed in answer["Failed"]}
    assert faults == {"good": False, "group": True, "attribute": True}
    assert aws.depth(queue) == 0
    assert send_batch(aws, queue, entry("good"))["Successful"][0]["Id"] == "good"


def test_attributes_count_towards_the_size_of_a_batch(aws: Aws) -> None:
    """1 MiB for all messages together."""
    queue = aws.queue()
    large = {"a": {"DataType": "String", "StringValue": "x" * 1024}}
    room = 1024 * 1024 - 2 * (1024 + len("aString"))

    def attempt(total: int) -> dict[str, Any]:
        half = "x" * (total // 2)
        entries = [
            {"Id": one, "MessageBody": half, "MessageAttributes": large} for one in ("1", "2")
        ]
        return send_batch(aws, queue, *entries)

    assert len(attempt(room)["Successful"]) == 2
    with pytest.raises(ClientError, match="BatchRequestTooLong"):
        attempt(room + 2)
