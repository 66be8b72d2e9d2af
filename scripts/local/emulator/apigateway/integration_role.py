"""The role of a service integration, assumed as API Gateway would assume it.

AWS: "Create AWS service integrations for HTTP APIs": `credentialsArn` names a role that
apigateway.amazonaws.com may assume. The emulator lets root assume any role that trusts any
service, so the trust policy is read here first.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import unquote, urlencode

from botocore.credentials import Credentials

from scripts.local.emulator.http import Request, Response, header_pairs
from scripts.local.emulator.upstream import DEFAULT_REGION, Emulator

SERVICE = "apigateway.amazonaws.com"
_LIFETIME_SECONDS = 900
_REFRESH_SECONDS = 600


class CannotAssume(Exception):
    """API Gateway may not use the integration's role."""


@dataclass
class IntegrationRoles:
    """Session credentials by role, renewed before they expire."""

    _sessions: dict[str, tuple[float, Credentials]] = field(default_factory=dict)

    async def credentials(self, role_arn: str, emulator: Emulator) -> Credentials:
        """Credentials of the role; CannotAssume when API Gateway is not trusted with it."""
        known = self._sessions.get(role_arn)
        if known and known[0] > time.monotonic():
            return known[1]
        role = await _query(
            emulator, "iam", "2010-05-08", Action="GetRole", RoleName=role_arn.rpartition("/")[2]
        )
        if not role.ok or not _trusts_api_gateway(_text(role, "AssumeRolePolicyDocument")):
            raise CannotAssume(_message(role_arn))
        session = await _query(
            emulator,
            "sts",
            "2011-06-15",
            Action="AssumeRole",
            RoleArn=role_arn,
            RoleSessionName="BackplaneAssumeRoleSession",
            DurationSeconds=str(_LIFETIME_SECONDS),
        )
        if not session.ok:
            raise CannotAssume(_message(role_arn))
        credentials = Credentials(
            _text(session, "AccessKeyId"),
            _text(session, "SecretAccessKey"),
            _text(session, "SessionToken"),
        )
        self._sessions[role_arn] = (time.monotonic() + _REFRESH_SECONDS, credentials)
        return credentials


def _message(role_arn: str) -> str:
    return f"API Gateway does not have permission to assume the provided role {role_arn}"


async def _query(emulator: Emulator, service: str, version: str, **parameters: str) -> Response:
    headers = header_pairs({"content-type": "application/x-www-form-urlencoded"})
    body = urlencode({"Version": version, **parameters}).encode()
    request = Request("POST", "/", headers, body=body)
    return await emulator.call(emulator.signed(service, DEFAULT_REGION, request))


def _text(response: Response, element: str) -> str:
    found = re.search(rf"<{element}>(.*?)</{element}>", response.body.decode(), re.DOTALL)
    return unescape(found[1]) if found else ""


def _trusts_api_gateway(document: str) -> bool:
    try:
        policy: Any = json.loads(unquote(document))
    except ValueError:
        return False
    statements = policy.get("Statement", [])
    return any(
        statement.get("Effect") == "Allow" and _names_api_gateway(statement.get("Principal"))
        for statement in ([statements] if isinstance(statements, dict) else statements)
    )


def _names_api_gateway(principal: object) -> bool:
    services = principal.get("Service", []) if isinstance(principal, dict) else []
    return SERVICE in ([services] if isinstance(services, str) else services)
