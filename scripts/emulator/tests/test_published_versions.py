"""Published versions and aliases: what a queue's messages are handed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.polling import eventually
from tests.test_functions import consumer, subscribe

if TYPE_CHECKING:
    from tests.aws import Aws, Queue

# A batch of version "slow" is in flight long enough to be overtaken.
COLOURED = """import os, time

def handler(event, context):
    for record in event['Records']:
        time.sleep(float(os.environ['SECONDS']))
        print(os.environ['COLOUR'], context.function_version, 'ran', record['body'])
"""


def publish(aws: Aws, function: str, **variables: str) -> str:
    """A new version of the function with these variables."""
    client = aws.client("lambda")
    client.update_function_configuration(
        FunctionName=function, Environment={"Variables": variables}
    )
    version: str = client.publish_version(FunctionName=function)["Version"]
    return version


def in_flight(aws: Aws, queue: Queue) -> bool:
    """Whether a message has been received and not been deleted."""
    name = "ApproximateNumberOfMessagesNotVisible"
    answer = aws.client("sqs").get_queue_attributes(QueueUrl=queue.url, AttributeNames=[name])
    return bool(answer["Attributes"][name] != "0")


def test_a_batch_runs_on_the_version_that_the_alias_named(aws: Aws) -> None:
    """Code and variables are the version's; a batch that runs ends on the one it began with."""
    queue = aws.queue(VisibilityTimeout="30")
    function = aws.function(COLOURED, timeout=5, role=consumer(aws, queue))
    client, sqs = aws.client("lambda"), aws.client("sqs")
    blue = publish(aws, function, COLOUR="blue", SECONDS="1")
    green = publish(aws, function, COLOUR="green", SECONDS="0")
    client.create_alias(FunctionName=function, Name="live", FunctionVersion=blue)
    mapping = subscribe(aws, f"{function}:live", queue)
    assert mapping["FunctionArn"].endswith(f":function:{function}:live")

    sqs.send_message(QueueUrl=queue.url, MessageBody="m-1")
    eventually(lambda: in_flight(aws, queue))
    client.update_alias(FunctionName=function, Name="live", FunctionVersion=green)
    sqs.send_message(QueueUrl=queue.url, MessageBody="m-2")

    group = f"/aws/lambda/{function}"
    wanted = {f"blue {blue} ran m-1", f"green {green} ran m-2"}
    eventually(lambda: wanted <= {line.strip() for line in aws.log_lines(group)})
    eventually(lambda: not in_flight(aws, queue) and not aws.depth(queue))
    ran = [line for line in aws.log_lines(group) if " ran m-" in line]
    assert len(ran) == 2, "nothing runs twice"


@pytest.mark.parametrize("operation", ["create_alias", "update_alias"])
def test_an_alias_of_an_unpublished_version_is_refused(aws: Aws, operation: str) -> None:
    """Nothing would run behind it."""
    function = aws.function(COLOURED)
    client = aws.client("lambda")
    if operation == "update_alias":
        published = client.publish_version(FunctionName=function)["Version"]
        client.create_alias(FunctionName=function, Name="live", FunctionVersion=published)

    with pytest.raises(ClientError, match=rf"Function not found: arn:.*:{function}:99"):
        getattr(client, operation)(FunctionName=function, Name="live", FunctionVersion="99")


def test_every_version_has_an_arn_of_its_own(aws: Aws) -> None:
    """The one that came with the function as well, which Terraform reads back."""
    function = aws.function(COLOURED, publish=True)
    publish(aws, function, COLOUR="green")

    versions = aws.client("lambda").list_versions_by_function(FunctionName=function)["Versions"]
    assert [one["FunctionArn"].rpartition(":")[2] for one in versions] == [function, "1", "2"]
