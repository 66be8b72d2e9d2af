"""The versions of one secret, as Secrets Manager labels them; values stay out of here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_secretsmanager import SecretsManagerClient

CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"


@dataclass(frozen=True)
class Version:
    """One version with its labels; ``read`` is the day of its last use, as far as AWS knows."""

    id: str
    labels: tuple[str, ...]
    created: datetime | None
    read: datetime | None


class Versions:
    """Those that have a label; AWS forgets the others."""

    def __init__(self, client: SecretsManagerClient, name: str) -> None:
        self._client = client
        self._name = name

    def all(self) -> list[Version]:
        """Newest first."""
        found: list[Version] = []
        token: dict[str, str] = {}
        while True:
            page = self._client.list_secret_version_ids(SecretId=self._name, **token)  # type: ignore[arg-type]
            found += [
                Version(
                    id=one["VersionId"],
                    labels=tuple(sorted(one.get("VersionStages", ()))),
                    created=one.get("CreatedDate"),
                    read=one.get("LastAccessedDate"),
                )
                for one in page.get("Versions", ())
                if one.get("VersionStages")
            ]
            if not page.get("NextToken"):
                break
            token = {"NextToken": page["NextToken"]}
        # The current one first where AWS dates them the same second.
        found.sort(key=lambda one: CURRENT not in one.labels)
        return sorted(found, key=_time, reverse=True)

    def labelled(self, label: str) -> Version | None:
        """The one with this label."""
        return next((one for one in self.all() if label in one.labels), None)

    def make_current(self, version: Version) -> None:
        """Move the label AWSCURRENT; AWS itself moves AWSPREVIOUS to where it was."""
        current = self.labelled(CURRENT)
        origin = {"RemoveFromVersionId": current.id} if current else {}
        self._client.update_secret_version_stage(
            SecretId=self._name, VersionStage=CURRENT, MoveToVersionId=version.id, **origin
        )

    def unlabel(self, version: Version, label: str) -> None:
        """Take a label away."""
        self._client.update_secret_version_stage(
            SecretId=self._name, VersionStage=label, RemoveFromVersionId=version.id
        )


def _time(version: Version) -> float:
    return version.created.timestamp() if version.created else 0.0
