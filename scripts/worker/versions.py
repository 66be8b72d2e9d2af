"""The published versions of the worker: which one is live, and what a rollback would bring back."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_lambda import LambdaClient

ALIAS = "live"
# AWS: FunctionConfiguration in the Lambda API reference; what Terraform sets of it.
_SETTINGS = {
    "memory": "MemorySize",
    "timeout": "Timeout",
    "runtime": "Runtime",
    "handler": "Handler",
    "architecture": "Architectures",
    "tracing": "TracingConfig",
}


@dataclass(frozen=True)
class Version:
    """One published version; `code` is the SHA-256 of its zip, `published` as AWS writes it."""

    number: int
    published: str
    code: str
    timeout: int
    live: bool
    settings: Mapping[str, object] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    def differences(self, other: Version) -> list[str]:
        """In what it differs from the other: code, settings, and names of variables."""
        words = ["code"] if self.code != other.code else []
        words += [name for name in _SETTINGS if self.settings[name] != other.settings[name]]
        names = sorted({*self.variables, *other.variables})
        return words + [it for it in names if self.variables.get(it) != other.variables.get(it)]


def published(client: LambdaClient, function: str) -> list[Version]:
    """All of them, newest first; OperatorError where no alias says which one is live."""
    live = _live(client, function)
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=function)
    found = [one for page in pages for one in page["Versions"] if one["Version"] != "$LATEST"]
    versions = [_version(one, live) for one in found]
    return sorted(versions, key=lambda one: one.number, reverse=True)


def before_live(versions: Sequence[Version]) -> Version | None:
    """The newest version that is older than the live one."""
    live = next((one.number for one in versions if one.live), 0)
    return next((one for one in versions if one.number < live), None)


def _live(client: LambdaClient, function: str) -> str:
    try:
        return client.get_alias(FunctionName=function, Name=ALIAS)["FunctionVersion"]
    except client.exceptions.ResourceNotFoundException as error:
        raise OperatorError(
            f"{function} has no alias {ALIAS!r}; apply the environment again with this version,"
            " which publishes versions and creates the alias"
        ) from error


def _version(found: Any, live: str) -> Version:  # noqa: ANN401 - types are loaded for checks only
    return Version(
        number=int(found["Version"]),
        published=found["LastModified"][:19] + "Z",
        code=base64.b64decode(found["CodeSha256"]).hex(),
        timeout=found["Timeout"],
        live=found["Version"] == live,
        settings={name: found.get(key) for name, key in _SETTINGS.items()},
        variables=found.get("Environment", {}).get("Variables", {}),
    )
