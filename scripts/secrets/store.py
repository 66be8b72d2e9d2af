"""Secrets Manager in the words of this tool; its refusals become OperatorErrors."""

from __future__ import annotations

import contextlib
import difflib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from scripts.aws_errors import error_code, error_message, explain
from scripts.errors import OperatorError
from scripts.secrets.versions import CURRENT, Versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from mypy_boto3_secretsmanager import SecretsManagerClient

    from scripts.secrets.scope import Scope


@dataclass(frozen=True)
class Secret:
    """One secret without its value; ``deleted`` is when its deletion was asked for."""

    name: str
    seeded: bool
    changed: datetime | None
    deleted: datetime | None


def connect(scope: Scope) -> SecretsManagerClient:
    """Return a client for the scope's account and region."""
    # At debug level botocore quotes requests, values included: not even by mistake.
    logging.getLogger("botocore").setLevel(logging.INFO)
    config = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard"})
    client: SecretsManagerClient = scope.client("secretsmanager", config=config)
    return client


class SecretStore:
    """The secrets of one scope."""

    def __init__(self, client: SecretsManagerClient, scope: Scope) -> None:
        self._client = client
        self._scope = scope

    def all(self) -> list[Secret]:
        """Return every secret below the scope's prefix by name, those to be deleted included."""
        prefix = self._scope.required_prefix()
        pages = self._client.get_paginator("list_secrets").paginate(
            Filters=[{"Key": "name", "Values": [prefix]}], IncludePlannedDeletion=True
        )
        found = (
            Secret(
                name=entry["Name"],
                seeded=_has_current(entry.get("SecretVersionsToStages", {})),
                changed=entry.get("LastChangedDate"),
                deleted=entry.get("DeletedDate"),
            )
            for page in pages
            for entry in page["SecretList"]
        )
        # The filter of AWS splits words: what does not begin with the prefix is not ours.
        return sorted((s for s in found if s.name.startswith(prefix)), key=lambda s: s.name)

    def find(self, name: str) -> Secret:
        """Return one secret that can be read and written; ``name`` is its whole name."""
        with self._refusals(name):
            answer = self._client.describe_secret(SecretId=name)
        if "DeletedDate" in answer:
            raise self._to_be_deleted(name)
        return Secret(
            name=answer["Name"],
            seeded=_has_current(answer.get("VersionIdsToStages", {})),
            changed=answer.get("LastChangedDate"),
            deleted=None,
        )

    def versions(self, name: str) -> Versions:
        """The versions of one secret; ``name`` is its whole name."""
        return Versions(self._client, self.find(name).name)

    def put(self, name: str, value: str, stage: str = CURRENT) -> None:
        """Make the value the one of the stage; no refusal's text goes further than its code."""
        try:
            with self._refusals(name):
                self._client.put_secret_value(
                    SecretId=name, SecretString=value, VersionStages=[stage]
                )
        except ClientError as error:
            known = explain(error) if error_code(error) != "ValidationException" else None
            if known and not known.startswith("AWS refused"):
                raise
            raise OperatorError(f"AWS refused to store {name}: {error_code(error)}") from None
        except ParamValidationError:
            raise OperatorError(f"the AWS client refused to store {name}; check its name") from None

    def value(self, name: str) -> str:
        """Return the current value of a secret that holds text."""
        try:
            with self._refusals(name, missing=False):
                answer = self._client.get_secret_value(SecretId=name)
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
            self.find(name)  # says so, if the secret itself is missing
            raise self._no_value(name) from None
        if "SecretBinary" in answer:
            raise OperatorError(
                f"{name} is binary, which this tool cannot show; read it with: aws"
                f" secretsmanager get-secret-value --secret-id {name} --query SecretBinary"
            )
        if "SecretString" not in answer:
            raise self._no_value(name)
        return answer["SecretString"]

    @contextlib.contextmanager
    def _refusals(self, name: str, *, missing: bool = True) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            code = error_code(error)
            # One code for many reasons, so its words have to tell.
            if code == "InvalidRequestException" and "delet" in error_message(error).lower():
                raise self._to_be_deleted(name) from None
            if missing and code == "ResourceNotFoundException":
                raise self._not_found(name) from None
            raise

    def _no_value(self, name: str) -> OperatorError:
        seed = self._scope.command("seed", name)
        return OperatorError(f"{name} has no value yet; set one with: {seed}")

    def _to_be_deleted(self, name: str) -> OperatorError:
        restore = f"aws secretsmanager restore-secret --secret-id {name}"
        return OperatorError(f"{name} is scheduled for deletion; to keep it run: {restore}")

    def _not_found(self, name: str) -> OperatorError:
        near: list[str] = []
        # A suggestion is a courtesy: whoever may not list gets none.
        with contextlib.suppress(ClientError, BotoCoreError, OperatorError):
            near = difflib.get_close_matches(name, [secret.name for secret in self.all()], n=3)
        if near:
            return OperatorError(f"secret {name} not found; did you mean {' or '.join(near)}?")
        return OperatorError(
            f"secret {name} not found; list secrets with: {self._scope.command('list')}; to add"
            " one, declare it in the environment's variable secrets and apply"
        )


def _has_current(stages: Mapping[str, Iterable[str]]) -> bool:
    return any(CURRENT in labels for labels in stages.values())
