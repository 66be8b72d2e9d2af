"""Sending mail is a permission for the sender's identity, and a policy may name the sender.

AWS: "Actions, resources, and condition keys for Amazon Simple Email Service v2" (Service
Authorization Reference): ses:SendEmail is for an identity, and ses:FromAddress a condition key. The
emulator knows neither for version 2 of the API, so it refuses every role but one that may send as
anybody. What it refuses is judged here, and sent as the account's root.
"""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlencode

from ministack_extensions.http import Request, Response, header_pairs
from ministack_extensions.upstream import ACCOUNT_ID, DEFAULT_REGION, signed_for

if TYPE_CHECKING:
    from ministack_extensions.upstream import Emulator

ACTION, SENDER = "ses:SendEmail", "ses:FromAddress"
_PATH = "/v2/email/outbound-emails"
# Whom the emulator has found to be the caller, by the signature, before it refused.
_ROLE = re.compile(r"User: arn:aws:sts::\d+:assumed-role/([^/\s]+)/\S+ is not authorized")
_MEMBER = re.compile(r"<member>([^<]+)</member>")
_DOCUMENT = re.compile(r"<PolicyDocument>([^<]+)")


class SenderGrants:
    """Lets a role send where one of its inline policies allows just that."""

    def matches(self, request: Request) -> bool:
        """A call of SendEmail."""
        path = request.path.rstrip("/")
        return request.method == "POST" and path == _PATH and signed_for(request)[1] == "ses"

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The emulator's answer, or what it says to root where the caller's role may send."""
        response = await emulator.call(request)
        if response.status != HTTPStatus.FORBIDDEN:
            return response
        region, sender = signed_for(request)[0], str(request.json().get("FromEmailAddress", ""))
        statements = await _statements(response, emulator)
        if not _allows(statements, sender, region):
            return response
        return await emulator.call(emulator.signed("ses", region, request))


async def _statements(refusal: Response, emulator: Emulator) -> list[dict[str, Any]]:
    role = _ROLE.search(refusal.body.decode())
    if not role:
        return []
    listed = await _iam(emulator, Action="ListRolePolicies", RoleName=role[1])
    found: list[dict[str, Any]] = []
    for name in _MEMBER.findall(listed):
        shown = await _iam(emulator, Action="GetRolePolicy", RoleName=role[1], PolicyName=name)
        document = _DOCUMENT.search(shown)
        statements = json.loads(unquote(document[1]))["Statement"] if document else []
        found += statements if isinstance(statements, list) else [statements]
    return found


def _allows(statements: list[dict[str, Any]], sender: str, region: str) -> bool:
    domain = sender.rpartition("@")[2]
    arns = [f"arn:aws:ses:{region}:{ACCOUNT_ID}:identity/{name}" for name in (sender, domain)]
    effects = {
        statement["Effect"]
        for statement in statements
        if any(fnmatchcase(ACTION, action) for action in _listed(statement.get("Action")))
        and any(fnmatchcase(arn, it) for it in _listed(statement.get("Resource")) for arn in arns)
        and _holds(statement.get("Condition", {}), sender)
    }
    return effects == {"Allow"}


def _holds(condition: dict[str, dict[str, Any]], sender: str) -> bool:
    """Whether a condition holds; one that is about more than the sender does not."""
    return all(
        operator == "StringEquals" and key == SENDER and sender in _listed(wanted)
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def _listed(value: Any) -> list[str]:  # noqa: ANN401 - a policy says "x" or ["x"]
    return [value] if isinstance(value, str) else list(value or ())


async def _iam(emulator: Emulator, **parameters: str) -> str:
    headers = header_pairs({"content-type": "application/x-www-form-urlencoded"})
    body = urlencode({"Version": "2010-05-08", **parameters}).encode()
    request = Request("POST", "/", headers, body=body)
    return (await emulator.call(emulator.signed("iam", DEFAULT_REGION, request))).body.decode()
