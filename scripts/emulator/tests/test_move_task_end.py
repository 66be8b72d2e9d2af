"""Where a message move task ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.polling import eventually

if TYPE_CHECKING:
    from tests.aws import Aws


def test_a_task_does_not_wait_for_more_messages(aws: Aws) -> None:
    """It ends with the queue empty, however long the queue's own receivers like to wait."""
    patient = aws.queue(ReceiveMessageWaitTimeSeconds="20")
    policy = json.dumps({"deadLetterTargetArn": patient.arn, "maxReceiveCount": 1})
    aws.queue(RedrivePolicy=policy)
    destination = aws.queue()
    sqs = aws.client("sqs")
    sqs.send_message(QueueUrl=patient.url, MessageBody="{}")
    sqs.start_message_move_task(SourceArn=patient.arn, DestinationArn=destination.arn)

    def look() -> object:
        [entry] = sqs.list_message_move_tasks(SourceArn=patient.arn)["Results"]
        return entry["Status"] == "COMPLETED" and entry["ApproximateNumberOfMessagesMoved"] == 1

    assert eventually(look, seconds=10)
