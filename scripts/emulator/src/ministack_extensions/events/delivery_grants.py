"""The permission that EventBridge and SNS need to deliver; the emulator delivers without it.

AWS: "Using resource-based policies for Amazon EventBridge" (eventbridge/latest/userguide/
eb-use-resource-based.html) and "Using resource-based policies for Lambda": the policy of a queue or
function must allow events.amazonaws.com for the rule's ARN, or sns.amazonaws.com for the topic's.
Without that nothing arrives, and the publisher is told nothing. The emulator itself judges the
policy of a queue behind a topic.

One of the files that know the emulator from inside: events are delivered without a request.
"""

from __future__ import annotations

from typing import Any

from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.services import eventbridge, lambda_svc, sns, sqs

from ministack_extensions.upstream import ACCOUNT_ID


def judge_deliveries() -> None:
    """Let events of this process reach only what a policy lets them reach."""
    invoke_target, to_function = eventbridge._invoke_target, sns._deliver_to_lambda  # noqa: SLF001

    def judged_target(target: Any, event: Any, rule: Any, *view: Any) -> None:  # noqa: ANN401
        # A role, where there is one, is asked instead.
        if target.get("RoleArn") or _may(
            target.get("Arn", ""), "events.amazonaws.com", rule["Arn"]
        ):
            invoke_target(target, event, rule, *view)

    def judged_function(function: str, envelope: str, topic: str, *given: Any) -> None:  # noqa: ANN401
        if _may(function, "sns.amazonaws.com", topic):
            to_function(function, envelope, topic, *given)

    eventbridge._invoke_target = judged_target  # noqa: SLF001
    sns._deliver_to_lambda = judged_function  # noqa: SLF001


def _may(arn: str, service: str, source: str) -> bool:
    if arn.startswith("arn:aws:sqs:"):
        return bool(sqs.queue_policy_allows(arn, service, source, ACCOUNT_ID))
    return not arn.startswith("arn:aws:lambda:") or _may_invoke(arn, service, source)


def _may_invoke(arn: str, service: str, source: str) -> bool:
    found = lambda_svc.function_policy_for_arn(arn)
    context = EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="lambda:InvokeFunction",
        resource_arn=arn,
        region=arn.split(":")[3],
        service_context={"aws:sourcearn": source, "aws:sourceaccount": ACCOUNT_ID},
    )
    judged = evaluate_resource_policy(found[0] if found else None, context, service=service)
    return bool(judged.decision == "Allow")
