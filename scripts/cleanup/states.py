"""The states of temporary environments in the state bucket, and who holds their locks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from scripts.cleanup.label import Stack, temporary
from scripts.cleanup.resource import STATE, Resource

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from scripts.cleanup.aws import Aws

DEFAULT_KEY = "{project}/preview/{environment}.tfstate"
# A lock that is older was left behind: no job of GitHub's may run for longer than six hours.
LOCK_AGE = timedelta(hours=6)


@dataclass(frozen=True)
class StateBucket:
    """A bucket, and the keys of states in it, with places for ``{project}``, ``{environment}``."""

    name: str
    key: str = DEFAULT_KEY

    def find(
        self, aws: Aws, projects: Iterable[str], now: datetime
    ) -> tuple[list[Resource], dict[Stack, str]]:
        """States and locks of temporary environments, and the stacks somebody works on now."""
        found: list[Resource] = []
        held: dict[Stack, str] = {}
        for project in sorted(set(projects)):
            prefix, pattern = self._keys(project)
            pages = aws.client("s3").get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.name, Prefix=prefix):
                for one in page.get("Contents", ()):
                    match = pattern.fullmatch(one["Key"])
                    if match is None or not temporary(match["environment"]):
                        continue
                    stack = Stack(project, match["environment"])
                    found.append(self._resource(one["Key"], stack, one["LastModified"]))
                    if match["lock"] and now - one["LastModified"] < LOCK_AGE:
                        since = f"{one['LastModified']:%Y-%m-%d %H:%M} UTC"
                        held[stack] = f"locked by a Terraform run since {since}"
        return found, held

    def _keys(self, project: str) -> tuple[str, re.Pattern[str]]:
        before, _, after = self.key.replace("{project}", project).partition("{environment}")
        return before, re.compile(
            re.escape(before)
            + r"(?P<environment>[a-z0-9-]+)"
            + re.escape(after)
            # Two groups only: anything else in the bucket is not ours.
            + r"(?P<lock>\.tflock)?"
        )

    def _resource(self, key: str, stack: Stack, changed: datetime) -> Resource:
        return Resource(
            f"arn:aws:s3:::{self.name}/{key}",
            "state",
            STATE,
            names=(key,),
            belongs_to=stack,
            changed=changed,
        )
