"""What Lambda refuses when a DynamoDB stream becomes a function's event source.

AWS: "Process Amazon DynamoDB records with Lambda" (lambda/latest/dg/with-ddb.html): parameters and
permissions of the execution role. The bounds are those of CreateEventSourceMapping in the Lambda
API reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ministack_extensions.functions.configuration import configuration
from ministack_extensions.functions.event_filters import InvalidPattern, patterns
from ministack_extensions.http import Request, header_pairs
from ministack_extensions.service_roles import CannotAssume, ServiceRoles
from ministack_extensions.upstream import DEFAULT_REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.upstream import Emulator

_READ = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
_BOUNDS = {
    "BatchSize": (1, 10_000),
    "MaximumBatchingWindowInSeconds": (0, 300),
    "MaximumRetryAttempts": (-1, 10_000),
    "ParallelizationFactor": (1, 10),
    "TumblingWindowInSeconds": (0, 900),
}
_YOUNGEST, _OLDEST = 60, 604_800
_POSITIONS = ("TRIM_HORIZON", "LATEST")


async def invalid_stream_source(
    wanted: Mapping[str, Any], roles: ServiceRoles, emulator: Emulator
) -> str | None:
    """Why AWS would refuse the mapping, or None; None too where the function is missing."""
    if problem := invalid_setting(wanted):
        return problem
    if wanted.get("StartingPosition") not in _POSITIONS:
        return f"StartingPosition must be one of {', '.join(_POSITIONS)} for a DynamoDB stream."
    region = wanted["EventSourceArn"].split(":")[3]
    function = await configuration(wanted.get("FunctionName", ""), region, emulator)
    if function is None:
        return None
    role = function["Role"]
    try:
        await roles.credentials(role, emulator)
    except CannotAssume:
        return "The role defined for the function cannot be assumed by Lambda."
    return await _missing_permission(wanted, role, emulator)


async def _missing_permission(
    wanted: Mapping[str, Any], role: str, emulator: Emulator
) -> str | None:
    arn, target = wanted["EventSourceArn"], destination(wanted)
    reads = await _allowed(role, _READ, arn, emulator)
    # ListStreams is granted on all streams: AWS knows no resource for it.
    lists = await _allowed(role, ("dynamodb:ListStreams",), "*", emulator)
    if not (reads and lists):
        return (
            f"Cannot access stream {arn}. Please ensure the role can perform the GetRecords,"
            " GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM."
        )
    if target and not await _allowed(role, ("sqs:SendMessage",), target, emulator):
        return "The function execution role does not have permissions to call SendMessage on SQS"
    return None


def invalid_setting(wanted: Mapping[str, Any]) -> str | None:
    """Which setting of a mapping AWS would refuse, and why."""
    for name, (least, most) in _BOUNDS.items():
        value = wanted.get(name)
        if value is not None and not least <= value <= most:
            return f"{name} must be between {least} and {most}."
    age = wanted.get("MaximumRecordAgeInSeconds")
    if age not in (None, -1) and not _YOUNGEST <= age <= _OLDEST:
        return f"MaximumRecordAgeInSeconds must be -1 or between {_YOUNGEST} and {_OLDEST}."
    try:
        patterns(wanted)
    except InvalidPattern:
        return "Invalid filter pattern definition."
    target = destination(wanted)
    if target and not target.startswith("arn:aws:sqs:"):
        return f"This emulator sends failed batches to SQS queues only, not to {target}."
    if target.endswith(".fifo"):
        return "FIFO queues are not supported as destinations of failed batches."
    return None


def destination(wanted: Mapping[str, Any]) -> str:
    """The ARN of what gets the failed batches; empty where nothing does."""
    on_failure = (wanted.get("DestinationConfig") or {}).get("OnFailure") or {}
    return str(on_failure.get("Destination") or "")


async def _allowed(role: str, actions: tuple[str, ...], resource: str, emulator: Emulator) -> bool:
    # By simulation: the emulator finds no stream in a call of the streams API, and judges "*".
    form = {
        "Action": "SimulatePrincipalPolicy",
        "Version": "2010-05-08",
        "PolicySourceArn": role,
        "ResourceArns.member.1": resource,
        **{f"ActionNames.member.{number}": name for number, name in enumerate(actions, 1)},
    }
    headers = header_pairs({"content-type": "application/x-www-form-urlencoded"})
    request = Request("POST", "/", headers, body=urlencode(form).encode())
    answer = await emulator.call(emulator.signed("iam", DEFAULT_REGION, request))
    return answer.body.count(b">allowed<") == len(actions)
