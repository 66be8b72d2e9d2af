"""The permission that API Gateway needs on a function; the emulator invokes without it.

AWS: "Working with AWS Lambda proxy integrations for HTTP APIs" and "Using resource-based policies
for Lambda": the function's policy must allow apigateway.amazonaws.com for the API's source ARN, or
the client gets 500.
"""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from ministack_extensions.http import Request
from ministack_extensions.upstream import ACCOUNT_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.apigateway.catalogue import HttpApi, Match
    from ministack_extensions.upstream import Emulator

FUNCTION = re.compile(r"arn:aws:lambda:[^:]+:\d+:function:([\w-]+)(?::([\w$-]+))?")
_ACTIONS = ("lambda:InvokeFunction", "lambda:*", "*")


async def may_invoke(api: HttpApi, match: Match, emulator: Emulator) -> bool:
    """Whether the API may invoke the function of the route; True for other integrations."""
    uri = str(match.integration.get("integrationUri", ""))
    if FUNCTION.search(uri) is None or match.integration.get("credentialsArn"):
        return True
    return await allows(uri, api.region, _source_arn(api, match), emulator)


async def allows(uri: str, region: str, source: str, emulator: Emulator) -> bool:
    """Whether the policy of the function in a URI lets API Gateway in for this source ARN."""
    function = FUNCTION.search(uri)
    if function is None:
        return False
    name, qualifier = function[1], function[2]
    path = f"/2015-03-31/functions/{name}/policy"
    query = f"Qualifier={qualifier}" if qualifier else ""
    answer = await emulator.call(
        emulator.signed("lambda", region, Request("GET", path, query=query))
    )
    policy = json.loads(answer.json().get("Policy", "{}"))
    return any(_allows(statement, source) for statement in policy.get("Statement", []))


def _source_arn(api: HttpApi, match: Match) -> str:
    method, _, path = match.route_key.partition(" ")
    method = "*" if method == "ANY" else method
    stage = match.stage["stageName"]
    return f"arn:aws:execute-api:{api.region}:{ACCOUNT_ID}:{api.api_id}/{stage}/{method}{path}"


def _allows(statement: Mapping[str, Any], source: str) -> bool:
    principal = statement.get("Principal", {})
    service = principal.get("Service") if isinstance(principal, dict) else principal
    if statement.get("Effect") != "Allow" or service not in ("apigateway.amazonaws.com", "*"):
        return False
    if statement.get("Action") not in _ACTIONS:
        return False
    conditions = statement.get("Condition", {})
    patterns = [
        pattern
        for operator in ("ArnLike", "ArnEquals", "StringLike", "StringEquals")
        for key, pattern in conditions.get(operator, {}).items()
        if key.lower() == "aws:sourcearn"
    ]
    return all(fnmatchcase(source, pattern) for pattern in patterns)
