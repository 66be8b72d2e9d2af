"""The grant that a function needs to write its log; the emulator writes without it.

AWS: "Sending Lambda function logs to CloudWatch Logs" (lambda/latest/dg/
monitoring-cloudwatchlogs.html): the execution role must allow logs:CreateLogStream and
logs:PutLogEvents, and logs:CreateLogGroup where the group does not exist. Otherwise the function
runs as well, and nothing is written: a group deleted while a function ends stays deleted.

One of the files that know the emulator from inside: an invocation writes its log without a
request.
"""

from __future__ import annotations

from typing import Any

from ministack import app
from ministack.core import iam_evaluator
from ministack.services import cloudwatch_logs, iam, lambda_svc

_WRITE = ("logs:CreateLogStream", "logs:PutLogEvents")
_CREATE = ("logs:CreateLogGroup", *_WRITE)


def judge_logs() -> None:
    """Let functions of this process write the logs that their roles allow them to write."""
    write = lambda_svc._emit_lambda_logs  # noqa: SLF001

    def judged(function: dict[str, Any], *given: Any, **named: Any) -> None:  # noqa: ANN401
        if not app.AUTH or _may_log(function.get("config") or function):
            write(function, *given, **named)

    lambda_svc._emit_lambda_logs = judged  # noqa: SLF001


def _may_log(config: dict[str, Any]) -> bool:
    name = config["FunctionName"]
    group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
    actions = _WRITE if group in cloudwatch_logs._log_groups else _CREATE  # noqa: SLF001
    return all(_allowed(config, action, group) for action in actions)


def _allowed(config: dict[str, Any], action: str, group: str) -> bool:
    _, partition, _, region, account, *_ = config["FunctionArn"].split(":")
    role = config["Role"].rpartition("/")[2]
    context = iam_evaluator.EvalContext(
        principal_arn=f"arn:{partition}:sts::{account}:assumed-role/{role}/{config['FunctionName']}",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=f"arn:{partition}:logs:{region}:{account}:log-group:{group}:log-stream:any",
        region=region,
        secure_transport=True,
    )
    policies = iam_evaluator._gather_role_policies(role, account)  # noqa: SLF001
    boundary = iam_evaluator._permissions_boundary(iam._roles, role, account)  # noqa: SLF001
    return bool(iam_evaluator.evaluate(context, policies, *boundary).decision == "Allow")
