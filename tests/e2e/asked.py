"""Calls with the role of a function, for grants that nothing of ours shows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.e2e.deliveries import allowed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.environment import Environment

    Probe = Callable[[Environment], bool]

# Without waiting, and without keeping what was received from the function.
AT_ONCE = {"WaitTimeSeconds": 0, "VisibilityTimeout": 0}
READS_STREAM = (
    *("dynamodb:DescribeStream", "dynamodb:GetRecords"),
    *("dynamodb:GetShardIterator", "dynamodb:ListStreams"),
)


def may(
    owner: str, service: str, operation: str, arguments: Callable[[Environment], Mapping[str, Any]]
) -> Probe:
    """A call with the function's role, where what it is for is rare or leaves something behind."""

    def probe(environment: Environment) -> bool:
        return allowed(environment, owner, service, operation, **arguments(environment))

    return probe


def the_mapping_may(owner: str, action: str) -> Probe:
    """What Lambda does with the reader's role; the emulator judges its own stream by IAM, too."""

    def probe(environment: Environment) -> bool:
        table = environment.client("dynamodb").describe_table(
            TableName=environment.outputs["dynamodb_table_name"]
        )["Table"]
        answer = environment.client("iam").simulate_principal_policy(
            PolicySourceArn=environment.outputs["functions"][owner]["role_arn"],
            ActionNames=[action],
            ResourceArns=["*" if action.endswith("ListStreams") else table["LatestStreamArn"]],
        )
        return bool(answer["EvaluationResults"][0]["EvalDecision"] == "allowed")

    return probe
