"""`read`: masked, unless the operator asks for the value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.scripts.secrets.conftest import PREFIX, Tool

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

READ = ["read", "stripe", "--prefix", PREFIX]
DOCUMENT = '{"user": "pa55", "port": 5555, "tls": true, "tags": ["pa55"], "more": {}, "no": null}'


@pytest.fixture
def put(aws: SecretsManagerClient) -> None:
    """The secret, to be given a value."""
    aws.create_secret(Name=f"{PREFIX}stripe", SecretString=DOCUMENT)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("pa55w0rd", "text, 8 characters"),
        ("5", "text, 1 character"),
        ('"pa55"', "text, 6 characters"),
        ("{pa55", "text, 5 characters"),
        ("{}", "JSON object, empty"),
        ('["pa55"]', "JSON array, 1 element"),
        (
            DOCUMENT,
            (
                "JSON object, 6 keys: user (text, 4 characters), port (number), tls (boolean),"
                " tags (array, 1 element), more (object, 0 keys), no (null)"
            ),
        ),
    ],
)
def test_a_value_is_masked(value: str, shown: str, tool: Tool, aws: SecretsManagerClient) -> None:
    """Kind and length are shown, and the keys of an object; the hint says how to see more."""
    aws.create_secret(Name=f"{PREFIX}stripe", SecretString=value)
    result = tool(*READ)
    assert (result.code, result.out) == (0, f"{shown}\n")
    assert result.err == (
        f"to show the value: python -m scripts.secrets read stripe --reveal --prefix {PREFIX}\n"
    )
    assert "pa55" not in result.out + result.err


@pytest.mark.usefixtures("put")
def test_a_key_is_masked(tool: Tool) -> None:
    """The same for a part of the value."""
    result = tool(*READ, "--key", "user")
    assert result.out == "text, 4 characters\n"
    assert "--key user --reveal" in result.err


@pytest.mark.parametrize("value", ["pa55", "two\nlines\n", DOCUMENT, "ü"])
def test_reveal_shows_the_value_and_nothing_else(
    value: str, tool: Tool, aws: SecretsManagerClient
) -> None:
    """What comes out can be seeded again: one newline is appended, and seed drops one."""
    aws.create_secret(Name=f"{PREFIX}stripe", SecretString=value)
    result = tool(*READ, "--reveal")
    assert result.code == 0
    assert (result.out, result.err) == (f"{value}\n", "")


@pytest.mark.usefixtures("put")
@pytest.mark.parametrize(
    ("key", "shown"),
    [("user", "pa55"), ("port", "5555"), ("tls", "true"), ("tags", '["pa55"]'), ("no", "null")],
)
def test_reveal_shows_one_key(key: str, shown: str, tool: Tool) -> None:
    """Text as it is, anything else as JSON."""
    assert tool(*READ, "--key", key, "--reveal").out == f"{shown}\n"
