"""`rotate`, `promote`, `versions`: the next value comes, the one before stays, none is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from command_api.adapters.secrets_manager import SecretsManager
from scripts.secrets.rotation import CACHE
from tests.scripts.secrets.conftest import PREFIX, Tool
from tests.scripts.secrets.stored import is_empty, stored

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

ROTATE = ["rotate", "stripe", "--prefix", PREFIX]
PROMOTE = ["promote", "stripe", "--prefix", PREFIX]
VERSIONS = ["versions", "stripe", "--prefix", PREFIX]


def labelled(aws: SecretsManagerClient, name: str) -> dict[str, str]:
    """The values by label."""
    stages = aws.describe_secret(SecretId=name)["VersionIdsToStages"].values()
    labels = {label for labels in stages for label in labels}
    return {
        label: aws.get_secret_value(SecretId=name, VersionStage=label)["SecretString"]
        for label in labels
    }


def test_the_value_before_stays(
    tool: Tool, aws: SecretsManagerClient, seeded: str, no_leak: str
) -> None:
    """As AWSPREVIOUS; the operator learns how long workers may use it, and nothing of a value."""
    result = tool(*ROTATE, piped=no_leak.encode())
    assert result.code == 0
    assert labelled(aws, seeded) == {"AWSCURRENT": no_leak, "AWSPREVIOUS": "old"}
    assert result.out.startswith(f"rotated {seeded} (text, 29 characters)\n")
    assert f"workers may use it until {datetime.now(UTC):%Y-%m-}" in result.out
    assert "versions" in result.err


def test_the_same_value_again_is_stored_once(
    tool: Tool, aws: SecretsManagerClient, seeded: str
) -> None:
    """A rotation that is run twice does not push the value before out of AWS's memory."""
    tool(*ROTATE, piped=b"new")
    result = tool(*ROTATE, "--yes", piped=b"new")
    assert (result.code, result.out) == (
        0,
        f"{seeded} already has this value; nothing was stored\n",
    )
    assert labelled(aws, seeded) == {"AWSCURRENT": "new", "AWSPREVIOUS": "old"}


def test_a_second_rotation_within_minutes_is_asked_about(
    tool: Tool, aws: SecretsManagerClient, seeded: str
) -> None:
    """Workers may still use the value that it would forget."""
    tool(*ROTATE, piped=b"new")
    assert "was changed a few minutes ago; pass --yes" in tool(*ROTATE, piped=b"newer").line
    assert stored(aws) == "new"
    assert tool(*ROTATE, "--yes", piped=b"newer").code == 0
    assert labelled(aws, seeded) == {"AWSCURRENT": "newer", "AWSPREVIOUS": "new"}


def test_a_pending_value_is_used_by_nobody(
    tool: Tool, aws: SecretsManagerClient, seeded: str, no_leak: str
) -> None:
    """Until it is promoted; then both are there, and none is pending."""
    result = tool(*ROTATE, "--pending", piped=no_leak.encode())
    assert "workers do not use it yet" in result.out
    assert f"python -m scripts.secrets promote {seeded} --prefix {PREFIX}" in result.err
    assert labelled(aws, seeded) == {"AWSCURRENT": "old", "AWSPENDING": no_leak}
    assert "is now the current version" in tool(*PROMOTE).out
    assert labelled(aws, seeded) == {"AWSCURRENT": no_leak, "AWSPREVIOUS": "old"}
    assert "has no pending value" in tool(*PROMOTE).line


def test_a_promotion_that_was_cut_off_is_completed(
    tool: Tool, aws: SecretsManagerClient, seeded: str
) -> None:
    """The version is current and still labelled as pending: the second run takes that away."""
    new = aws.put_secret_value(
        SecretId=seeded, SecretString="new", VersionStages=["AWSCURRENT", "AWSPENDING"]
    )
    assert "is already the current version" in tool(*PROMOTE).out
    assert labelled(aws, seeded)["AWSCURRENT"] == "new"
    kept = aws.describe_secret(SecretId=seeded)["VersionIdsToStages"]
    assert kept[new["VersionId"]] == ["AWSCURRENT"]


def test_a_pending_value_can_be_replaced_only_as_one(
    tool: Tool, aws: SecretsManagerClient, seeded: str
) -> None:
    """A rotation past it would leave it lying there for a promotion by mistake."""
    tool(*ROTATE, "--pending", piped=b"first")
    line = tool(*ROTATE, "--yes", piped=b"second").line
    assert "already has a pending value" in line
    assert "--pending" in line
    assert tool(*ROTATE, "--pending", piped=b"second").code == 0
    assert labelled(aws, seeded) == {"AWSCURRENT": "old", "AWSPENDING": "second"}


def test_the_way_back(tool: Tool, aws: SecretsManagerClient, seeded: str) -> None:
    """By the id that versions shows; a second time changes nothing."""
    tool(*ROTATE, piped=b"bad")
    rows = [row.split("\t") for row in tool(*VERSIONS).out.splitlines()]
    assert sorted(row[1] for row in rows) == ["AWSCURRENT", "AWSPREVIOUS"]
    [old] = [row[0] for row in rows if row[1] == "AWSPREVIOUS"]
    assert tool(*PROMOTE, "--version", old[:8]).code == 0
    assert labelled(aws, seeded) == {"AWSCURRENT": "old", "AWSPREVIOUS": "bad"}
    assert "already" in tool(*PROMOTE, "--version", old).out
    assert labelled(aws, seeded)["AWSCURRENT"] == "old"


@pytest.mark.usefixtures("seeded")
def test_a_version_that_is_not_there(tool: Tool) -> None:
    """See which are."""
    line = tool(*PROMOTE, "--version", "none-such").line
    assert (
        f"0 versions of {PREFIX}stripe begin with that id; see: python -m scripts.secrets"
    ) in line


def test_a_secret_without_value_is_seeded(
    tool: Tool, aws: SecretsManagerClient, empty: str
) -> None:
    """There is nothing to rotate."""
    assert f"set one with: python -m scripts.secrets seed {empty}" in tool(*ROTATE).line
    assert is_empty(aws, empty)


@pytest.mark.usefixtures("seeded")
def test_a_value_does_not_go_on_the_command_line(tool: Tool) -> None:
    """And is not repeated."""
    result = tool(*ROTATE, "pa55w0rd")
    assert result.code == 2
    assert "pa55w0rd" not in result.out + result.err
    assert "rotate takes one NAME" in result.err


@pytest.mark.usefixtures("seeded")
def test_versions_as_a_table(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    """To people."""
    monkeypatch.setattr("scripts.table.sys.stdout.isatty", lambda: True)
    out = tool(*VERSIONS).out
    assert "AWSCURRENT" in out
    assert "last read on" in out


def test_the_tool_knows_the_cache_of_the_worker() -> None:
    """What it says of the time that must pass is true."""
    assert SecretsManager(lambda: None, "/").max_age == CACHE.total_seconds()
