"""Events arrive where a policy lets them, and what is no event is refused by itself."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from tests.polling import eventually

if TYPE_CHECKING:
    from tests.aws import Aws, Queue

EVENT: dict[str, Any] = {"Source": "test", "DetailType": "It", "Detail": "{}"}
# Leaves a message that can be waited for.
CONSUMER = """
import boto3
def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl="{url}", MessageBody="called")
"""


def function(aws: Aws, heard: Queue) -> tuple[str, str]:
    """A function that says in a queue that it was called; its name and ARN."""
    send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": heard.arn}
    role = aws.role("lambda.amazonaws.com", send)
    name = aws.function(CONSUMER.replace("{url}", heard.url), role=role, timeout=10)
    found = aws.client("lambda").get_function(FunctionName=name)
    return name, found["Configuration"]["FunctionArn"]


def rule(aws: Aws, target: str) -> tuple[str, str]:
    """A rule for everything on a new bus, with one target; the bus and the rule's ARN."""
    events, bus = aws.client("events"), f"bus-{uuid4().hex[:8]}"
    events.create_event_bus(Name=bus)
    pattern = json.dumps({"source": ["test"]})
    arn: str = events.put_rule(Name="it", EventBusName=bus, EventPattern=pattern)["RuleArn"]
    events.put_targets(Rule="it", EventBusName=bus, Targets=[{"Id": "1", "Arn": target}])
    return bus, arn


def put(aws: Aws, bus: str) -> None:
    """Put one event."""
    aws.client("events").put_events(Entries=[{**EVENT, "EventBusName": bus}])


def permit(aws: Aws, name: str, service: str, source: str) -> None:
    """Let a service invoke a function for a source."""
    aws.client("lambda").add_permission(
        FunctionName=name,
        StatementId=f"s-{uuid4().hex[:8]}",
        Action="lambda:InvokeFunction",
        Principal=service,
        SourceArn=source,
    )


def allow(aws: Aws, queue: Queue, source: str) -> None:
    """Let EventBridge send to a queue for a rule."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue.arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": source}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.client("sqs").set_queue_attributes(QueueUrl=queue.url, Attributes={"Policy": policy})


def test_a_rule_reaches_a_queue_that_lets_it(aws: Aws) -> None:
    """Neither without a policy nor with that of another rule."""
    queue = aws.queue()
    bus, arn = rule(aws, queue.arn)

    put(aws, bus)
    allow(aws, queue, arn + "-other")
    put(aws, bus)
    assert aws.depth(queue) == 0
    allow(aws, queue, arn)
    put(aws, bus)
    assert aws.depth(queue) == 1


def test_a_rule_reaches_a_function_that_lets_it(aws: Aws) -> None:
    """The permission names the rule."""
    heard = aws.queue()
    name, arn = function(aws, heard)
    bus, rule_arn = rule(aws, arn)

    permit(aws, name, "events.amazonaws.com", rule_arn + "-other")
    put(aws, bus)
    permit(aws, name, "events.amazonaws.com", rule_arn)
    put(aws, bus)
    eventually(lambda: aws.depth(heard))
    assert aws.depth(heard) == 1


def test_a_topic_reaches_a_function_that_lets_it(aws: Aws) -> None:
    """The permission names the topic."""
    heard = aws.queue()
    name, arn = function(aws, heard)
    sns = aws.client("sns")
    topic = sns.create_topic(Name=f"topic-{uuid4().hex[:8]}")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)

    permit(aws, name, "sns.amazonaws.com", topic + "-other")
    sns.publish(TopicArn=topic, Message="it")
    permit(aws, name, "sns.amazonaws.com", topic)
    sns.publish(TopicArn=topic, Message="it")
    eventually(lambda: aws.depth(heard))
    assert aws.depth(heard) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Detail": "no JSON"}, "MalformedDetail"),
        ({"Detail": "[]"}, "MalformedDetail"),
        ({"Source": ""}, "InvalidArgument"),
        ({"DetailType": ""}, "InvalidArgument"),
    ],
)
def test_what_is_no_event_is_refused_by_itself(
    aws: Aws, changes: dict[str, str], code: str
) -> None:
    """The others of the request are taken."""
    answer = aws.client("events").put_events(Entries=[EVENT, {**EVENT, **changes}, EVENT])

    assert answer["FailedEntryCount"] == 1
    assert [entry.get("ErrorCode") for entry in answer["Entries"]] == [None, code, None]


def test_a_bus_that_is_not_there_takes_everything(aws: Aws) -> None:
    """As on AWS, where the event is dropped and the publisher told nothing."""
    answer = aws.client("events").put_events(Entries=[{**EVENT, "EventBusName": "gone"}])

    assert answer["FailedEntryCount"] == 0


def test_a_subscription_is_named_before_it_is_confirmed(aws: Aws) -> None:
    """Where the caller asks for that, as Terraform does."""
    sns = aws.client("sns")
    topic = sns.create_topic(Name=f"topic-{uuid4().hex[:8]}")["TopicArn"]
    address = f"http://127.0.0.1:9/{time.time()}"
    wanted = {"TopicArn": topic, "Protocol": "http", "Endpoint": address}

    named = sns.subscribe(**wanted, ReturnSubscriptionArn=True)["SubscriptionArn"]
    assert named.startswith(topic + ":")
