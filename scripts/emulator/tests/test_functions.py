"""Functions: event source mappings, permissions, crashes, logs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.aws import LOGS
from tests.polling import eventually

if TYPE_CHECKING:
    from tests.aws import Aws, Queue

CONSUME = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
SUCCEED = "def handler(event, context):\n    print('saw', event['Records'][0]['body'])\n"
CRASH = "import os\n\n\ndef handler(event, context):\n    os._exit(1)\n"
SLEEP = "import time\n\n\ndef handler(event, context):\n    time.sleep(60)\n"
ENVIRON = "import os\n\n\ndef handler(event, context):\n    return dict(os.environ)\n"


def consumer(aws: Aws, queue: Queue) -> str:
    """A role that may consume the queue."""
    allowed = {"Effect": "Allow", "Action": CONSUME, "Resource": queue.arn}
    return aws.role("lambda.amazonaws.com", allowed)


def subscribe(aws: Aws, function: str, queue: Queue, **settings: Any) -> dict[str, Any]:
    """Make the queue a source of the function."""
    created: dict[str, Any] = aws.client("lambda").create_event_source_mapping(
        FunctionName=function, EventSourceArn=queue.arn, **settings
    )
    return created


def invoke(aws: Aws, function: str) -> Any:
    """Call the function and return its result."""
    answer = aws.client("lambda").invoke(FunctionName=function, Payload=b"{}")
    return json.loads(answer["Payload"].read())


def test_a_visibility_timeout_below_the_functions_timeout_is_refused(aws: Aws) -> None:
    """A message must not come back while its function may still run."""
    queue = aws.queue(VisibilityTimeout="5")
    function = aws.function(SUCCEED, timeout=6, role=consumer(aws, queue))

    with pytest.raises(ClientError, match="5 seconds is less than Function timeout: 6 seconds"):
        subscribe(aws, function, queue)


@pytest.mark.parametrize("missing", CONSUME)
def test_a_role_that_may_not_consume_is_refused(aws: Aws, missing: str) -> None:
    """Lambda polls with the execution role."""
    queue = aws.queue()
    actions = [action for action in CONSUME if action != missing]
    allowed = {"Effect": "Allow", "Action": actions, "Resource": queue.arn}
    role = aws.role("lambda.amazonaws.com", allowed)

    with pytest.raises(ClientError, match=f"permissions to call {missing.partition(':')[2]}"):
        subscribe(aws, aws.function(SUCCEED, role=role), queue)


@pytest.mark.parametrize(
    ("attributes", "settings", "message"),
    [
        ({}, {"BatchSize": 11}, "batch window"),
        ({"FifoQueue": "true"}, {"MaximumBatchingWindowInSeconds": 1}, "FIFO"),
        ({"FifoQueue": "true"}, {"BatchSize": 11}, "FIFO"),
    ],
)
def test_impossible_batching_is_refused(
    aws: Aws, attributes: dict[str, str], settings: dict[str, int], message: str
) -> None:
    """Large batches need a window, and FIFO queues take neither."""
    queue = aws.queue(**attributes)
    function = aws.function(SUCCEED, role=consumer(aws, queue))

    with pytest.raises(ClientError, match=message):
        subscribe(aws, function, queue, **settings)


def test_reserved_environment_variables_are_refused(aws: Aws) -> None:
    """Lambda sets its own variables, and says so."""
    environment = {"Variables": {"TABLE_NAME": "t", "AWS_REGION": "eu-west-1"}}

    with pytest.raises(ClientError, match="Reserved keys used in this request: AWS_REGION"):
        aws.client("lambda").update_function_configuration(
            FunctionName=aws.function(SUCCEED), Environment=environment
        )


@pytest.mark.parametrize("missing", LOGS["Action"])
def test_a_role_that_may_not_log_leaves_no_log(aws: Aws, missing: str) -> None:
    """Every action of the three is needed where the group does not exist."""
    allowed = {**LOGS, "Action": [action for action in LOGS["Action"] if action != missing]}
    function = aws.function(ENVIRON, role=aws.role("lambda.amazonaws.com", allowed, logs=False))
    group = f"/aws/lambda/{function}"

    invoke(aws, function)

    found = aws.client("logs").describe_log_groups(logGroupNamePrefix=group)
    assert found["logGroups"] == []


def test_an_existing_group_needs_no_right_to_create_it(aws: Aws) -> None:
    """A group deleted while its function still ends stays deleted, too."""
    group = "/aws/lambda/function-*"
    allowed = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"arn:aws:logs:us-east-1:000000000000:log-group:{group}:*",
    }
    logs = aws.client("logs")
    function = aws.function(ENVIRON, role=aws.role("lambda.amazonaws.com", allowed, logs=False))
    group = f"/aws/lambda/{function}"
    logs.create_log_group(logGroupName=group)

    invoke(aws, function)
    assert aws.log_lines(group)

    logs.delete_log_group(logGroupName=group)
    invoke(aws, function)
    assert logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"] == []


@pytest.mark.parametrize(
    ("code", "words"), [(CRASH, "Worker process died"), (SLEEP, "timed out after 1.00 seconds")]
)
def test_a_dying_function_gives_its_messages_back(aws: Aws, code: str, words: str) -> None:
    """A crash or a timeout is an attempt; after the last one the message is dead."""
    dead = aws.queue()
    policy = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1})
    queue = aws.queue(RedrivePolicy=policy, VisibilityTimeout="1")
    function = aws.function(code, timeout=1, role=consumer(aws, queue))
    subscribe(aws, function, queue)

    aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody="poison")

    message = eventually(lambda: aws.receive(dead) if aws.depth(dead) else None)
    assert message["Body"] == "poison"
    group = f"/aws/lambda/{function}"
    assert eventually(lambda: any(words in line for line in aws.log_lines(group)))


def test_a_message_reaches_the_function_and_its_log(aws: Aws) -> None:
    """The function's output is in its log group, the one that Terraform made if there is one."""
    queue = aws.queue()
    function = aws.function(SUCCEED, role=consumer(aws, queue))
    group = f"/aws/lambda/{function}"
    aws.client("logs").create_log_group(logGroupName=group)
    aws.client("logs").put_retention_policy(logGroupName=group, retentionInDays=7)
    subscribe(aws, function, queue)

    aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody="hello")

    assert eventually(lambda: [line for line in aws.log_lines(group) if "saw hello" in line])
    [kept] = aws.client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert kept["retentionInDays"] == 7


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import acme_typo\n", "ModuleNotFoundError: No module named 'acme_typo'"),
        ("import os\nos.environ['NOT_THERE']\n", "KeyError: 'NOT_THERE'"),
        ("def handler(:\n", "SyntaxError: "),
        ("import sys\nsys.exit('see you')\n", "SystemExit: see you"),
    ],
)
def test_what_keeps_a_function_from_starting_is_in_its_log(aws: Aws, code: str, words: str) -> None:
    """With the traceback, as on AWS: whoever only sees commands wait finds the reason there."""
    queue = aws.queue()
    function = aws.function(code, role=consumer(aws, queue))
    subscribe(aws, function, queue)

    aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody="hello")

    group = f"/aws/lambda/{function}"
    lines = eventually(
        lambda: [*aws.log_lines(group)] if any(words in one for one in aws.log_lines(group)) else []
    )
    assert any(one.startswith(f"[ERROR] {words}") for one in lines)
    assert "Traceback (most recent call last):" in lines


def test_a_function_sees_its_own_role_and_nothing_of_the_users_settings(aws: Aws) -> None:
    """Functions run as their role; of the machine they see a path and a home that vanishes."""
    environ = invoke(aws, aws.function(ENVIRON))

    assert environ["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert environ["AWS_ENDPOINT_URL"] == aws.emulator.endpoint
    assert environ["HOME"].startswith(str(aws.emulator.folder))
    assert "AWS_PROFILE" not in environ
    assert "PYTHONPATH" not in environ


def test_metrics_of_an_event_source_are_read_back(aws: Aws) -> None:
    """What the emulator forgets is kept, or Terraform would set it again on every apply."""
    queue = aws.queue()
    function = aws.function(SUCCEED, role=consumer(aws, queue))
    metrics = {"Metrics": ["EventCount"]}
    mapping = subscribe(aws, function, queue, MetricsConfig=metrics)

    client = aws.client("lambda")
    assert client.get_event_source_mapping(UUID=mapping["UUID"])["MetricsConfig"] == metrics
    [listed] = client.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    assert listed["MetricsConfig"] == metrics
