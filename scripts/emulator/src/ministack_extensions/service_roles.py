"""Roles, assumed as an AWS service would assume them.

AWS: "IAM roles for AWS services". The emulator lets root assume any role that trusts any service,
so the trust policy is read here first. Conditions in it are the emulator's to judge. A service that
states no source is denied by a condition on aws:SourceArn or aws:SourceAccount, as on AWS.
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

from ministack_extensions.http import Request, Response, header_pairs
from ministack_extensions.iam.sources import on_behalf_of
from ministack_extensions.upstream import DEFAULT_REGION, Emulator

_LIFETIME_SECONDS = 900
_REFRESH_SECONDS = 600


class CannotAssume(Exception):
    """The service may not use the role."""


@dataclass
class ServiceRoles:
    """Session credentials by role and source for one service, renewed before they expire."""

    service: str

    _sessions: dict[tuple[str, str | None], tuple[float, Credentials]] = field(default_factory=dict)

    async def credentials(
        self, role_arn: str, emulator: Emulator, source_arn: str | None = None
    ) -> Credentials:
        """Credentials of the role; CannotAssume when it does not trust the service.

        `source_arn` is the resource for which a service assumes it, where the service states one.
        """
        known = self._sessions.get((role_arn, source_arn))
        if known and known[0] > time.monotonic():
            return known[1]
        role = await _query(
            emulator, "iam", "2010-05-08", Action="GetRole", RoleName=role_arn.rpartition("/")[2]
        )
        if not role.ok or not _trusts(_text(role, "AssumeRolePolicyDocument"), self.service):
            raise CannotAssume(role_arn)
        with on_behalf_of(source_arn):
            session = await _query(
                emulator,
                "sts",
                "2011-06-15",
                Action="AssumeRole",
                RoleArn=role_arn,
                RoleSessionName=self.service.partition(".")[0],
                DurationSeconds=str(_LIFETIME_SECONDS),
            )
        if not session.ok:
            raise CannotAssume(role_arn)
        credentials = Credentials(
            _text(session, "AccessKeyId"),
            _text(session, "SecretAccessKey"),
            _text(session, "SessionToken"),
        )
        self._sessions[role_arn, source_arn] = (time.monotonic() + _REFRESH_SECONDS, credentials)
        return credentials


async def _query(emulator: Emulator, service: str, version: str, **parameters: str) -> Response:
    headers = header_pairs({"content-type": "application/x-www-form-urlencoded"})
    body = urlencode({"Version": version, **parameters}).encode()
    request = Request("POST", "/", headers, body=body)
    return await emulator.call(emulator.signed(service, DEFAULT_REGION, request))


def _text(response: Response, element: str) -> str:
    found = re.search(rf"<{element}>(.*?)</{element}>", response.body.decode(), re.DOTALL)
    return unescape(found[1]) if found else ""


def _trusts(document: str, service: str) -> bool:
    try:
        policy: Any = json.loads(unquote(document))
    except ValueError:
        return False
    statements = policy.get("Statement", [])
    return any(
        statement.get("Effect") == "Allow" and service in _services(statement.get("Principal"))
        for statement in ([statements] if isinstance(statements, dict) else statements)
    )


def _services(principal: object) -> list[str]:
    services = principal.get("Service", []) if isinstance(principal, dict) else []
    return [services] if isinstance(services, str) else list(services)
