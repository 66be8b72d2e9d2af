"""What AWS refuses, each in one line that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.stub import Stubber

from tests.scripts.secrets.conftest import PREFIX, Tool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_secretsmanager import SecretsManagerClient

HERE = ["--prefix", PREFIX]
NAME = f"{PREFIX}stripe"
EVERY_COMMAND = pytest.mark.parametrize("args", [["list"], ["read", "stripe"], ["seed", "stripe"]])
FIRST_CALL = {
    "list": "list_secrets",
    "read": "get_secret_value",
    "seed": "describe_secret",
}


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """A client that answers what the test says."""
    client = boto3.client(
        "secretsmanager",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    monkeypatch.setattr("scripts.secrets.__main__.connect", lambda _: client)
    with Stubber(client) as stubber:
        yield stubber


@EVERY_COMMAND
def test_no_credentials(args: list[str], tool: Tool) -> None:
    """Nobody is signed in."""
    line = tool(*args, *HERE, "--region", "us-east-1").line
    assert "credentials" in line
    assert "AWS_PROFILE" in line


@EVERY_COMMAND
def test_no_region(args: list[str], tool: Tool) -> None:
    """Neither an option nor the configuration names a region."""
    line = tool(*args, *HERE).line
    assert "--region" in line


@EVERY_COMMAND
def test_an_unknown_profile(args: list[str], tool: Tool) -> None:
    """The profile is not in the configuration."""
    line = tool(*args, *HERE, "--profile", "nobody").line
    assert "nobody" in line
    assert "aws configure list-profiles" in line


@EVERY_COMMAND
@pytest.mark.parametrize(
    ("url", "words"),
    [("http://127.0.0.1:1", "make up"), ("nonsense", "AWS_ENDPOINT_URL to a URL")],
)
def test_an_endpoint_that_is_not_there(
    args: list[str], url: str, words: str, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The local stack does not run, or the URL is none."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    line = tool(*args, *HERE, "--region", "us-east-1").line
    assert url in line
    assert words in line


@EVERY_COMMAND
@pytest.mark.parametrize(
    ("code", "message", "words"),
    [
        ("AccessDeniedException", "User: u is not authorized", "User: u is not authorized"),
        ("ThrottlingException", "Rate exceeded", "wait a minute"),
        ("ExpiredTokenException", "expired", "aws sso login"),
        ("UnrecognizedClientException", "bad", "AWS rejected these credentials"),
        ("InternalServiceError", "oops", "InternalServiceError oops"),
        ("InvalidRequestException", "something else", "InvalidRequestException something else"),
    ],
)
def test_a_refusal(
    args: list[str], code: str, message: str, words: str, tool: Tool, stub: Stubber
) -> None:
    """Denied, throttled, expired or broken."""
    stub.add_client_error(FIRST_CALL[args[0]], code, message)
    assert words in tool(*args, *HERE).line


@pytest.mark.parametrize("verb", ["read", "seed"])
def test_a_secret_that_is_scheduled_for_deletion(
    verb: str, tool: Tool, aws: SecretsManagerClient
) -> None:
    """It still exists, and the line says how to keep it."""
    aws.create_secret(Name=NAME, SecretString="x")
    aws.delete_secret(SecretId=NAME)
    line = tool(verb, "stripe", *HERE, piped=b"new").line
    assert "scheduled for deletion" in line
    assert f"aws secretsmanager restore-secret --secret-id {NAME}" in line


@pytest.mark.parametrize("verb", ["read", "seed"])
def test_a_name_that_is_nearly_right(verb: str, tool: Tool, aws: SecretsManagerClient) -> None:
    """The names that it could have been are offered."""
    for name in ("stripe-key", "strips", "unrelated-thing"):
        aws.create_secret(Name=PREFIX + name)
    line = tool(verb, "stripe", *HERE, piped=b"x").line
    assert f"secret {NAME} not found" in line
    assert f"{PREFIX}strips or {PREFIX}stripe-key" in line
    assert "unrelated" not in line


@pytest.mark.parametrize("verb", ["read", "seed"])
def test_a_name_that_nothing_resembles(verb: str, tool: Tool, aws: SecretsManagerClient) -> None:
    """The line says how to see the names there are, with the same options."""
    aws.create_secret(Name="/prod/other")
    line = tool(verb, "stripe", *HERE, piped=b"x").line
    assert f"python -m scripts.secrets list --prefix {PREFIX}" in line


def test_no_suggestions_for_who_may_not_list(tool: Tool, stub: Stubber) -> None:
    """The courtesy fails silently: the first error is the one that counts."""
    stub.add_client_error("describe_secret", "ResourceNotFoundException")
    stub.add_client_error("list_secrets", "AccessDeniedException")
    assert "not found; list secrets with:" in tool("seed", "stripe", *HERE).line


@pytest.mark.parametrize("code", ["ValidationException", "InvalidParameterException", "KMSError"])
def test_a_refusal_to_store_is_not_quoted(
    code: str, tool: Tool, stub: Stubber, no_leak: str
) -> None:
    """AWS's validation messages repeat what they refuse: the code has to do."""
    stub.add_response("describe_secret", {"Name": NAME})
    stub.add_client_error("put_secret_value", code, f"Value '{no_leak}' failed")
    line = tool("seed", "stripe", *HERE, piped=no_leak.encode()).line
    assert f"AWS refused to store {NAME}: {code}" in line


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException"])
def test_a_refusal_to_store_says_what_to_do(
    code: str, tool: Tool, stub: Stubber, no_leak: str
) -> None:
    """What an operator can fix is explained there as well."""
    stub.add_response("describe_secret", {"Name": NAME})
    stub.add_client_error("put_secret_value", code, "User: u")
    assert "PutSecretValue" in tool("seed", "stripe", *HERE, piped=no_leak.encode()).line


def test_reading_a_secret_without_a_value(tool: Tool, empty: str) -> None:
    """It exists and was never seeded: the line says how."""
    line = tool("read", "stripe", *HERE).line
    assert f"{empty} has no value yet" in line
    assert f"python -m scripts.secrets seed {empty} --prefix {PREFIX}" in line


def test_reading_a_version_with_nothing_in_it(tool: Tool, stub: Stubber) -> None:
    """Neither text nor bytes is no value either."""
    stub.add_response("get_secret_value", {"Name": NAME})
    assert "has no value yet" in tool("read", "stripe", *HERE).line


@pytest.mark.parametrize("options", [[], ["--reveal"], ["--key", "a"]])
def test_reading_binary_data(options: list[str], tool: Tool, aws: SecretsManagerClient) -> None:
    """Bytes are not shown; the line says what shows them."""
    aws.create_secret(Name=NAME, SecretBinary=b"\x00\x01")
    line = tool("read", "stripe", *options, *HERE).line
    assert "binary" in line
    assert "aws secretsmanager get-secret-value" in line


@pytest.mark.parametrize(
    ("value", "key", "words"),
    [
        ("plain text", "user", "is not a JSON object (text)"),
        ("[1, 2]", "user", "is not a JSON object (a JSON array)"),
        ("17", "user", "is not a JSON object (text)"),
        ('{"name": 1, "password": 2}', "user", "no key 'user'; its keys: name, password"),
        ("{}", "user", "its keys: none"),
    ],
)
def test_a_key_that_is_not_there(
    value: str, key: str, words: str, tool: Tool, aws: SecretsManagerClient
) -> None:
    """The line says what is there instead: keys, never values."""
    aws.create_secret(Name=NAME, SecretString=value)
    assert words in tool("read", "stripe", "--key", key, *HERE).line
