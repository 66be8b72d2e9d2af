"""`list`: every secret below the prefix, to people and to programs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.scripts.secrets.conftest import PREFIX, Tool

if TYPE_CHECKING:
    import pytest
    from mypy_boto3_secretsmanager import SecretsManagerClient

LIST = ["list", "--prefix", PREFIX]


def test_nothing_below_the_prefix(tool: Tool, aws: SecretsManagerClient) -> None:
    """No row for a program to trip over; the hint is on stderr."""
    aws.create_secret(Name="/prod/acme/stripe")
    result = tool(*LIST)
    assert (result.code, result.out) == (0, "")
    assert f"no secrets below {PREFIX}" in result.err


def test_programs_get_one_line_per_secret(tool: Tool, aws: SecretsManagerClient) -> None:
    """Name, state and last change by tabs, sorted; neighbours with a similar name stay out."""
    aws.create_secret(Name=f"{PREFIX}seeded", SecretString="x")
    aws.create_secret(Name=f"{PREFIX}empty")
    aws.create_secret(Name=f"{PREFIX}deleted", SecretString="x")
    aws.delete_secret(SecretId=f"{PREFIX}deleted")
    aws.create_secret(Name="/dev/acme-two/seeded", SecretString="x")
    result = tool(*LIST)
    rows = [line.split("\t") for line in result.out.splitlines()]
    assert [row[:2] for row in rows] == [
        [f"{PREFIX}deleted", "deleted"],
        [f"{PREFIX}empty", "empty"],
        [f"{PREFIX}seeded", "seeded"],
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row[2]) for row in rows)
    seed = f"python -m scripts.secrets seed {PREFIX}empty --prefix {PREFIX}"
    assert result.err == f"1 of 3 without a value; next: {seed}\n"


def test_hundreds_of_secrets(tool: Tool, aws: SecretsManagerClient) -> None:
    """AWS answers in pages of at most 100."""
    names = [f"{PREFIX}secret-{number:03}" for number in range(251)]
    for name in names:
        aws.create_secret(Name=name, SecretString="x")
    result = tool(*LIST)
    assert [line.split("\t")[0] for line in result.out.splitlines()] == names
    assert result.err == ""


def test_people_get_a_table(
    tool: Tool, aws: SecretsManagerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a terminal there is a table with a head."""
    aws.create_secret(Name=f"{PREFIX}seeded", SecretString="x")
    monkeypatch.setattr("scripts.table.sys.stdout.isatty", lambda: True)
    out = tool(*LIST).out
    assert "last change (UTC)" in out
    assert f"{PREFIX}seeded" in out
    assert "\t" not in out
