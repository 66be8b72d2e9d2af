"""What Lambda refuses when an SQS queue becomes a function's event source.

AWS: "Creating and configuring an Amazon SQS event source mapping"
(lambda/latest/dg/services-sqs-configure.html): visibility timeout, batching and the permissions of
the execution role. The emulator's poller itself receives without the role.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack_extensions.functions.configuration import configuration
from ministack_extensions.http import Request, header_pairs
from ministack_extensions.service_roles import CannotAssume, ServiceRoles
from ministack_extensions.sqs.queues import Queue
from ministack_extensions.upstream import Emulator, signed_for

if TYPE_CHECKING:
    from botocore.credentials import Credentials

SMALL_BATCH = 10
_FORBIDDEN = 403
# Calls that a permitted caller gets refused for their parameters, so that nothing happens.
_PROBES: dict[str, dict[str, Any]] = {
    "ReceiveMessage": {"MaxNumberOfMessages": 0},
    "DeleteMessage": {"ReceiptHandle": "none"},
    "GetQueueAttributes": {},
}


async def invalid_queue_source(
    request: Request, roles: ServiceRoles, emulator: Emulator
) -> str | None:
    """Why AWS would refuse the mapping, or None; None too for other sources and missing parts."""
    wanted = request.json()
    arn = str(wanted.get("EventSourceArn", ""))
    if not arn.startswith("arn:aws:sqs:"):
        return None
    queue = Queue(arn, emulator)
    if problem := _batching(wanted, fifo=arn.endswith(".fifo")):
        return problem
    name = wanted.get("FunctionName", "")
    function = await configuration(name, signed_for(request)[0], emulator)
    attributes = await queue.attributes()
    if not function or attributes is None:
        return None
    visibility, timeout = int(attributes.get("VisibilityTimeout", "30")), function["Timeout"]
    if visibility < timeout:
        return (
            f"Queue visibility timeout: {visibility} seconds is less than "
            f"Function timeout: {timeout} seconds"
        )
    return await _missing_permission(queue, function["Role"], roles)


def _batching(wanted: dict[str, Any], *, fifo: bool) -> str | None:
    size = wanted.get("BatchSize") or SMALL_BATCH
    window = wanted.get("MaximumBatchingWindowInSeconds") or 0
    if fifo and window:
        return "Batching window is not supported for FIFO queues."
    if fifo and size > SMALL_BATCH:
        return f"Batch size for FIFO queues must not be greater than {SMALL_BATCH}."
    if size > SMALL_BATCH and not window:
        return (
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is "
            f"greater than {SMALL_BATCH}"
        )
    return None


async def _missing_permission(queue: Queue, role: str, roles: ServiceRoles) -> str | None:
    try:
        credentials = await roles.credentials(role, queue.emulator)
    except CannotAssume:
        return "The role defined for the function cannot be assumed by Lambda."
    for operation, parameters in _PROBES.items():
        if await _denied(queue, operation, parameters, credentials):
            return (
                f"The function execution role does not have permissions to call {operation} on SQS"
            )
    return None


async def _denied(
    queue: Queue, operation: str, parameters: dict[str, Any], credentials: Credentials
) -> bool:
    headers = {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": f"AmazonSQS.{operation}",
    }
    body = json.dumps({"QueueUrl": queue.url, **parameters}).encode()
    request = Request("POST", "/", header_pairs(headers), body=body)
    signed = queue.emulator.signed("sqs", queue.region, request, credentials)
    return (await queue.emulator.call(signed)).status == _FORBIDDEN
