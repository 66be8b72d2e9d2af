"""What runs in the local stack, in a few lines."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

from scripts.errors import OperatorError
from scripts.stack.clients import lambda_client, sqs_client
from scripts.stack.deployment import deployments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.stack.deployment import Deployment
    from scripts.stack.running import Running
    from scripts.stack.stack import LocalStack

_COUNTS = {
    "ApproximateNumberOfMessages": "waiting",
    "ApproximateNumberOfMessagesNotVisible": "in flight",
    "ApproximateNumberOfMessagesDelayed": "delayed",
}


def report(stack: LocalStack, current: Running) -> Iterator[str]:
    """Lines about what is deployed, the process, its functions and its queues."""
    for deployment in deployments(stack):
        yield from _deployment(deployment)
    yield f"running   pid {current.process.pid}, up {_duration(time.time() - current.started)}"
    yield f"endpoint  {stack.endpoint}"
    yield f"log       {stack.log_path}"
    yield from _functions(stack)
    yield from _queues(stack)


def _deployment(deployment: Deployment) -> Iterator[str]:
    yield deployment.name or deployment.environment
    try:
        yield f"  API       {deployment.outputs()['commands_endpoint']}"
    except (OperatorError, KeyError):
        yield f"  not applied to its end; run: {deployment.command}"
    yield f"  settings  {os.path.relpath(deployment.settings)}"
    for name, value in sorted(deployment.applied_variables().items()):
        yield f"            {name} = {json.dumps(value)} (of this machine)"


def _functions(stack: LocalStack) -> Iterator[str]:
    pages = lambda_client(stack).get_paginator("list_functions").paginate()
    functions = [function for page in pages for function in page["Functions"]]
    yield f"functions {len(functions)}"
    for function in functions:
        yield f"  {function['FunctionName']} ({function['MemorySize']} MB, {function['Timeout']} s)"


def _queues(stack: LocalStack) -> Iterator[str]:
    sqs = sqs_client(stack)
    pages = sqs.get_paginator("list_queues").paginate()
    urls = [url for page in pages for url in page.get("QueueUrls", [])]
    yield f"queues    {len(urls)}"
    for url in urls:
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        attributes = {str(name): value for name, value in answer["Attributes"].items()}
        counts = ", ".join(f"{attributes[name]} {word}" for name, word in _COUNTS.items())
        yield f"  {url.rpartition('/')[2]}: {counts}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}m" if hours else f"{minutes}m{rest:02}s"
