"""A secret that was created without a value has no version yet.

AWS: the Secrets Manager API reference, CreateSecret ("the secret doesn't have any versions until
you store a value") and GetSecretValue. The emulator invents a version, so that a shell which
Terraform has made would look as if somebody had seeded it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ministack_extensions.http import json_response

if TYPE_CHECKING:
    from ministack_extensions.http import Request, Response
    from ministack_extensions.upstream import Emulator

_CREATE = "secretsmanager.CreateSecret"
_READ = "secretsmanager.GetSecretValue"
_LISTS = {
    "secretsmanager.DescribeSecret",
    "secretsmanager.ListSecrets",
    "secretsmanager.ListSecretVersionIds",
}
_JSON = "application/x-amz-json-1.1"


@dataclass
class EmptySecrets:
    """Remembers the invented versions and keeps them out of every answer."""

    _invented: set[str] = field(default_factory=set)

    def matches(self, request: Request) -> bool:
        """Every call that makes or shows versions."""
        return request.header("x-amz-target") in {_CREATE, _READ, *_LISTS}

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The emulator's answer without the versions that it invented."""
        response = await emulator.call(request)
        document = response.json()
        if not response.ok:
            return response
        target = request.header("x-amz-target")
        if target == _READ:
            if document.get("VersionId") in self._invented:
                return _no_value(request.json().get("VersionStage", "AWSCURRENT"))
            return response
        sent = request.json()
        if target == _CREATE and not {"SecretString", "SecretBinary"} & sent.keys():
            self._invented.add(document.pop("VersionId", ""))
        for shown in (document, *document.get("SecretList", ())):
            self._forget(shown)
        return replace(response, body=json.dumps(document).encode())

    def _forget(self, shown: dict[str, Any]) -> None:
        for name in ("VersionIdsToStages", "SecretVersionsToStages"):
            if name in shown:
                kept = {k: v for k, v in shown[name].items() if k not in self._invented}
                shown[name] = kept
        if "Versions" in shown:
            versions = shown["Versions"]
            shown["Versions"] = [v for v in versions if v["VersionId"] not in self._invented]


def _no_value(stage: str) -> Response:
    message = "Secrets Manager can't find the specified secret value for staging label: " + stage
    error = {"__type": "ResourceNotFoundException", "Message": message}
    return json_response(400, error, _JSON)
