"""What a rollback can go to: versions, which is live, what switching to one changes."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from scripts.worker import __main__ as tool
from tests.scripts.worker.cloud import FUNCTION, OUTPUTS
from tests.targets import aim, target

if TYPE_CHECKING:
    from collections.abc import Callable

    Listed = Callable[..., tuple[list[str], str]]

OLD, NEW = b"\x01" * 32, b"\x02" * 32

VARIABLES = "environments/dev/terraform.tfvars"


class ResourceNotFoundError(ClientError):
    """What Lambda says of an alias that there is not."""


@dataclass
class Published:
    """Lambda and SQS, as far as versions are concerned."""

    live: str | None = "3"
    hidden: int = 180
    versions: list[dict[str, Any]] = field(default_factory=list)

    def publish(
        self, code: bytes = NEW, memory: int = 256, timeout: int = 30, **variables: str
    ) -> None:
        """One version more."""
        number = len(self.versions) + 1
        self.versions.append(
            {
                "Version": str(number),
                "LastModified": f"2026-11-{number:02}T09:30:00.123+0000",
                "CodeSha256": base64.b64encode(code).decode(),
                "MemorySize": memory,
                "Timeout": timeout,
                "Environment": {"Variables": variables},
            }
        )

    @property
    def exceptions(self) -> type[Published]:
        """Where a client keeps its errors."""
        return type(self)

    ResourceNotFoundException = ResourceNotFoundError

    def get_alias(self, **asked: str) -> dict[str, str]:
        """The alias, if there is one."""
        assert asked == {"FunctionName": FUNCTION, "Name": "live"}
        if self.live is None:
            raise ResourceNotFoundError(
                {"Error": {"Code": "ResourceNotFoundException"}}, "GetAlias"
            )
        return {"FunctionVersion": self.live}

    def get_paginator(self, operation: str) -> Published:
        """The client itself."""
        assert operation == "list_versions_by_function"
        return self

    def paginate(self, **asked: str) -> list[dict[str, Any]]:
        """What is not published yet, and the versions, oldest first and a page each."""
        assert asked == {"FunctionName": FUNCTION}
        unpublished = {**self.versions[-1], "Version": "$LATEST"}
        return [{"Versions": [unpublished]}, *({"Versions": [one]} for one in self.versions)]

    def get_queue_attributes(self, **_: Any) -> dict[str, dict[str, str]]:
        """How long the queue hides a message."""
        return {"Attributes": {"VisibilityTimeout": str(self.hidden)}}


@pytest.fixture
def cloud() -> Published:
    """Three versions: other code, then other variables; the newest is live."""
    cloud = Published()
    cloud.publish(OLD, memory=512, LOG_LEVEL="INFO", LIMIT="1")
    cloud.publish(LOG_LEVEL="INFO", LIMIT="2")
    cloud.publish(LOG_LEVEL="DEBUG", LIMIT="2")
    return cloud


@pytest.fixture
def listed(
    cloud: Published, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Listed:
    """What the tool prints: lines, and what it says beside them."""

    aim(monkeypatch, target(OUTPUTS, lambda _: cloud))

    def listed(
        *words: str, on: tuple[str, ...] = ("--env", "dev"), code: int = 0
    ) -> tuple[list[str], str]:
        assert tool.main(["versions", *on, *words]) == code
        out, err = capsys.readouterr()
        return out.splitlines(), err

    return listed


def test_versions_come_newest_first_with_what_switching_changes(listed: Listed) -> None:
    """Code by its hash, settings and variables by their names; no variable's value."""
    lines, beside = listed()
    assert lines == [
        "3\tlive,newest\t2026-11-03T09:30:00Z\t020202020202\t-",
        "2\t-\t2026-11-02T09:30:00Z\t020202020202\tLOG_LEVEL",
        "1\t-\t2026-11-01T09:30:00Z\t010101010101\tcode,memory,LIMIT,LOG_LEVEL",
    ]
    assert beside == (
        'to roll back: set worker_version = "2" in environments/dev/terraform.tfvars,'
        " then: terraform -chdir=environments/dev apply\n"
    )


def test_after_a_rollback_both_ways_are_shown(listed: Listed, cloud: Published) -> None:
    """Forward again, and one further back."""
    cloud.live = "2"
    lines, beside = listed(on=("--local",))
    assert [line.split("\t")[:2] for line in lines] == [["3", "newest"], ["2", "live"], ["1", "-"]]
    assert beside.splitlines() == [
        f"to roll forward: remove worker_version from {VARIABLES}, then: make up",
        f'to roll back: set worker_version = "1" in {VARIABLES}, then: make up',
    ]


def test_nothing_is_older_than_the_first(listed: Listed, cloud: Published) -> None:
    """There is nothing to roll back to."""
    cloud.live = "1"
    assert "roll back" not in listed()[1]


def test_the_live_one_is_always_shown(listed: Listed, cloud: Published) -> None:
    """However old it is; numbers are compared as numbers."""
    for _ in range(8):
        cloud.publish()
    cloud.live = "2"
    assert [line.split("\t")[0] for line in listed("--last", "2")[0]] == ["11", "10", "2"]


def test_a_version_that_outlives_the_visibility_timeout_is_warned_of(
    listed: Listed, cloud: Published
) -> None:
    """A message would come back while that version may still run it."""
    cloud.publish(timeout=31)
    beside = listed()[1]
    assert "warning: version 4 has a timeout of 31 seconds" in beside
    assert "to switch to it, also set worker_timeout = 31" in beside
    assert beside.count("warning") == 1


def test_an_environment_without_versions(listed: Listed, cloud: Published) -> None:
    """An apply makes the alias."""
    cloud.live = None
    lines, beside = listed(code=1)
    assert lines == []
    assert beside.startswith("error: acme-dev-worker has no alias 'live'")
    assert beside.count("\n") == 1
    assert "apply the environment again" in beside
