"""The IAM action that a call needs, named as AWS names it.

AWS: "Actions, resources, and condition keys" of each service (Service Authorization Reference), and
"Amazon SQS API permissions: Actions and resource reference" (AWSSimpleQueueService/latest/
SQSDeveloperGuide/sqs-api-permissions-reference.html): an operation needs the action of its own
name, but for those in `_OTHER_NAMES`. The emulator guesses Lambda's operations from a part of the
path: it takes GetAlias for ListAliases, and lets UpdateEventSourceMapping pass unjudged.

One of the files that know the emulator from inside: it judges a call before it answers, so no
request tells or changes what it judged.
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_actions

_OTHER_NAMES = {
    "cloudfront:CreateDistributionWithTags": "cloudfront:CreateDistribution",
    "lambda:GetLayerVersionByArn": "lambda:GetLayerVersion",
    "lambda:Invoke": "lambda:InvokeFunction",
    "lambda:InvokeWithResponseStream": "lambda:InvokeFunction",
    "sns:PublishBatch": "sns:Publish",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}


def name_actions() -> None:
    """Let this process judge every call by the action that AWS asks for."""
    # The emulator knows all operations of other REST services from botocore's routes.
    iam_actions._BOTOCORE_SERVICE_MAP["lambda"] = ["lambda"]  # noqa: SLF001
    iam_actions._lambda_action = lambda _method, _path: None  # noqa: SLF001
    extract = iam_actions.extract_iam_action

    def named(*request: Any) -> str | None:  # noqa: ANN401 - as it is called
        action = extract(*request)
        return _OTHER_NAMES.get(action, action) if action else None

    iam_actions.extract_iam_action = named
