"""What SQS refuses to do with a receipt handle."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.polling import eventually

if TYPE_CHECKING:
    from tests.aws import Aws, Queue

LIMIT = 43_200
BEYOND = "Total VisibilityTimeout for the message is beyond the limit"


def received(aws: Aws, queue: Queue, **options: Any) -> str:
    """A new message's receipt handle."""
    group = {"MessageGroupId": "g"} if queue.url.endswith(".fifo") else {}
    aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody="x", **group)
    [message] = aws.client("sqs").receive_message(QueueUrl=queue.url, **options)["Messages"]
    handle: str = message["ReceiptHandle"]
    return handle


def hide(aws: Aws, queue: Queue, handle: str, seconds: int) -> None:
    """ChangeMessageVisibility."""
    aws.client("sqs").change_message_visibility(
        QueueUrl=queue.url, ReceiptHandle=handle, VisibilityTimeout=seconds
    )


def test_twelve_hours_are_counted_from_the_receive(aws: Aws) -> None:
    """Twelve more hours are always too many; what is left of them is not."""
    queue = aws.queue()
    handle = received(aws, queue)
    with pytest.raises(ClientError, match=BEYOND) as refusal:
        hide(aws, queue, handle, LIMIT)
    assert refusal.value.response["Error"]["Code"] == "InvalidParameterValue"
    hide(aws, queue, handle, LIMIT - 2)
    time.sleep(2.1)
    with pytest.raises(ClientError, match=BEYOND):
        hide(aws, queue, handle, LIMIT - 2)
    with pytest.raises(ClientError, match="Must be between 0 and 43200"):
        hide(aws, queue, handle, LIMIT + 1)


def test_the_count_begins_anew_with_the_next_receive(aws: Aws) -> None:
    """The message may be hidden for as long again."""
    queue = aws.queue()
    hide(aws, queue, received(aws, queue), 0)
    [message] = aws.client("sqs").receive_message(QueueUrl=queue.url)["Messages"]
    hide(aws, queue, message["ReceiptHandle"], LIMIT - 1)


def test_a_batch_is_judged_entry_by_entry(aws: Aws) -> None:
    """What is refused stays as it was, and the rest is done."""
    queue = aws.queue()
    asked = {"long": LIMIT, "short": 0}
    entries = [
        {"Id": name, "ReceiptHandle": received(aws, queue), "VisibilityTimeout": seconds}
        for name, seconds in asked.items()
    ]
    answer = aws.client("sqs").change_message_visibility_batch(QueueUrl=queue.url, Entries=entries)
    assert [one["Id"] for one in answer["Successful"]] == ["short"]
    [failure] = answer["Failed"]
    assert (failure["Id"], failure["Code"]) == ("long", "InvalidParameterValue")
    assert BEYOND in failure["Message"]
    assert aws.depth(queue) == 1
    hide(aws, queue, str(entries[0]["ReceiptHandle"]), 0)  # its handle still works
    assert aws.depth(queue) == 2


def test_a_message_that_is_visible_again_cannot_be_hidden(aws: Aws) -> None:
    """Its timeout has ended, so there is none to change; deleting it still works."""
    queue = aws.queue()
    handle = received(aws, queue, VisibilityTimeout=0)
    with pytest.raises(ClientError, match="not available for visibility timeout change"):
        hide(aws, queue, handle, 10)
    assert aws.depth(queue) == 1
    aws.client("sqs").delete_message(QueueUrl=queue.url, ReceiptHandle=handle)
    assert aws.depth(queue) == 0


def test_a_handle_of_a_fifo_queue_expires(aws: Aws) -> None:
    """With its timeout, for deleting and hiding, one by one and in a batch."""
    queue = aws.queue(FifoQueue="true", ContentBasedDeduplication="true")
    handle, sqs = received(aws, queue, VisibilityTimeout=0), aws.client("sqs")
    expired = "The receipt handle has expired"
    with pytest.raises(ClientError, match=expired):
        sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=handle)
    with pytest.raises(ClientError, match=expired):
        hide(aws, queue, handle, 10)
    [failure] = sqs.delete_message_batch(
        QueueUrl=queue.url, Entries=[{"Id": "1", "ReceiptHandle": handle}]
    )["Failed"]
    assert expired in failure["Message"]
    assert aws.depth(queue) == 1


def test_a_function_cannot_hide_its_message_for_twelve_hours(aws: Aws) -> None:
    """The count begins when the event source mapping received it."""
    queue = aws.queue(VisibilityTimeout="60")
    needed = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility"]
    actions = [f"sqs:{name}" for name in needed]
    role = aws.role(
        "lambda.amazonaws.com", {"Effect": "Allow", "Action": actions, "Resource": queue.arn}
    )
    code = (
        "import boto3, time\n"
        "def handler(event, context):\n"
        "    time.sleep(1.5)\n"
        "    handle = event['Records'][0]['receiptHandle']\n"
        "    for seconds in (43199, 43190):\n"
        "        try:\n"
        "            boto3.client('sqs').change_message_visibility(\n"
        f"                QueueUrl='{queue.url}', ReceiptHandle=handle,\n"
        "                VisibilityTimeout=seconds)\n"
        "            print('hidden', seconds)\n"
        "        except Exception as error:\n"
        "            print('refused', seconds, error)\n"
    )
    name = aws.function(code, timeout=10, role=role)
    aws.client("lambda").create_event_source_mapping(
        FunctionName=name, EventSourceArn=queue.arn, BatchSize=1
    )
    aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody=json.dumps({}))

    def said() -> str:
        return "".join(aws.log_lines(f"/aws/lambda/{name}"))

    eventually(lambda: "hidden 43190" in said())
    assert "refused 43199" in said()
    assert BEYOND in said()


def test_a_caller_without_the_permission_learns_nothing(aws: Aws) -> None:
    """Access is judged before the handle."""
    queue = aws.queue()
    handle = received(aws, queue)
    arn = aws.role("lambda.amazonaws.com")
    session = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="it")["Credentials"]
    stranger = aws.session(
        session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]
    ).client("sqs", endpoint_url=aws.emulator.endpoint)
    with pytest.raises(ClientError, match="AccessDenied"):
        stranger.change_message_visibility(
            QueueUrl=queue.url, ReceiptHandle=handle, VisibilityTimeout=LIMIT
        )
