"""A batch call of SQS is allowed by the permission for the single call.

AWS: "Amazon SQS API permissions: Actions and resource reference" (AWSSimpleQueueService/latest/
SQSDeveloperGuide/sqs-api-permissions-reference.html): DeleteMessageBatch needs sqs:DeleteMessage,
and so on. The emulator looks for an action of the batch call's own name, so the policies that it
keeps name both, and what it shows of them names what was written.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode

from ministack_extensions.upstream import signed_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from ministack_extensions.http import Request, Response
    from ministack_extensions.upstream import Emulator

SINGLE = ("sqs:SendMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility")
_SHOWN = re.compile(r"(?<=<PolicyDocument>)[^<]+")


class SqsBatchActions:
    """Adds the batch actions to inline policies of roles, and takes them out of the answers."""

    def matches(self, request: Request) -> bool:
        """Every call to IAM; the body says which."""
        return signed_for(request)[1] == "iam" and request.method == "POST"

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The emulator's answer about the policy that was written."""
        form = request.form()
        # As it was signed, so that the emulator can judge the caller's signature and permissions.
        response = await emulator.call(request)
        if not response.ok:
            return response
        if form.get("Action") == "PutRolePolicy" and "PolicyDocument" in form:
            await _put_widened(form, request, emulator)
        if form.get("Action") != "GetRolePolicy":
            return response
        body = _SHOWN.sub(
            lambda found: quote(_with_actions(unquote(found[0]), _narrowed), safe=""),
            response.body.decode(),
        )
        return replace(response, body=body.encode())


async def _put_widened(form: dict[str, str], request: Request, emulator: Emulator) -> None:
    widened = _with_actions(form["PolicyDocument"], _widened)
    if widened != form["PolicyDocument"]:
        body = urlencode({**form, "PolicyDocument": widened}).encode()
        region, service = signed_for(request)
        # Once more as the account's root: nobody signed this text.
        await emulator.call(emulator.signed(service, region, replace(request, body=body)))


def _with_actions(document: str, change: Callable[[list[str]], list[str]]) -> str:
    try:
        policy: dict[str, Any] = json.loads(document)
        statements = policy["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            if isinstance(statement.get("Action"), list):
                statement["Action"] = change(statement["Action"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return document  # not for us to judge; the emulator says what is wrong with it
    return json.dumps(policy, separators=(",", ":"))


def _widened(actions: list[str]) -> list[str]:
    return [*actions, *(f"{action}Batch" for action in SINGLE if action in actions)]


def _narrowed(actions: list[str]) -> list[str]:
    return [
        action
        for action in actions
        if action.removesuffix("Batch") not in SINGLE or (not action.endswith("Batch"))
    ]
